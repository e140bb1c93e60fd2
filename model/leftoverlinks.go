package model

import "slices"

// leftoverLinks judges the TAP and macvtap interfaces that no VM claims.
func (f *Facts) leftoverLinks(owned owned) []Leftover {
	var found []Leftover
	for i := range f.Links {
		link := &f.Links[i]
		kind, ok := link.guestKind()
		if !ok || owned.interfaces[link.Name] || f.heldByVM(link, owned) {
			continue
		}
		stamp := Stamp{Index: link.Index, LinkKind: link.Kind, Owner: link.owner()}
		found = append(found, f.judgeLink(link, kind, owned).leftover(Ref{kind, link.Name}, stamp))
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

func (f *Facts) heldByVM(link *Link, owned owned) bool {
	for _, p := range f.holders[link.Name] {
		_, vm, ok := p.Unit()
		if ok && owned.vms[vm] || owned.processes[p.PID] {
			return true
		}
	}
	return false
}

// judgeLink calls an interface an orphan only when it is microvm.nix's beyond
// doubt (owner and persistence), nothing on the host could want it (no runner,
// no declaration, no description, no process), and all of that could be read.
func (f *Facts) judgeLink(link *Link, kind Kind, owned owned) judgement {
	owner := link.owner()
	switch {
	case owner == nil || !f.IsMicrovm(*owner):
		return f.judgeOthersLink(kind, owner)
	case f.described(link.Name) != "":
		return foreign("defined by " + f.described(link.Name))
	case len(f.namedBy(link.Name)) > 0:
		return f.judgeNamed(link.Name, owned)
	case kind == KindTap && !link.Persistent:
		return unclear("it is not persistent, so the process that opened it still has it")
	case len(f.holders[link.Name]) > 0:
		p := f.holders[link.Name][0]
		return unclear(rawf("process %d (%s) has it open", p.PID, p.ProgramName()))
	case kind == KindTap && link.Carrier != nil && *link.Carrier:
		return unclear("its carrier is on, so a process has it open")
	case len(f.missingEvidence(kind)) > 0:
		return unclear(f.missingEvidence(kind)...)
	case f.undescribed() != "":
		return unclear(rawf("%s creates interfaces, but which ones could not be determined", f.undescribed()))
	case len(f.unreadClaims(owned)) > 0:
		return unclear(rawf("%s may claim it: what it runs, or ran, could not be read", Listed(f.unreadClaims(owned))))
	case f.settingUp() != "":
		return unclear(rawf("%s is starting or stopping", f.settingUp()))
	}
	return orphan(rawf("owned by microvm, claimed by no VM"),
		rawf("%s %s belongs to user microvm (ID %d)%s", kind, link.Name, *owner, persistence(kind)),
		"no runner claims it: neither a declared one nor one that a VM's current, booted or old points to",
		"no process has it open, and no .netdev file or netdev unit defines it")
}

func persistence(kind Kind) Raw {
	if kind == KindTap {
		return " and is persistent"
	}
	return ""
}

func (f *Facts) judgeOthersLink(kind Kind, owner *uint32) judgement {
	switch {
	case kind == KindMacvtap && owner == nil && f.failed(SourceDevices):
		return unclear(rawf("its owner is unknown: %s", f.faults[SourceDevices]))
	case f.faults[SourceHost] != "":
		return unclear("user microvm could not be looked up: " + f.faults[SourceHost])
	case owner == nil:
		return foreign("it has no owner")
	}
	return foreign(rawf("it belongs to user ID %d, not to microvm", *owner))
}

// described is the unit or the file of the host that an interface is of;
// empty: it is of none.
func (f *Facts) described(name Raw) Raw {
	for _, c := range f.claims.On(Thing{Kind: ThingInterface, Name: name}) {
		if c.By.Host != "" {
			return c.By.Host
		}
	}
	return ""
}

// undescribed is a unit of the host that makes interfaces of which its text
// does not tell the names; empty: there is none.
func (f *Facts) undescribed() Raw {
	for _, netdev := range f.Netdevs {
		if netdev.Name == "" {
			return netdev.By
		}
	}
	return ""
}

// namedBy are the claims of VMs, and of directories that hold none, to the
// interfaces of a name: those in other network namespaces, too.
func (f *Facts) namedBy(name Raw) []Claim {
	return slices.DeleteFunc(f.claims.Named(name), func(c Claim) bool { return c.By.VM == "" })
}

// judgeNamed judges an interface that no VM lists as its own, and that is named
// all the same: by the text of a script, by a directory that holds no VM, by a
// VM whose interfaces are in another network namespace.
func (f *Facts) judgeNamed(name Raw, owned owned) judgement {
	claims := f.namedBy(name)
	for _, c := range claims {
		if c.Named && owned.vms[c.By.VM] && !owned.orphans[c.By.VM] && c.Thing.In == hostNamespace {
			return kept(rawf("%s mentions it, though it does not list it", c.where()))
		}
	}
	switch c := claims[0]; {
	case c.Thing.In != hostNamespace:
		return unclear(rawf("%s has it in network namespace %s", c.By.VM, c.Thing.In))
	case !owned.vms[c.By.VM]:
		return unclear(rawf("%s, which holds no VM, claims it", c.By.VM))
	default:
		return unclear(rawf("%s names it", c.where()))
	}
}

// unreadClaims names the VMs of which it is unknown which interfaces they
// claim: their directory could not be read, or a runner of theirs is gone. An
// orphan that does not run is none of them: what it claims is left over too.
// Nor is a VM that has not been started since the host booted: a start changes
// its directory, and no interface outlives a boot. One that runs without a
// directory is: its runner went with that, unless a generation knows it.
func (f *Facts) unreadClaims(owned owned) []Raw {
	if f.unread == nil {
		names := f.findUnreadClaims(owned)
		f.unread = &names
	}
	return *f.unread
}

func (f *Facts) findUnreadClaims(owned owned) []Raw {
	var names []Raw
	for i := range f.StateDir.Other {
		if other := &f.StateDir.Other[i]; other.Type == "link" && f.runs(other.Name) {
			names = append(names, other.Name) // systemd follows it to a VM's directory, we do not
		}
	}
	gone := func(link *Symlink) bool { return link != nil && f.runner(link) == nil }
	for i := range f.StateDir.Directories {
		d := &f.StateDir.Directories[i]
		unread := d.Fault != "" || d.hidesClaims() || gone(d.Current) || gone(d.Booted) || gone(d.Old)
		untold := !owned.orphans[d.Name] && (f.runner(d.Current).isUntold() || f.runner(d.Booted).isUntold() || f.runner(d.Old).isUntold())
		idle := owned.orphans[d.Name] || !d.Modified.IsZero() && d.Modified.Before(f.Host.BootedAt)
		bare := d.Current == nil && d.Booted == nil
		if untold || unread && !idle || (unread || bare) && f.runs(d.Name) || f.unmounted(d.Name) != nil {
			names = append(names, d.Name)
		}
	}
	for vm := range owned.vms {
		if f.runs(vm) && f.directoryOf(vm) == nil && f.declared[vm] == nil && f.lastInstalled(vm) == nil {
			names = append(names, vm)
		}
	}
	slices.Sort(names)
	return names
}

// settingUp is a unit that makes or removes interfaces at this moment.
func (f *Facts) settingUp() Raw {
	for _, unit := range f.instances {
		if (unit.role == RoleTap || unit.role == RoleMacvtap) && unit.IsChanging() {
			return unit.Name
		}
	}
	return ""
}

// isUntold reports whether the text of a runner does not tell which interfaces
// it opens: those may be of somebody else's making, and older than any start.
func (r *Runner) isUntold() bool { return r != nil && r.Unparsed != "" }

func (r *Runner) claims(name Raw) bool {
	return r != nil && (slices.Contains(r.Taps, name) ||
		slices.ContainsFunc(r.Macvtaps, func(m MacvtapEntry) bool { return m.Name == name }))
}
