package work

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/model/order"
	"microtui/model/text"
	"microtui/tui/intent"
)

// operations are those of the host: read after each snapshot, and followed
// while they run.
type operations struct {
	Operations []model.Operation // the newest first
	Fault      text.SafeText     // why they cannot be read
	Known      bool              // they were read once

	reading  bool
	again    bool            // they are to be read once more
	followed map[string]bool // by id
	// seen are those that ran while this screen was open: their end is told.
	seen map[string]bool
	// builds are what was built and may never be switched to, by the id of the
	// operation whose end decides: that of the build itself, or the update.
	builds map[string]string
}

// MayRead reports whether the operations are to be read now. One read goes on
// at a time: asked for meanwhile, another one follows.
func (w *Work) MayRead() bool {
	w.again = w.reading
	if w.reading {
		return false
	}
	w.reading = true
	return true
}

// Receive takes what was read, and follows those that run. What is followed is
// known better than what was read. shown is the operation that a dialog shows.
func (w *Work) Receive(list []model.Operation, err error, shown string, now time.Time) intent.Intent {
	before, told, fault := w.Operations, w.Known, w.Fault
	w.reading, w.Known, w.Fault = false, true, ""
	if err != nil {
		w.Fault = text.Safe(err.Error())
	}
	if err == nil || len(list) > 0 {
		for i := range list {
			if known := w.Operation(list[i].ID); known != nil && w.followed[known.ID] {
				list[i] = *known
			}
		}
		w.Operations = list
	}
	var all intent.Several
	if !told || w.Fault != fault || !slices.EqualFunc(before, w.Operations, asFar) {
		for _, o := range w.In(model.OperationRunning) {
			all = append(all, intent.Follow{ID: o.ID})
		}
		all = append(all, w.changed(shown, now))
	}
	if w.again {
		w.again = false
		all = append(all, intent.ReadOperations{})
	}
	return intent.All(all...)
}

// asFar reports whether an operation is as far as it was.
func asFar(x, y model.Operation) bool {
	over, of := x.Progress()
	overNow, ofNow := y.Progress()
	return x.ID == y.ID && x.State == y.State && over == overNow && of == ofNow && x.EndedAt.Equal(y.EndedAt)
}

// MayFollow reports whether an operation is to be followed from now on: it is
// not yet.
func (w *Work) MayFollow(id string) bool {
	if w.followed[id] {
		return false
	}
	if w.followed == nil {
		w.followed, w.seen = map[string]bool{}, map[string]bool{}
	}
	w.followed[id], w.seen[id] = true, true
	return true
}

// HearOperation takes news of an operation that is followed.
func (w *Work) HearOperation(o model.Operation, shown string, now time.Time) intent.Intent {
	w.put(o)
	then := w.changed(shown, now)
	if o.State != model.OperationRunning {
		then = intent.All(then, intent.Refresh{})
	}
	return then
}

// Unfollowed takes the end of the news of an operation.
func (w *Work) Unfollowed(id string) intent.Intent {
	delete(w.followed, id)
	return intent.ReadOperations{}
}

// put puts news of an operation into the list.
func (w *Work) put(o model.Operation) {
	if known := w.Operation(o.ID); known != nil {
		*known = o
		return
	}
	w.Operations = slices.Insert(w.Operations, 0, o)
	order.By(w.Operations, func(x, y *model.Operation) int { return y.StartedAt.Compare(x.StartedAt) })
}

// changed does what the end of an operation asks for.
func (w *Work) changed(shown string, now time.Time) intent.Intent {
	w.Tick(now)
	var all intent.Several
	for i := range w.Operations {
		if o := &w.Operations[i]; w.seen[o.ID] && o.State != model.OperationRunning {
			all = append(all, w.over(o, shown, now))
		}
	}
	return intent.All(all...)
}

// over tells the end of an operation, once, unless a dialog does.
func (w *Work) over(o *model.Operation, shown string, now time.Time) intent.Intent {
	delete(w.seen, o.ID)
	m := ended(o)
	m.At = now
	all := intent.Several{intent.Keeping(m)}
	if shown != o.ID {
		all = append(all, intent.Tell{Message: m})
	}
	if build, ok := w.builds[o.ID]; ok {
		delete(w.builds, o.ID)
		all = append(all, intent.Discard{Build: build})
	}
	return all
}

// Await notes what is to be discarded when an operation has ended: what was
// built for it.
func (w *Work) Await(id, build string) {
	if w.builds == nil {
		w.builds = map[string]string{}
	}
	w.builds[id] = build
}

// Unwanted ends a build that nobody waits for, and gives up what it built.
func (w *Work) Unwanted(id string) intent.Intent {
	if o := w.Operation(id); o != nil && o.State != model.OperationRunning {
		return intent.Discard{Build: id}
	}
	w.Await(id, id)
	return intent.CancelOperation{ID: id, Quietly: true}
}

// Settling notes that an operation is being settled: it runs, until it is read
// again.
func (w *Work) Settling(id string) {
	if o := w.Operation(id); o != nil {
		o.State = model.OperationRunning
		w.Version++
	}
}

// Operation finds an operation; nil: it is not known.
func (w *Work) Operation(id string) *model.Operation {
	at := slices.IndexFunc(w.Operations, func(o model.Operation) bool { return o.ID == id })
	if at < 0 {
		return nil
	}
	return &w.Operations[at]
}

// In are the operations in a state.
func (w *Work) In(state model.OperationState) []*model.Operation {
	var all []*model.Operation
	for i := range w.Operations {
		if w.Operations[i].State == state {
			all = append(all, &w.Operations[i])
		}
	}
	return all
}

// On is the operation that runs and has something left to do to a VM, to an
// entry of the trash, or, without a name, to what belongs to no VM; nil: none.
func (w *Work) On(name model.Raw) *model.Operation {
	for _, o := range w.In(model.OperationRunning) {
		for at, item := range o.Plan.Items {
			its := item.Ref.Name == name || slices.ContainsFunc(item.Steps, func(s model.Step) bool { return s.VM == name })
			if its && !itemOver(o, at) {
				return o
			}
		}
	}
	return nil
}

// itemOver reports whether nothing is left to do about an item.
func itemOver(o *model.Operation, at int) bool {
	return !slices.ContainsFunc(o.Steps[at], func(s model.StepReport) bool { return !s.Over() })
}
