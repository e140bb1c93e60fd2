package work

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/tone"
	"microtui/tui/intent"
	"microtui/wording"
)

// Together is how many orders are carried out at a time.
const Together = 4

// phase is how far an order is.
type phase int

const (
	waiting phase = iota // for a place among those that run
	running
	settled // its outcome is known, but no read has shown the new state yet
)

// job is an order on its way.
type job struct {
	number  int
	order   model.Order
	batch   *batch
	phase   phase
	news    model.Progress
	outcome model.Outcome
	reads   int // of the host, since the outcome
}

// batch is what one confirmation asked for.
type batch struct {
	action model.Action
	jobs   []*job
	open   int // jobs without an outcome
}

// Give takes orders on.
func (w *Work) Give(orders []model.Order, now time.Time) intent.Intent {
	if len(orders) == 0 {
		return nil
	}
	b := &batch{action: orders[0].Action, open: len(orders)}
	for _, order := range orders {
		w.last++
		j := &job{number: w.last, order: order, batch: b}
		b.jobs = append(b.jobs, j)
		w.jobs = append(w.jobs, j)
	}
	w.Now = now
	return w.launch()
}

// launch starts as many waiting orders as there is room for.
func (w *Work) launch() intent.Intent {
	w.Version++
	free := Together
	for _, j := range w.jobs {
		if j.phase == running {
			free--
		}
	}
	var all intent.Several
	for _, j := range w.jobs {
		if j.phase == waiting && free > 0 {
			free--
			j.phase = running
			j.news.Since = w.Now
			all = append(all, intent.Act{Number: j.number, Order: j.order})
		}
	}
	return all
}

// Hear takes news of an order, by its number; open is false at the end of them.
// It reports whether more are to be waited for.
func (w *Work) Hear(number int, news model.Progress, open bool, now time.Time) (then intent.Intent, more bool) {
	at := slices.IndexFunc(w.jobs, func(j *job) bool { return j.number == number })
	if at < 0 || w.jobs[at].phase == settled {
		return nil, false // what comes after an outcome changes nothing
	}
	j := w.jobs[at]
	if !open {
		news.Outcome = &model.Outcome{Result: model.ResultFailed, Reason: wording.NoResult}
	}
	if news.Outcome == nil {
		j.news = news
		w.Version++
		return nil, true
	}
	return intent.All(w.settle(j, *news.Outcome, now), intent.Refresh{}), false
}

// settle notes the outcome of an order, and tells it when its batch is done.
func (w *Work) settle(j *job, outcome model.Outcome, now time.Time) intent.Intent {
	j.phase, j.outcome = settled, outcome
	all := intent.Several{intent.Keeping(intent.Message{At: now, Role: tone.Result(outcome.Result), Text: j.told()})}
	if j.batch.open--; j.batch.open == 0 {
		all = append(all, intent.Tell{Message: j.batch.summary()})
	}
	w.drop(func(j *job) bool { return j.phase == settled && j.outcome.Result != model.ResultDone })
	return append(all, w.launch())
}

// Prove takes a read of the host: an order that is done leaves its row when its
// VM is seen changed. A second read counts anyway: the VM may have gone back to
// what it was.
func (w *Work) Prove(i model.Inventory) {
	w.drop(func(j *job) bool {
		if j.phase != settled {
			return false
		}
		j.reads++
		vm := i.VM(j.order.VM)
		return vm == nil || j.reads > 1 || vm.State != j.order.Seen || vm.MainUnit().Invocation() != j.order.Invocation
	})
}

// drop forgets orders.
func (w *Work) drop(which func(*job) bool) {
	before := len(w.jobs)
	w.jobs = slices.DeleteFunc(w.jobs, which)
	if len(w.jobs) != before {
		w.Version++
	}
}

// Cancel takes back what VMs wait for: orders that have not begun are forgotten,
// jobs of systemd are cancelled. Nil: nothing is waited for.
func (w *Work) Cancel(vms []model.Raw, now time.Time) intent.Intent {
	var all intent.Several
	for _, vm := range vms {
		switch j := w.job(vm); {
		case j == nil || j.phase == settled:
		case j.phase == waiting:
			all = append(all, w.settle(j, model.Outcome{Result: model.ResultRefused, Reason: "cancelled before it began"}, now))
		default:
			all = append(all, intent.CancelJob{VM: vm})
		}
	}
	return intent.All(all...)
}

// Ordered is the action that a VM waits for; open is false where it waits for
// none.
func (w *Work) Ordered(vm model.Raw) (action model.Action, open bool) {
	j := w.job(vm)
	if j == nil || j.phase == settled {
		return "", false
	}
	return j.order.Action, true
}

// job is the newest order for a VM; nil: there is none.
func (w *Work) job(vm model.Raw) *job {
	for at := len(w.jobs) - 1; at >= 0; at-- {
		if w.jobs[at].order.VM == vm {
			return w.jobs[at]
		}
	}
	return nil
}
