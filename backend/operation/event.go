package operation

import (
	"errors"
	"time"

	"microtui/model"
)

// Event is a line of an operation's record.
type Event struct {
	At   time.Time `json:"at"`
	Kind EventKind `json:"event"`
	// Item and Step are places in the plan, from 0, where the event is of a step.
	Item   int       `json:"item,omitempty"`
	Step   int       `json:"step,omitempty"`
	Text   model.Raw `json:"text,omitempty"`
	Result model.Raw `json:"result,omitempty"`
	Freed  uint64    `json:"freed,omitempty"`
	// State is of an end, Refusal of that or of what was left out.
	State   model.OperationState `json:"state,omitempty"`
	Refusal string               `json:"refusal,omitempty"`
}

func (e Event) isOf(item, step int) bool { return e.Item == item && e.Step == step }

// EventKind is what an event tells.
type EventKind string

// The events.
const (
	EventBegin     EventKind = "begin"     // an executor begins, or takes it up again
	EventStep      EventKind = "step"      // a step is about to be done
	EventDoing     EventKind = "doing"     // news of it
	EventDone      EventKind = "done"      // it is done
	EventUnchanged EventKind = "unchanged" // it was so already
	EventFailed    EventKind = "failed"    // it was not done
	EventSkipped   EventKind = "skipped"   // it will not be done
	EventUndo      EventKind = "undo"      // a step is about to be taken back
	EventUndone    EventKind = "undone"    // it is taken back
	EventStuck     EventKind = "stuck"     // it could not be taken back
	EventEnd       EventKind = "end"       // nothing more comes
)

// stepStates are the states of a step after an event of it.
var stepStates = map[EventKind]model.StepState{
	EventStep: model.StepRunning, EventDoing: model.StepRunning, EventUndo: model.StepRunning,
	EventDone: model.StepDone, EventUnchanged: model.StepUnchanged, EventFailed: model.StepFailed,
	EventSkipped: model.StepSkipped, EventUndone: model.StepUndone, EventStuck: model.StepFailed,
}

// refusals are the names of the kinds of errors in a record. Of an error that
// has several, the first counts: it says best what to do next.
var refusals = []struct {
	name string
	kind error
}{
	{"busy", model.ErrBusy}, {"stale", model.ErrStale}, {"denied", model.ErrDenied},
	{"unknown", model.ErrUnknown}, {"refused", model.ErrRefused},
}

// refusalOf is the name of an error's kind; empty: it has none.
func refusalOf(err error) string {
	for _, r := range refusals {
		if errors.Is(err, r.kind) {
			return r.name
		}
	}
	return ""
}

// refusalNamed is the kind of errors that has a name; nil: none has.
func refusalNamed(name string) error {
	for _, r := range refusals {
		if r.name == name {
			return r.kind
		}
	}
	return nil
}

// Fold is the operation that a record tells of. alive: somebody works on it.
func Fold(h Header, events []Event, alive bool) model.Operation {
	o := model.Operation{
		ID: h.ID, Plan: h.Plan, By: h.By, StartedAt: h.At, Digest: h.Plan.Digest(),
		State: model.OperationInterrupted, Steps: make([][]model.StepReport, len(h.Plan.Items)),
	}
	if alive {
		o.State = model.OperationRunning
	}
	for at := range h.Plan.Items {
		o.Steps[at] = make([]model.StepReport, len(h.Plan.Items[at].Steps))
		for step := range o.Steps[at] {
			o.Steps[at][step].State = model.StepWaiting
		}
	}
	for _, e := range events {
		if e.Kind == EventEnd {
			o.State, o.EndedAt, o.Reason, o.Kind = e.State, e.At, e.Text, refusalNamed(e.Refusal)
			continue
		}
		if state, ok := stepStates[e.Kind]; ok && isOf(h.Plan, e) {
			note(&o.Steps[e.Item][e.Step], e, state)
		}
	}
	return o
}

// isOf reports whether an event is of a step that a plan has.
func isOf(p model.Plan, e Event) bool {
	return e.Item >= 0 && e.Item < len(p.Items) && e.Step >= 0 && e.Step < len(p.Items[e.Item].Steps)
}

// note takes an event of a step into its report.
func note(r *model.StepReport, e Event, state model.StepState) {
	r.State, r.Stuck = state, e.Kind == EventStuck
	switch e.Kind {
	case EventStep:
		*r = model.StepReport{State: state, Since: e.At}
	case EventDoing:
		r.Activity = e.Text
	case EventUndo:
		r.Activity = "undoing"
	case EventUndone:
		r.Ended, r.Activity = e.At, ""
		if e.Text != "" {
			r.Reason = e.Text
		}
	default:
		r.Ended, r.Activity, r.Reason, r.Result, r.Freed = e.At, "", e.Text, e.Result, e.Freed
		r.Kind = refusalNamed(e.Refusal)
	}
}
