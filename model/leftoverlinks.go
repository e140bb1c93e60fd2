package model

// leftoverLinks judges the TAP and macvtap interfaces that no VM claims.
func (f *facts) leftoverLinks(owned owned) []Leftover {
	var found []Leftover
	for i := range f.Links {
		link := &f.Links[i]
		kind, ok := link.guestKind()
		if !ok || owned.interfaces[link.Name] || f.heldByVM(link, owned) {
			continue
		}
		stamp := Stamp{Index: link.Index, LinkKind: link.Kind, Owner: link.owner()}
		found = append(found, f.judgeLink(link, kind).leftover(Ref{kind, link.Name}, stamp))
	}
	return found
}

// guestKind says whether a link is of a kind that a guest is connected by.
func (l *Link) guestKind() (Kind, bool) {
	switch {
	case l.Kind == "tun" && l.Tap:
		return KindTap, true
	case l.Kind == "macvtap":
		return KindMacvtap, true
	}
	return "", false
}

func (l *Link) owner() *uint32 {
	if l.Kind == "macvtap" {
		return l.DeviceOwner
	}
	return l.Owner
}

func (f *facts) heldByVM(link *Link, owned owned) bool {
	for _, p := range f.holders[link.Name] {
		role, vm, ok := ParseUnitName(unitOfCgroup(p.Cgroup))
		if ok && role == RoleVM && owned.vms[vm] || owned.processes[p.PID] {
			return true
		}
	}
	return false
}

// judgeLink calls an interface an orphan only when it is microvm.nix's beyond
// doubt (owner and persistence), nothing on the host could want it (no runner,
// no declaration, no description, no process), and all of that could be read.
func (f *facts) judgeLink(link *Link, kind Kind) judgement {
	owner := link.owner()
	switch {
	case owner == nil || !f.isMicrovm(*owner):
		return f.judgeOthersLink(owner)
	case f.described(link.Name) != "":
		return foreign("described by " + f.described(link.Name))
	case kind == KindTap && !link.Persistent:
		return unclear("it is not persistent: the process that opened it still has it")
	case len(f.holders[link.Name]) > 0:
		p := f.holders[link.Name][0]
		return unclear(rawf("process %d (%s) has it open", p.PID, p.Comm))
	case kind == KindTap && link.Carrier != nil && *link.Carrier:
		return unclear("its carrier is on: a process has it open")
	case len(f.doubts(kind)) > 0:
		return unclear(f.doubts(kind)...)
	case len(f.unreadClaims()) > 0:
		return unclear(rawf("it cannot be ruled out that %s claims it: what its links point to is not there", list(f.unreadClaims())))
	case f.settingUp() != "":
		return unclear(rawf("%s is starting or stopping", f.settingUp()))
	}
	return orphan(rawf("of user microvm, claimed by no VM"),
		rawf("%s %s belongs to user microvm (id %d)%s", kind, link.Name, *owner, persistence(kind)),
		"no runner that a VM's current, booted or old names, or that is declared, claims it",
		"no process has it open, and no .netdev file or netdev unit describes it")
}

func persistence(kind Kind) Raw {
	if kind == KindTap {
		return " and is persistent"
	}
	return ""
}

func (f *facts) judgeOthersLink(owner *uint32) judgement {
	switch {
	case f.faults[SourceHost] != "":
		return unclear("the user microvm could not be looked up: " + f.faults[SourceHost])
	case owner == nil:
		return foreign("it belongs to no user")
	}
	return foreign(rawf("it belongs to user id %d, not to microvm", *owner))
}

func (f *facts) described(name Raw) Raw {
	for _, netdev := range f.Netdevs {
		if netdev.Name == name {
			return netdev.By
		}
	}
	return ""
}

// unreadClaims names the VMs of which it is unknown which interfaces they
// claim: their runner was collected, or could not be read.
func (f *facts) unreadClaims() []Raw {
	var names []Raw
	for i := range f.StateDir.Directories {
		d := &f.StateDir.Directories[i]
		for _, link := range []*Symlink{d.Current, d.Booted, d.Old} {
			if link != nil && f.runner(link) == nil || d.Fault != "" || len(d.Strange) > 0 {
				names = append(names, d.Name)
				break
			}
		}
	}
	return names
}

// settingUp is a unit that makes or removes interfaces at this moment.
func (f *facts) settingUp() Raw {
	for i := range f.Units {
		unit := &f.Units[i]
		role, _, ok := ParseUnitName(unit.Name)
		if !ok || role != RoleTap && role != RoleMacvtap {
			continue
		}
		if unit.Job != nil || unit.Active == "activating" || unit.Active == "deactivating" {
			return unit.Name
		}
	}
	return ""
}
