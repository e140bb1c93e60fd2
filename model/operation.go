package model

import (
	"cmp"
	"time"
)

// OperationState is how far an operation is.
type OperationState string

// The states of operations, as --json names them.
const (
	OperationRunning     OperationState = "running"
	OperationDone        OperationState = "done"
	OperationFailed      OperationState = "failed"      // at least one item was not done
	OperationInterrupted OperationState = "interrupted" // nobody works on it any more; see `microtui ops settle`
	OperationUndone      OperationState = "undone"      // it was taken back
)

// Operation is a plan that was, or is being, carried out, as its record tells.
type Operation struct {
	ID        string // sorts by time; see [ValidOperationID]
	Plan      Plan
	State     OperationState
	By        Raw // who asked for it
	StartedAt time.Time
	EndedAt   time.Time // zero: it has not ended
	Digest    string
	// Steps tells of each step of each item, in the order of the plan.
	Steps [][]StepReport
	// Reason says why it is not done, in one line; empty when it is.
	Reason Raw
	// Kind is one of the kinds of errors where nothing was tried; else nil.
	Kind error
}

// StepState is how far a step is.
type StepState string

// The states of steps.
const (
	StepWaiting   StepState = "waiting"
	StepRunning   StepState = "running"
	StepDone      StepState = "done"
	StepUnchanged StepState = "unchanged" // it was so already
	StepFailed    StepState = "failed"
	StepUndone    StepState = "undone"
	StepSkipped   StepState = "skipped" // one before it failed, or the operation was cancelled
)

// StepReport is how a step went.
type StepReport struct {
	State    StepState `json:"state"`
	Since    time.Time `json:"since,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
	Activity Raw       `json:"doing,omitempty"`  // the newest word on it
	Reason   Raw       `json:"reason,omitempty"` // why it failed, or was not done
	// Kind is one of the kinds of errors where its item was left out, and
	// nothing of it tried; else nil.
	Kind error `json:"-"`
	// Result is what it brought about: the runner that was built, the id of the
	// trash entry.
	Result Raw    `json:"result,omitempty"`
	Freed  uint64 `json:"freed,omitempty"` // bytes
	// Stuck: it was to be taken back, and could not be; Reason says why.
	Stuck bool `json:"stuck,omitempty"`
}

// Over reports whether nothing more happens to a step by itself.
func (s StepReport) Over() bool {
	return s.State != StepWaiting && s.State != StepRunning && s.State != ""
}

// Request asks for an operation.
type Request struct {
	Plan Plan // with nothing but ticked items
	// By is who asks, as far as the caller can tell.
	By Raw
	// Environment are variables that nix gets: HOME, SSH_AUTH_SOCK and the like.
	Environment []string
}

// ItemResult is what came of an item.
func (o Operation) ItemResult(at int) (Result, Raw) {
	result, reason := o.resultBut(at)
	for _, step := range o.Steps[at] {
		switch {
		case !step.Stuck:
		case reason == "" || result != ResultFailed:
			result, reason = ResultFailed, step.Reason
		default:
			reason += "; " + step.Reason
		}
	}
	return result, reason
}

// LeftOut reports whether nothing of an item was tried, since something spoke
// against it or against the whole operation.
func (o Operation) LeftOut(at int) bool {
	kind := o.Kind
	for _, step := range o.Steps[at] {
		if step.State != StepWaiting && step.State != StepSkipped {
			return false
		}
		kind = cmp.Or(kind, step.Kind)
	}
	return kind != nil
}

// resultBut is what came of an item, but for what could not be taken back.
func (o Operation) resultBut(at int) (Result, Raw) {
	changed := false
	for n, step := range o.Steps[at] {
		if step.Stuck {
			continue
		}
		switch step.State {
		case StepFailed, StepUndone:
			reason := step.Reason
			if reason == "" {
				reason = rawf("%s was undone", o.Plan.Items[at].Steps[n].Action)
			}
			return ResultFailed, reason
		case StepSkipped, StepWaiting, StepRunning, "":
			return ResultFailed, cmp.Or(step.Reason, o.Reason, "not done")
		case StepDone:
			changed = true
		}
	}
	if !changed {
		return ResultUnchanged, ""
	}
	return ResultDone, ""
}

// ValidOperationID reports whether a text can be an operation's id: a time
// and four random digits, as in 20261103-120411-a1b2.
func ValidOperationID(id string) bool {
	const form = "00000000-000000-0000"
	if len(id) != len(form) {
		return false
	}
	for i := range len(form) {
		switch c := id[i]; {
		case form[i] == '-':
			if c != '-' {
				return false
			}
		case c >= '0' && c <= '9':
		case i > len("00000000-000000") && c >= 'a' && c <= 'f':
		default:
			return false
		}
	}
	return true
}
