package model

import (
	"time"
)

// State is what a VM does now.
type State string

// The states. A VM's is the worst of its six units.
const (
	StateRunning   State = "running"
	StatePaused    State = "paused" // its processes are frozen (systemctl freeze)
	StateStarting  State = "starting"
	StateStopping  State = "stopping"
	StateStopped   State = "stopped"
	StateFailed    State = "failed"
	StateCrashLoop State = "crash-loop" // systemd restarts it again and again
	StateOutside   State = "outside"    // a hypervisor of it runs, but not under its unit
	StateUnknown   State = "unknown"    // systemd could not be asked
)

// Origin is where a VM comes from.
type Origin string

// The origins.
const (
	OriginDeclared      Origin = "declared"       // an install unit, fully declarative
	OriginDeclaredFlake Origin = "declared-flake" // an install unit that installs from a flake
	OriginImperative    Origin = "imperative"     // `microvm -c`
	OriginDeployed      Origin = "deployed"       // over SSH (microvm.deploy)
	OriginManual        Origin = "manual"         // neither flake, toplevel nor root
	OriginUndeclared    Origin = "undeclared"     // was declared, no longer is
	OriginUnknown       Origin = "unknown"
)

// Freshness is how a VM's links stand to each other.
type Freshness string

// The freshnesses.
const (
	FreshnessCurrent      Freshness = "current"
	FreshnessRebootNeeded Freshness = "reboot-needed" // booted an older runner
	FreshnessOutdated     Freshness = "outdated"      // its flake evaluates to something newer
	FreshnessDrifted      Freshness = "drifted"       // the declared runner is not current
	FreshnessMissing      Freshness = "missing"       // current dangles or is absent
	FreshnessUnknown      Freshness = "unknown"
)

// Verdict is whether a thing is wanted.
type Verdict string

// The verdicts. Clean-up takes orphans only.
const (
	VerdictKept    Verdict = "kept"    // belongs to something that is wanted
	VerdictOrphan  Verdict = "orphan"  // a leftover, proven
	VerdictSuspect Verdict = "suspect" // looks like a leftover, not proven
	VerdictUnclear Verdict = "unclear" // Facts are missing or disagree
	VerdictForeign Verdict = "foreign" // somebody else's
)

// HostKind says what kind of host this is, where there is no table to show.
type HostKind string

// The kinds of hosts.
const (
	HostKindPopulated HostKind = "host"      // has VMs or leftovers
	HostKindEmpty     HostKind = "empty"     // microvm.nix's host module, but no VM
	HostKindNoModule  HostKind = "no-module" // no host module, and nothing of it
	HostKindGuest     HostKind = "guest"     // itself a guest
	HostKindUnknown   HostKind = "unknown"   // systemd could not be asked
)

// Inventory is what an observation means.
type Inventory struct {
	Host     Host
	At       time.Time
	HostKind HostKind
	StateDir Raw
	Template *Template // nil: systemd knows no microvm@.service
	Faults   []Fault
	// ReadOnly says why nothing can be changed here ("read-only"), and is set
	// by who opened the host: an observation does not tell. Empty: nothing
	// stands against it.
	ReadOnly  Raw
	VMs       []VM       // by name
	Leftovers []Leftover // by kind, then name; foreign things among them
	// Trash is what was purged and can be restored, or deleted for good.
	Trash []TrashEntry
	// Snapshots are the copies of volumes that are kept.
	Snapshots []Snapshot
	// Findings are what the doctor found, the worst first; nil: it was not
	// asked (see package model/doctor).
	Findings []Finding

	// facts are what it was made from: what plans and their conditions ask
	// beyond what is shown. Nil for one that was not made by [Interpret].
	facts *Facts
}

// VM is one microVM with all that belongs to it.
type VM struct {
	Name      Raw
	State     State
	Origin    Origin
	Freshness Freshness
	Verdict   Verdict
	Evidence  []Raw // the facts behind the verdict, as prose a user can check by hand
	// Notes say in a few words what is remarkable about it, most important
	// first: why it failed, that it is an orphan. Why is the one behind the
	// verdict; empty: none.
	Notes []Raw
	Why   Raw

	Hypervisor string // empty: unknown
	HostName   Raw    // what the guest calls itself; empty: unknown
	Autostart  bool
	// RemovedIn is the first generation that no longer declares it.
	RemovedIn *int

	Interfaces []Interface
	Units      []VMUnit // in the order of a start; those that systemd has in memory
	Shares     []Share
	Volumes    []Volume
	Directory  *Directory   // nil: it has none
	Declared   *Declaration // nil: not declared
	DeclaredBy []Raw        // the systems that declare it
	Current    *Runner      // what `current` points to; nil: unknown
	BootedFrom *Runner
	Outside    []Process // hypervisors of it that run outside its unit
	// Older are the directories in the trash that it had before, and that hold
	// data; none can be seen without root.
	Older  []TrashEntry
	Losses []Loss // what is lost when its processes end; none can be seen without root

	// FiguresAt is when the figures were read; zero: with the rest.
	FiguresAt time.Time
	CPUUsec   *uint64 // of all its units since their start; nil: unknown
	// CPUUserUsec and CPUSystemUsec are the parts of that.
	CPUUserUsec, CPUSystemUsec *uint64
	// DiskRead and DiskWritten are bytes; nil without IO accounting.
	DiskRead, DiskWritten *uint64

	Memory   *uint64   // bytes
	Disk     *uint64   // bytes allocated by its directory and by volumes elsewhere; nil: unknown
	RxBytes  *uint64   // received by the guest
	TxBytes  *uint64   // sent by the guest
	Since    time.Time // when it last became active; zero: it is not, or unknown
	Restarts *uint32   // automatic ones since the last start on request
	LastLife *Life     // that ended, as the journal tells of it; nil: not read
	Findings []string  // rule ids
	Worst    Severity  // of its findings; empty: it has none
}

// Ref is the VM's address.
func (v VM) Ref() Ref { return Ref{KindVM, v.Name} }

// Interface is a network interface that a VM's runner names.
type Interface struct {
	Name Raw
	Type string // "tap" or "macvtap"
	MAC  Raw    // empty: unknown
	Link Raw    // the lower interface of a macvtap
	Mode Raw    // of a macvtap
	// Namespace is the network namespace that its unit makes it in; empty: the
	// host's.
	Namespace Raw
	// Present is nil where links could not be read.
	Present *bool
	// RxBytes and TxBytes are what the guest received and sent by it; nil: it
	// carries nothing of it, or unknown.
	RxBytes, TxBytes *uint64
	Master           Raw // the bridge it is a port of
	Device           *Link
}

// Volume is a disk image of a VM.
type Volume struct {
	Path      Raw     // relative to the VM's directory, or absolute
	Size      *uint64 // apparent; nil: unknown
	Allocated *uint64
	Modified  time.Time
	Elsewhere bool // not in the VM's directory
}

// Leftover is something microvm.nix made that belongs to no VM.
type Leftover struct {
	Ref      Ref
	Stamp    Stamp
	Verdict  Verdict
	Evidence []Raw
	Notes    []Raw
	Why      Raw     // the note behind the verdict
	Bytes    *uint64 // on disk; nil: unknown or none
}

// Counts are the figures of the head line.
type Counts struct {
	VMs, Running, Paused, CrashLoop, Failed int
	Orphans, Suspects, Unclear              int // VMs and leftovers
}

// Count counts an inventory.
func Count(i Inventory) Counts {
	c := Counts{VMs: len(i.VMs)}
	for _, vm := range i.VMs {
		switch vm.State {
		case StateRunning, StateOutside:
			c.Running++
		case StatePaused:
			c.Paused++
		case StateCrashLoop:
			c.CrashLoop++
		case StateFailed:
			c.Failed++
		}
		c.add(vm.Verdict)
	}
	for _, l := range i.Leftovers {
		c.add(l.Verdict)
	}
	return c
}

func (c *Counts) add(v Verdict) {
	switch v {
	case VerdictOrphan:
		c.Orphans++
	case VerdictSuspect:
		c.Suspects++
	case VerdictUnclear:
		c.Unclear++
	}
}

// VM is the VM of a name; nil: there is none.
func (i *Inventory) VM(name Raw) *VM {
	for at := range i.VMs {
		if i.VMs[at].Name == name {
			return &i.VMs[at]
		}
	}
	return nil
}
