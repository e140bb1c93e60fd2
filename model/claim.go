package model

// Claim is that somebody names a thing, and where they say so.
type Claim struct {
	By    Claimant
	Paper Paper
	Thing Thing
	// As is the thing as the claimant writes it: a name, an address, a path.
	As Raw
	// Of is the interface that an address is that of; empty: unknown.
	Of Raw
	// ReadOnly: of a volume, the guest cannot write to it.
	ReadOnly bool
	// Named: of an interface, the text of a script names it and no list does:
	// something else makes it, and the VM only opens it.
	Named bool
	// Way is where the path of a file leads, and Unseen why that is not known.
	Way    Way
	Unseen Raw
	above  bool // it is a folder that the state directory is in
}

// Claimant is who names a thing.
type Claimant struct {
	VM   Raw // a VM, or a directory that holds none
	Host Raw // a unit of the host, or a .netdev file
}

// Paper is where a claimant says what it names.
type Paper string

// The papers. Those of a VM that runs, or is started, are current and booted.
const (
	PaperBooted    Paper = "booted"
	PaperCurrent   Paper = "current"
	PaperOld       Paper = "old"
	PaperDeclared  Paper = "its declaration"
	PaperInstalled Paper = "the last generation that declared it"
	PaperInstance  Paper = "instance/interfaces"
	PaperDirectory Paper = "a link in its directory"
	PaperProcess   Paper = "one of its processes"
	PaperUnit      Paper = "a drop-in of its unit"
	PaperHost      Paper = "a unit of the host"
)

// isRunner reports whether a paper is a runner of the VM's.
func (p Paper) isRunner() bool {
	return p == PaperBooted || p == PaperCurrent || p == PaperOld || p == PaperDeclared || p == PaperInstalled
}

// ThingKind is what a thing is that can be claimed.
type ThingKind string

// The kinds of things. A path is whatever leads somewhere and is neither a
// volume nor a share.
const (
	ThingInterface ThingKind = "interface"
	ThingMAC       ThingKind = "address"
	ThingVsock     ThingKind = "vsock CID"
	ThingPCI       ThingKind = "PCI device"
	ThingVolume    ThingKind = "volume"
	ThingShare     ThingKind = "share"
	ThingPath      ThingKind = "path"
)

// Thing is one thing, by whatever name it is claimed: two claims of one thing
// have the same.
type Thing struct {
	Kind ThingKind
	// Name is that of an interface or a device, or an address; of a file, what
	// it would be called in the folder File, or the path of one of which no more
	// is known.
	Name   Raw
	In     Raw    // the network namespace of an interface or an address; empty: the host's
	File   FileID // of a file or a folder
	Device uint64 // of a block device
}

// words say what is claimed: "volume data.img".
func (c *Claim) words() Raw { return rawf("%s %s", c.Thing.Kind, c.As) }

// where says in which paper a claim stands.
func (c *Claim) where() Raw {
	switch {
	case c.By.Host != "":
		return c.By.Host
	case c.Paper.isRunner():
		return rawf("the runner of %s of %s", c.Paper, c.By.VM)
	}
	return rawf("%s (%s)", c.By.VM, c.Paper)
}
