package model

import "slices"

// Conflict is something that a start would break, or break on.
type Conflict struct {
	Kind  ConflictKind `json:"kind"`
	What  Raw          `json:"what"`            // the interface, address, number, file, device or process
	Other Raw          `json:"other,omitempty"` // the VM that has it; empty: no VM
}

// ConflictKind is a kind of conflict.
type ConflictKind string

// The kinds of conflicts. A start would tear the other VM's interface down
// (tap-up and macvtap-up delete what has the name), or fail, or write a volume
// that another hypervisor writes.
const (
	ConflictInterface ConflictKind = "interface"
	ConflictOpen      ConflictKind = "interface-open"
	ConflictMAC       ConflictKind = "mac"
	ConflictVsock     ConflictKind = "vsock-cid"
	ConflictVolume    ConflictKind = "volume"
	ConflictPCI       ConflictKind = "pci"
	ConflictRunner    ConflictKind = "untrusted-runner"
	ConflictUnread    ConflictKind = "unread-runner" // what it would take is not known
	ConflictOutside   ConflictKind = "outside"
	ConflictOlder     ConflictKind = "older-in-trash" // a start begins anew, and the data lies in the trash
	// ConflictLoss is of what ends a VM's processes, not of a start: see [Loss].
	ConflictLoss  ConflictKind = "deleted-file"
	ConflictMount ConflictKind = "mount" // its files lie on a mount that is not there
)

// conflictWords say each kind as one sentence, of what and of the other VM.
var conflictWords = map[ConflictKind]func(what, other Raw) Raw{
	ConflictInterface: func(what, other Raw) Raw {
		if other == "" {
			return rawf("interface %s is in use by something else: starting would delete it", what)
		}
		return rawf("%s is using interface %s: starting would tear it down", other, what)
	},
	ConflictOpen: func(what, other Raw) Raw { return rawf("%s is using interface %s: the start would fail", other, what) },
	ConflictMAC:  func(what, other Raw) Raw { return rawf("%s is running with the same MAC address %s", other, what) },
	ConflictVsock: func(what, other Raw) Raw {
		return rawf("%s is running with the same vsock CID %s: the start would fail", other, what)
	},
	ConflictVolume: func(what, other Raw) Raw {
		return rawf("%s has volume %s open: two guests writing to one disk destroy its data", other, what)
	},
	ConflictPCI: func(what, other Raw) Raw { return rawf("%s is using device %s", other, what) },
	ConflictRunner: func(what, _ Raw) Raw {
		return rawf("current leads to %s, which is not a root-owned path in the Nix store: the host would run its scripts as root", what)
	},
	ConflictUnread: func(what, _ Raw) Raw {
		return rawf("%s could not be read: it is unknown what a start would break", what)
	},
	ConflictMount: func(what, _ Raw) Raw {
		return rawf("%s: the VM would run on the directory underneath, without its data", what)
	},
	ConflictOutside: func(what, _ Raw) Raw {
		return rawf("its hypervisor is already running outside its unit, as process %s", what)
	},
	ConflictOlder: func(what, _ Raw) Raw { return rawf("it has another directory: %s", what) },
	ConflictLoss:  func(what, _ Raw) Raw { return rawf("stopping it loses %s", what) },
}

// Reason says a conflict as one sentence.
func (c Conflict) Reason() Raw {
	if words := conflictWords[c.Kind]; words != nil {
		return words(c.What, c.Other)
	}
	return rawf("%s: %s %s", c.Kind, c.What, c.Other)
}

// Forbids reports whether a conflict cannot be accepted.
func (c Conflict) Forbids() bool { return c.Kind == ConflictOutside }

// IsTyped reports whether only the VM's name agrees to a conflict: data is lost
// for good that is there now.
func (c Conflict) IsTyped() bool { return c.Kind == ConflictLoss }

// Against lists what speaks against an action on a VM now, and can be agreed to:
// what a start would break, and what is lost with what is stopped.
func Against(i Inventory, action Action, name Raw) []Conflict {
	var found []Conflict
	if action.Starts() {
		found = Preflight(i, name)
	}
	if action != ActionStart {
		found = append(found, lossConflicts(i.Losses(name))...)
	}
	return found
}

// mostLosses are told of one by one.
const mostLosses = 8

func lossConflicts(lost []Loss) []Conflict {
	var found []Conflict
	for at, loss := range lost {
		what := loss.Words() + "; copy it first: " + loss.Command()
		if at == mostLosses {
			what = rawf("%d more; see microtui doctor", len(lost)-at)
		}
		found = append(found, Conflict{ConflictLoss, what, ""})
		if at == mostLosses {
			break
		}
	}
	return found
}

// Preflight lists what speaks against starting, or restarting, a VM now.
func Preflight(i Inventory, name Raw) []Conflict {
	vm := i.VM(name)
	if vm == nil {
		return nil
	}
	var found []Conflict
	for _, p := range vm.Outside {
		found = append(found, Conflict{ConflictOutside, rawf("%d", p.PID), ""})
	}
	found = append(found, i.runnerConflicts(vm)...)
	for _, fault := range i.MountFaults(vm) {
		found = append(found, Conflict{Kind: ConflictMount, What: rawf("%s is not mounted, %s is %s", fault.Where, fault.Unit, fault.State())})
	}
	found = append(found, i.clashes(vm)...)
	if !vm.MainUnit().IsUp() {
		found = append(found, vm.olderConflicts()...)
	}
	return append(found, vm.strangers(found)...)
}

// tolerated are the kinds of conflicts that a VM can run with, and that a start
// of it adds nothing to.
var tolerated = []ConflictKind{ConflictMAC, ConflictVsock, ConflictRunner}

// ToleratedConflicts lists what speaks against starting a VM that runs, and does not
// keep it from running: what was stopped for an operation is started again in
// spite of that.
func ToleratedConflicts(i Inventory, name Raw) []Conflict {
	found := slices.DeleteFunc(Preflight(i, name), func(c Conflict) bool { return !slices.Contains(tolerated, c.Kind) })
	if vm := i.VM(name); vm != nil {
		found = append(found, vm.olderConflicts()...)
	}
	return found
}

// PreflightDespite says what speaks against starting a VM now, other than the
// conflicts that are accepted; empty: nothing does.
func PreflightDespite(i Inventory, name Raw, accepted []Conflict) Raw {
	return unaccepted(Preflight(i, name), accepted)
}

// runnerConflicts are about what would run.
func (i *Inventory) runnerConflicts(vm *VM) []Conflict {
	switch {
	case vm.Current != nil && !vm.Current.Trusted:
		return []Conflict{{ConflictRunner, vm.Current.Path, ""}}
	case vm.Current == nil && i.missingToStart(vm) == "":
		return []Conflict{{ConflictUnread, rawf("%s/%s/current", i.StateDir, vm.Name), ""}}
	}
	return nil
}

// holdsThings reports whether a VM's hypervisor has, or is about to have, its
// interfaces and devices.
func (v *VM) holdsThings() bool {
	switch v.State {
	case StateStopped, StateFailed, StateUnknown:
		unit := v.MainUnit()
		return unit != nil && (unit.IsUp() || unit.AwaitsStart())
	}
	return true
}

// contestedBy are the kinds of things that one VM can have at a time.
var contestedBy = map[ThingKind]ConflictKind{
	ThingInterface: ConflictInterface, ThingMAC: ConflictMAC, ThingVolume: ConflictVolume, ThingPCI: ConflictPCI, ThingVsock: ConflictVsock,
}

// clashes compares what a VM would take with what others have: by the runner
// that it would start and those that they take.
func (i *Inventory) clashes(vm *VM) []Conflict {
	var found []Conflict
	claims := i.Claims()
	for _, mine := range claims.Of(vm.Name) {
		kind, contested := contestedBy[mine.Thing.Kind]
		if !contested || mine.Paper != PaperCurrent {
			continue
		}
		for _, theirs := range byOthers(claims.On(mine.Thing), vm.Name) {
			other := i.VM(theirs.By.VM)
			if other == nil || mine.ReadOnly && theirs.ReadOnly || !other.holdsThings() || !other.takesBy(theirs.Paper) {
				continue
			}
			if mine.Named {
				kind = ConflictOpen
			}
			if c := (Conflict{kind, mine.As, other.Name}); !slices.Contains(found, c) {
				found = append(found, c)
			}
		}
	}
	return found
}

// takesBy reports whether a VM's hypervisor has what a paper of its names; see
// [VM.takes].
func (v *VM) takesBy(p Paper) bool {
	switch p {
	case PaperBooted:
		return v.BootedFrom != nil
	case PaperCurrent:
		return v.Current != nil && (slices.Contains(v.takes(), v.Current))
	}
	return false
}

// takes are the runners whose things a VM's hypervisor has: the booted one of
// a VM that is up. One that is coming up will boot the current one; what
// `booted` says of it may be of a life that a power failure ended.
func (v *VM) takes() []*Runner {
	runners := []*Runner{v.BootedFrom, v.Current}
	if unit := v.MainUnit(); v.BootedFrom != nil && unit.IsUp() && unit.Active != "activating" {
		runners = runners[:1]
	}
	return slices.DeleteFunc(runners, func(r *Runner) bool { return r == nil })
}

// strangers are interfaces under the VM's names that something other than a
// VM uses, while the VM itself is off. A TAP that nothing has open, and whose
// owner is microvm, is a leftover, which a start may well replace.
func (v *VM) strangers(known []Conflict) []Conflict {
	if v.MainUnit().IsUp() || len(v.Outside) > 0 || v.Current == nil {
		return nil
	}
	var found []Conflict
	for _, name := range v.Current.interfaceNames() {
		at := slices.IndexFunc(v.Interfaces, func(i Interface) bool { return i.Name == name })
		if at < 0 || v.Interfaces[at].Device == nil || !v.Interfaces[at].inUse() {
			continue
		}
		theirs := func(c Conflict) bool { return c.Kind == ConflictInterface && c.What == name }
		if !slices.ContainsFunc(known, theirs) {
			found = append(found, Conflict{ConflictInterface, name, ""})
		}
	}
	return found
}

// inUse reports whether the device under an interface's name is no TAP or
// macvtap at all, or a TAP that a process has open.
func (i *Interface) inUse() bool {
	if kind, guest := i.Device.guestKind(); !guest || string(kind) != i.Type {
		return true
	}
	return i.Type == "tap" && i.Device.Carrier != nil && *i.Device.Carrier
}

// AfterAll is the host as it will be once an action has been done to several
// VMs: two that are started at the same time can be in each other's way, which
// only [Preflight] on this host sees. It is i itself where the action starts
// nothing.
func AfterAll(i Inventory, action Action, names []Raw) Inventory {
	if !action.Starts() {
		return i
	}
	now := i
	i.VMs = slices.Clone(i.VMs)
	for at := range i.VMs {
		vm := &i.VMs[at]
		if slices.Contains(names, vm.Name) && !vm.holdsThings() && Reason(now, action, vm.Name) == "" {
			vm.State = StateStarting
		}
	}
	return i
}

// ReasonNow says a conflict as one sentence, as [Conflict.Reason] does, on a
// host where the other VM may be off yet, and only about to be started too.
func (c Conflict) ReasonNow(i Inventory) Raw {
	if other := i.VM(c.Other); other != nil && !other.holdsThings() {
		return rawf("%s is to be started too, and has the same %s %s", c.Other, c.Kind, c.What)
	}
	return c.Reason()
}
