package model

import (
	"path"
	"slices"
	"strings"
)

// paper is a runner of a VM, and which link or declaration names it.
type paper struct {
	Paper
	*Runner
}

// papers are the runners of a VM, the running one first, once each.
func (f *Facts) papers(vm Raw, d *Directory) []paper {
	found := make([]paper, 0, 4)
	add := func(p Paper, r *Runner) {
		if r != nil && !slices.ContainsFunc(found, func(have paper) bool {
			return have.Runner == r && (have.Paper == p || p != PaperBooted && p != PaperCurrent)
		}) {
			found = append(found, paper{p, r})
		}
	}
	if d != nil {
		if f.runs(vm) {
			add(PaperBooted, f.runner(d.Booted))
		}
		add(PaperCurrent, f.runner(d.Current))
		add(PaperBooted, f.runner(d.Booted))
		add(PaperOld, f.runner(d.Old))
	}
	if declared := f.declared[vm]; declared != nil {
		for _, each := range declared.all {
			add(PaperDeclared, f.runner(&Symlink{Target: each.Runner}))
		}
	}
	if d == nil {
		add(PaperInstalled, f.lastInstalled(vm))
	}
	return found
}

// claiming makes the table.
type claiming struct {
	*Facts
	*Claims
	places  map[Raw]*Place
	aboveID map[FileID]bool
}

// collectClaims makes the table of who names what, of the VMs and of the
// directories that hold none.
func (f *Facts) collectClaims(vms []Raw) *Claims {
	c := f.newClaiming()
	owners := make(map[Raw]bool, len(vms))
	for _, vm := range vms {
		d := f.directoryOf(vm)
		if d != nil {
			owners[d.Name] = true
		}
		c.addVM(vm, d)
	}
	for i := range f.StateDir.Directories {
		if d := &f.StateDir.Directories[i]; !owners[d.Name] {
			c.addVM(d.Name, d)
		}
	}
	for i := range f.StateDir.Other {
		if other := &f.StateDir.Other[i]; other.Type == "link" {
			c.addPath(Claim{By: Claimant{VM: other.Name}, Paper: PaperDirectory, As: other.Name}, ThingPath, f.base()+other.Name)
		}
	}
	for _, netdev := range f.Netdevs {
		if netdev.Name != "" {
			c.add(Claim{By: Claimant{Host: netdev.By}, Paper: PaperHost, As: netdev.Name, Thing: Thing{Kind: ThingInterface, Name: netdev.Name}})
		}
	}
	return c.Claims
}

func (f *Facts) newClaiming() claiming {
	vms := len(f.StateDir.Directories)
	const each = 6 // claims of a VM: its interface and address, by current and booted, a share, a volume
	c := claiming{Facts: f, Claims: &Claims{
		all: make([]Claim, 0, each*vms), by: newIndex[Thing](each * vms), names: newIndex[Raw](vms), of: newIndex[Raw](vms),
		through: make(map[FileID][]int32),
	}}
	c.joinPaths()
	return c
}

// shownClaims are what the VMs of an inventory name by the runners that it
// shows: all that is known of one that was not made by [Interpret].
func (i *Inventory) shownClaims() *Claims {
	c := join(&Observation{StateDir: StateDir{Path: i.StateDir}}).newClaiming()
	for at := range i.VMs {
		vm := &i.VMs[at]
		for _, p := range []paper{{PaperBooted, vm.BootedFrom}, {PaperCurrent, vm.Current}} {
			if p.Runner != nil {
				c.addRunner(vm.Name, p, c.base()+vm.Name+"/", []Raw{hostNamespace})
			}
		}
	}
	return c.Claims
}

// base is the state directory's path, with a slash at its end.
func (f *Facts) base() Raw { return Raw(strings.TrimRight(string(f.StateDir.Path), "/") + "/") }

func (c *claiming) joinPaths() {
	c.places = make(map[Raw]*Place, len(c.Places))
	for i := range c.Places {
		c.places[c.Places[i].Path] = &c.Places[i]
	}
	c.aboveID = make(map[FileID]bool, len(c.StateDir.Above)+1)
	for _, id := range append(slices.Clip(c.StateDir.Above), c.StateDir.ID) {
		c.aboveID[id] = id != FileID{}
	}
}

// addVM adds what a VM's runners, its directory and its processes name.
func (c *claiming) addVM(vm Raw, d *Directory) {
	by, within := Claimant{VM: vm}, c.base()+vm+"/"
	if d != nil {
		within = c.base() + d.Name + "/"
	}
	spaces := c.spaces(vm)
	for _, p := range c.papers(vm, d) {
		c.addRunner(vm, p, within, spaces)
	}
	if d != nil {
		for _, name := range d.InstanceInterfaces {
			c.addInterface(Claim{By: by, Paper: PaperInstance, As: name}, spaces)
		}
		for _, link := range d.leads(string(c.base())) {
			c.addPath(Claim{By: by, Paper: PaperDirectory, As: link[len(within):]}, ThingPath, link)
		}
	}
	for _, p := range c.inUnits[vm] {
		for _, name := range p.Holds {
			c.addInterface(Claim{By: by, Paper: PaperProcess, As: name}, spaces)
		}
	}
	c.addDropIns(vm)
}

func (c *claiming) addRunner(vm Raw, p paper, within Raw, spaces []Raw) {
	claim := Claim{By: Claimant{VM: vm}, Paper: p.Paper}
	c.addNetwork(claim, p.Runner, spaces)
	c.addDevices(claim, p.Runner)
	c.addFiles(claim, p.Runner, within)
}

// spaces are the network namespaces that a VM's interfaces are made and opened
// in: mostly one.
func (c *claiming) spaces(vm Raw) []Raw {
	one, other := c.namespace(vm, RoleVM), c.namespace(vm, RoleTap)
	switch {
	case one != other:
		return []Raw{one, other}
	case one == hostNamespace:
		return inHost
	}
	return []Raw{one}
}

var inHost = []Raw{hostNamespace}

func (c *claiming) addInterface(claim Claim, spaces []Raw) {
	for _, space := range spaces {
		claim.Thing = Thing{Kind: ThingInterface, Name: claim.As, In: space}
		c.add(claim)
	}
}

func (c *claiming) addNetwork(claim Claim, r *Runner, spaces []Raw) {
	listed := r.interfaceNames()
	for _, name := range slices.Concat(listed, r.NamedInterfaces, r.MacvtapOpens) {
		claim.As, claim.Named = name, !slices.Contains(listed, name)
		c.addInterface(claim, spaces)
	}
	claim.Named = false
	for _, a := range r.addresses() {
		claim.As, claim.Of = a.mac, a.of
		claim.Thing = Thing{Kind: ThingMAC, Name: lowered(a.mac), In: spaces[0]}
		c.add(claim)
	}
}

func (r *Runner) interfaceNames() []Raw {
	names := slices.Clone(r.Taps)
	for _, m := range r.Macvtaps {
		names = append(names, m.Name)
	}
	return names
}

// address is a guest's, with the interface that it is on where that is known.
type address struct{ mac, of Raw }

func (r *Runner) addresses() []address {
	var found []address
	taps := tapMACs(r)
	for i, mac := range taps {
		found = append(found, address{mac, r.Taps[i]})
	}
	for _, m := range r.Macvtaps {
		if m.MAC != "" {
			found = append(found, address{m.MAC, m.Name})
		}
	}
	for _, mac := range r.MACs {
		if !slices.ContainsFunc(found, func(a address) bool { return lowered(a.mac) == lowered(mac) }) {
			found = append(found, address{mac, ""})
		}
	}
	return found
}

func (c *claiming) addDevices(claim Claim, r *Runner) {
	for _, device := range r.PCI {
		claim.As, claim.Thing = device, Thing{Kind: ThingPCI, Name: device}
		c.add(claim)
	}
	if cid := r.vsock(); cid != "" {
		claim.As, claim.Thing = cid, Thing{Kind: ThingVsock, Name: cid}
		c.add(claim)
	}
}

// sharesVsock are the hypervisors that use the kernel's vsock, of which each
// CID can be given once. The others put a Unix socket in its place.
var sharesVsock = []string{"qemu", "crosvm", "kvmtool", "alioth"}

// vsock is a guest's CID in the kernel's vsock; empty: it has none there.
func (r *Runner) vsock() Raw {
	if r.VsockCID == nil || r.Hypervisor != "" && !slices.Contains(sharesVsock, r.Hypervisor) {
		return ""
	}
	return rawf("%d", *r.VsockCID)
}

func (c *claiming) addFiles(claim Claim, r *Runner, within Raw) {
	for _, image := range r.Volumes {
		claim.As, claim.ReadOnly = image, slices.Contains(r.ReadOnlyVolumes, image)
		c.addPath(claim, ThingVolume, c.onHost(claim.By.VM, opensVolumes, pathIn(string(within), image)))
	}
	claim.ReadOnly = false
	for _, share := range r.Shares {
		claim.As = share.Source
		c.addPath(claim, ThingShare, c.onHost(claim.By.VM, opensShares, pathIn(string(within), share.Source)))
	}
	for _, named := range r.NamedPaths {
		claim.As = named
		c.addPath(claim, ThingPath, named)
	}
}

// addDropIns adds the paths that a VM's units show in another place.
func (c *claiming) addDropIns(vm Raw) {
	for _, source := range c.bound(vm) {
		c.addPath(Claim{By: Claimant{VM: vm}, Paper: PaperUnit, As: source}, ThingPath, source)
	}
}

// addPath adds a path by what it leads to, as far as that was seen: an image
// by its file, or by the folder that it would be made in.
func (c *claiming) addPath(claim Claim, kind ThingKind, at Raw) {
	claim.Thing = Thing{Kind: kind, Name: Raw(path.Clean(string(at)))}
	switch kind {
	case ThingVolume:
		if v := c.volumes[at]; v != nil {
			claim.Thing, claim.Way, claim.Unseen = v.thing(claim.Thing), v.Way, v.Fault
		}
	case ThingShare:
		if s := c.sources[at]; s != nil {
			claim.Way, claim.Unseen = s.Way, s.Fault
			claim.Thing = Thing{Kind: kind, Name: claim.Thing.Name, File: s.ID}
		}
	default:
		if p := c.places[at]; p != nil {
			claim.Way, claim.Unseen = p.Way, p.Fault
			claim.Thing = Thing{Kind: kind, Name: claim.Thing.Name, File: p.ID}
		}
	}
	c.addByName(&claim, at)
	claim.above = kind != ThingVolume && (c.aboveID[claim.Thing.File] || c.holdsByName(claim.Thing.Name))
	c.add(claim)
}

// addByName adds the entry that a path names by itself: what became of it
// after it was followed, or was never followed, is in there all the same.
func (c *claiming) addByName(claim *Claim, at Raw) {
	rest, ok := c.below(Raw(path.Clean(string(at))))
	if !ok {
		return
	}
	name, _, _ := strings.Cut(rest, "/")
	if d := c.directories[Raw(name)]; d != nil && d.ID != (FileID{}) && !slices.Contains(claim.Way.Through, d.ID) {
		claim.Way.Through = append(slices.Clip(claim.Way.Through), d.ID)
	}
}

// holdsByName reports whether a path is the state directory's, or above it.
func (f *Facts) holdsByName(at Raw) bool {
	return slices.ContainsFunc(f.bases, func(base string) bool {
		return at != "" && strings.HasPrefix(base, strings.TrimRight(string(at), "/")+"/")
	})
}

// thing is which disk a volume is. Of one that could not be looked at the path
// is all there is.
func (v *VolumeFile) thing(named Thing) Thing {
	t := Thing{Kind: named.Kind}
	switch {
	case v.Behind != FileID{}:
		t.File = v.Behind
	case v.Device != 0:
		t.Device = v.Device
	case v.Exists && v.ID != FileID{}:
		t.File = v.ID
	case v.Folder != FileID{}:
		t.File, t.Name = v.Folder, v.Name
	default:
		return named
	}
	return t
}
