package scene

import (
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/intent"
	"microtui/tui/work"
	"microtui/wording"
)

// Scene is what pages, panes and dialogs are handed: all that is known at one
// moment.
type Scene struct {
	Shot  Snapshot
	Shots int  // counted
	Known bool // a first observation has come
	// Age is that of the data where it is too old; 0: fresh.
	Age     time.Duration
	Work    work.Work
	Limits  Limits
	Listed  Listed           // what the table of VMs shows now
	Said    []intent.Message // so far, the newest last
	reasons map[question]text.SafeText
}

// Limits are what cannot be done on this screen.
type Limits struct {
	Recorded     bool // the host is a recorded observation
	ReadOnly     bool
	NoOrders     bool // the host takes none
	NoOperations bool // it carries out none
}

// Listed tells where a thing is listed.
type Listed interface {
	// IndexOf is its row; -1: it has none.
	IndexOf(ref model.Ref) int
}

// question is one that was asked of a snapshot.
type question struct {
	action model.Action
	name   model.Raw
}

// Take takes a new snapshot.
func (s *Scene) Take(shot Snapshot) {
	s.Shot, s.Known, s.Age, s.reasons = shot, true, 0, nil
	s.Shots++
	if !shot.Held {
		s.Work.Prove(shot.Inventory)
	}
}

// Unlisted is how many of some VMs have no row: a filter hides them.
func (s *Scene) Unlisted(vms []model.Raw) (n int) {
	for _, vm := range vms {
		if s.Listed.IndexOf(model.Ref{Kind: model.KindVM, Name: vm}) < 0 {
			n++
		}
	}
	return n
}

const (
	readOnly  text.SafeText = "read-only: started with --read-only"
	noChanges text.SafeText = "operations are not supported on this host"
)

// Reason says why an action cannot be ordered on a VM; empty: it can.
func (s *Scene) Reason(action model.Action, vm model.Raw) text.SafeText {
	switch {
	case s.Limits.Recorded:
		return wording.Recorded
	case s.Limits.ReadOnly:
		return readOnly
	case s.Limits.NoOrders:
		return wording.Unchangeable
	}
	if ordered, open := s.Work.Ordered(vm); open && !outranks(action, ordered) {
		return wording.UnderWay(ordered, vm)
	}
	if o := s.Work.On(vm); o != nil {
		return wording.UnderWay(o.Plan.Action, vm)
	}
	return text.Safe(model.Reason(s.Shot.Inventory, action, vm))
}

// outranks reports whether an action may be ordered while another is waited
// for: who started something may want to stop it, and harder still.
func outranks(action, waited model.Action) bool {
	rank := map[model.Action]int{model.ActionStop: 1, model.ActionKill: 2}
	return rank[action] > rank[waited]
}

// Blocked says why no operation can be begun on this host; empty: they can.
func (s *Scene) Blocked() text.SafeText {
	if s.Limits.ReadOnly && !s.Limits.Recorded {
		return readOnly
	}
	return s.NoOperator()
}

// NoOperator says why the host has no operations at all; empty: it has.
func (s *Scene) NoOperator() text.SafeText {
	switch {
	case s.Limits.Recorded:
		return wording.Recorded
	case s.Limits.NoOperations:
		return noChanges
	}
	return ""
}

// Plans is the inventory that plans are made from.
func (s *Scene) Plans() model.Inventory {
	i := s.Shot.Inventory
	i.ReadOnly = model.Raw(s.Blocked())
	return i
}

// OperationReason says why an operation on a thing cannot be begun; empty: it
// can. Without a name it is one on what belongs to no VM. What the rules say of
// a snapshot is asked once: hints ask on each frame.
func (s *Scene) OperationReason(action model.Action, name model.Raw) text.SafeText {
	if why := s.Blocked(); why != "" {
		return why
	}
	if ordered, open := s.Work.Ordered(name); open {
		return wording.UnderWay(ordered, name)
	}
	if o := s.Work.On(name); o != nil {
		return wording.UnderWay(o.Plan.Action, name)
	}
	asked := question{action, name}
	why, known := s.reasons[asked]
	if !known {
		why = text.Safe(model.ReasonFor(s.Plans(), action, name))
		if s.reasons == nil {
			s.reasons = make(map[question]text.SafeText)
		}
		s.reasons[asked] = why
	}
	return why
}
