package systemd

import (
	"microtui/backend/wait"
	"microtui/model"
)

// watch follows the jobs of one VM: it is woken when something of the VM
// changed, or may have, and holds what systemd said of jobs that ended. It is
// there before a job is asked for, so that the answer, which comes over
// another connection, cannot be missed.
type watch struct {
	vm    model.Raw
	unit  string            // microvm@NAME.service
	ended map[uint32]string // job → result; guarded by Bus.state
	woken chan struct{}
}

// watchJobs begins a watch; end it with unwatch.
func (b *Bus) watchJobs(vm model.Raw) *watch {
	w := &watch{
		vm: vm, unit: string(model.UnitName(model.RoleVM, vm)),
		ended: make(map[uint32]string), woken: make(chan struct{}, 1),
	}
	b.state.Lock()
	defer b.state.Unlock()
	b.watches[w] = true
	return w
}

func (b *Bus) unwatch(w *watch) {
	b.state.Lock()
	defer b.state.Unlock()
	delete(b.watches, w)
}

// result is what systemd said of a job; false: nothing yet, or it was missed.
func (b *Bus) result(w *watch, job uint32) (string, bool) {
	b.state.Lock()
	defer b.state.Unlock()
	result, known := w.ended[job]
	return result, known
}

// jobEnded takes note of a JobRemoved signal: id, object, unit, result.
func (b *Bus) jobEnded(arguments []any) {
	id, _ := body[uint32](arguments, 0)
	unit, _ := body[string](arguments, 2)
	result, ok := body[string](arguments, 3)
	if !ok {
		return
	}
	b.state.Lock()
	defer b.state.Unlock()
	for w := range b.watches {
		if w.unit == unit {
			w.ended[id] = result
			wait.Signal(w.woken)
		}
	}
}

// wake tells those who watch a unit's VM. Bus.state is held.
func (b *Bus) wake(unit string) {
	_, vm, _ := model.ParseUnitName(model.Raw(unit))
	for w := range b.watches {
		if w.vm == vm {
			wait.Signal(w.woken)
		}
	}
}

// wakeAll tells everybody: signals may have been missed. Bus.state is held.
func (b *Bus) wakeAll() {
	for w := range b.watches {
		wait.Signal(w.woken)
	}
}
