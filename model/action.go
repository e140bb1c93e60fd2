package model

import (
	"strings"
	"time"
)

// Action is what can be asked of a VM.
type Action string

// The actions that are jobs of systemd, and those that freeze and thaw.
const (
	ActionStart   Action = "start"
	ActionStop    Action = "stop"
	ActionRestart Action = "restart"
	// ActionKill powers a VM off hard: a queued stop and SIGKILL at once, so
	// that Restart=always does not bring it back.
	ActionKill Action = "kill"
	// ActionPause freezes the processes of a VM's own unit, and ActionResume
	// thaws all of it that is frozen (systemctl freeze, thaw): no job, and
	// nothing of the guest's is lost.
	ActionPause  Action = "pause"
	ActionResume Action = "resume"
)

// Actions lists the actions in the order in which they are offered.
var Actions = []Action{ActionStart, ActionStop, ActionRestart, ActionPause, ActionResume, ActionKill}

// Fits reports whether somebody who sees a VM in a state may want an action:
// nobody starts what runs, or stops what is off.
func (a Action) Fits(s State) bool {
	switch s {
	case StateStopped, StateFailed:
		return a == ActionStart
	case StateUnknown:
		return true
	}
	return a != ActionStart
}

// Starts reports whether the VM is to run in the end.
func (a Action) Starts() bool { return a == ActionStart || a == ActionRestart }

// Result is how an action ended for one VM.
type Result string

// The results, as --json names them.
const (
	ResultDone      Result = "done"
	ResultUnchanged Result = "unchanged" // it was so already
	ResultFailed    Result = "failed"    // tried, and it did not come about
	ResultRefused   Result = "refused"   // nothing was tried
)

// Order asks for an action on one VM, bound to what was seen when it was
// asked for.
type Order struct {
	Action Action
	VM     Raw
	// Seen is the state in which the VM was when the order was given; an
	// order for a VM that has left it is stale. Empty: any.
	Seen State
	// Invocation is the invocation of its unit that was seen; empty: any. It
	// counts for a VM that runs: one that crashes in a loop has a new one
	// every few seconds.
	Invocation string
	// Despite holds the conflicts that were shown and accepted (see
	// [Preflight]): a start that meets another one is refused.
	Despite []Conflict
}

// OrderFor is an order bound to a VM as it was shown.
func OrderFor(action Action, vm *VM, despite ...Conflict) Order {
	return Order{Action: action, VM: vm.Name, Seen: vm.State, Invocation: vm.MainUnit().Invocation(), Despite: despite}
}

// Progress is news of an order.
type Progress struct {
	Order Order
	// Activity says in a few words what is waited for: "stopping: asks the guest
	// to shut down".
	Activity Raw
	// Warning is what stays worth knowing while it goes on; mostly empty.
	Warning Raw
	// Since and Limit are when it began and when its [Deadline] is; Limit is
	// zero where the unit sets no limit, or none is known yet.
	Since, Limit time.Time
	// Outcome is set with the last news.
	Outcome *Outcome
}

// Outcome is what really happened, from the job's result and the unit's
// properties: neither alone tells.
type Outcome struct {
	Result Result
	Reason Raw // one line; may be empty when done
	// Kind is one of the kinds of errors ([ErrBusy], …) of a refusal; else nil,
	// or the context's error where the caller stopped waiting.
	Kind error
}

// Refused is the outcome of an order of which nothing was tried.
func Refused(kind error, reason Raw) Outcome {
	return Outcome{Result: ResultRefused, Reason: reason, Kind: kind}
}

// Failed is the outcome of an order that was tried in vain.
func Failed(reason Raw) Outcome { return Outcome{Result: ResultFailed, Reason: reason} }

// WhileSwitching is the warning of an action while a NixOS system switches:
// actions stay possible then, since a VM that hangs is why switches hang.
// Empty: none does.
func WhileSwitching(h Host) Raw {
	if h.Switching == "" {
		return ""
	}
	return "the host is switching to another NixOS system: " + h.Switching
}

// Warning is what is worth knowing while an order is carried out: that the host
// switches, and that the guest is not shut down but killed. A power-off says
// that of itself.
func Warning(i Inventory, order Order) Raw {
	var warnings []string
	if switching := WhileSwitching(i.Host); switching != "" {
		warnings = append(warnings, string(switching))
	}
	if vm := i.VM(order.VM); vm != nil && (order.Action == ActionStop || order.Action == ActionRestart) {
		if kills := vm.StopCaution(); kills != "" {
			warnings = append(warnings, string(kills))
		}
	}
	return Raw(strings.Join(warnings, "; "))
}
