package model

import (
	"slices"
	"strings"
)

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

// Claims is the table of who names what: verdicts, plans, the preflight of a
// start and the doctor ask it, and none makes its own. It is made once for an
// inventory, and only read.
type Claims struct {
	all     []Claim
	by      index[Thing]
	of      index[Raw]         // by VM
	names   index[Raw]         // interfaces, by name
	through map[FileID][]int32 // by the entry of the state directory that a path leads through
	above   []int32            // paths of folders that the state directory is in
	unseen  []int32            // paths that could not be followed
}

// On are the claims of a thing.
func (c *Claims) On(t Thing) []Claim { return c.at(c.by.of(t)) }

// Named are the claims of interfaces of a name, in whatever network namespace.
func (c *Claims) Named(name Raw) []Claim { return c.at(c.names.of(name)) }

// Of are the claims of a VM.
func (c *Claims) Of(vm Raw) []Claim { return c.at(c.of.of(vm)) }

func (c *Claims) at(index []int32) []Claim {
	if len(index) == 0 {
		return nil
	}
	found := make([]Claim, len(index))
	for n, at := range index {
		found[n] = c.all[at]
	}
	return found
}

// Contested visits the things of a kind that more than one claim is about, in
// the order in which that was first so.
func (c *Claims) Contested(kind ThingKind, visit func(Thing, []Claim)) {
	seen := make(map[Thing]bool)
	for i := range c.all {
		thing := c.all[i].Thing
		if thing.Kind != kind || !c.by.repeats(int32(i)) || seen[thing] {
			continue
		}
		seen[thing] = true
		visit(thing, c.On(thing))
	}
}

// Into are the claims of paths that lead through or end at an entry of the
// state directory, and Above those of folders that the state directory is in.
func (c *Claims) Into(entry FileID) []Claim {
	if entry == (FileID{}) {
		return nil
	}
	return c.at(c.through[entry])
}

// Above are the claims of folders that the state directory is, or is in.
func (c *Claims) Above() []Claim { return c.at(c.above) }

// Unseen are the claims of paths that could not be followed.
func (c *Claims) Unseen() []Claim { return c.at(c.unseen) }

// add adds a claim, unless the same claimant made it by the same name and the
// same paper already.
func (c *Claims) add(claim Claim) {
	known := false
	c.by.each(claim.Thing, func(at int32) bool {
		have := &c.all[at]
		known = have.By == claim.By && have.Paper == claim.Paper && have.As == claim.As && have.Of == claim.Of
		return !known
	})
	if known {
		return
	}
	at := int32(len(c.all))
	c.all = append(c.all, claim)
	c.by.add(claim.Thing, at)
	if claim.Thing.Kind == ThingInterface {
		c.names.add(claim.Thing.Name, at)
	}
	if claim.By.VM != "" {
		c.of.add(claim.By.VM, at)
	}
	for _, entry := range claim.Way.Through {
		c.through[entry] = append(c.through[entry], at)
	}
	if claim.above {
		c.above = append(c.above, at)
	}
	if claim.Unseen != "" && !claim.Way.Remote {
		c.unseen = append(c.unseen, at)
	}
}

// Claims are those of everything on the host.
func (i *Inventory) Claims() *Claims {
	if i.facts == nil {
		return i.shownClaims()
	}
	return i.facts.claims
}

// byOthers are the claims of VMs other than one.
func byOthers(claims []Claim, vm Raw) []Claim {
	return slices.DeleteFunc(claims, func(c Claim) bool { return c.By.VM == vm })
}

// lowered is an address as addresses are compared.
func lowered(mac Raw) Raw { return Raw(strings.ToLower(string(mac))) }

// index finds the places in a list by a key that several may have.
type index[K comparable] struct {
	last   map[K]int32 // the last place with a key, counted from 1
	before []int32     // by place: the one before with the same key, likewise; 0: none
}

func newIndex[K comparable](room int) index[K] {
	return index[K]{last: make(map[K]int32, room), before: make([]int32, 0, room)}
}

// add notes the key of a place. Places come in their order.
func (x *index[K]) add(key K, at int32) {
	for int32(len(x.before)) <= at {
		x.before = append(x.before, 0)
	}
	x.before[at], x.last[key] = x.last[key], at+1
}

// each visits the places of a key, the last first, until visit says so.
func (x *index[K]) each(key K, visit func(at int32) (more bool)) {
	for n := x.last[key]; n != 0 && visit(n-1); n = x.before[n-1] {
	}
}

// of are the places of a key, in their order.
func (x *index[K]) of(key K) []int32 {
	var found []int32
	x.each(key, func(at int32) bool { found = append(found, at); return true })
	slices.Reverse(found)
	return found
}

// repeats reports whether an earlier place has the same key.
func (x *index[K]) repeats(at int32) bool { return int(at) < len(x.before) && x.before[at] != 0 }
