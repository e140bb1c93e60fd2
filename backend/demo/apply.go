package demo

import (
	"fmt"
	"slices"

	"microtui/backend/operation"
	"microtui/model"
)

// trashed is a directory in the trash.
type trashed struct {
	model.TrashEntry
	dir *directory
}

// apply does a step of an operation.
func (h *Host) apply(t operation.Task) (operation.Done, error) {
	if does := does[t.Step.Action]; does != nil {
		return does(h, t)
	}
	return operation.Done{}, fmt.Errorf("%w: unknown step %q", model.ErrRefused, string(t.Step.Action))
}

// does is what each step does to the host. Each can be done again.
var does = map[model.StepAction]func(*Host, operation.Task) (operation.Done, error){
	model.StepStop:        (*Host).applyStop,
	model.StepQuarantine:  (*Host).applyQuarantine,
	model.StepDeleteLink:  (*Host).applyDeleteLink,
	model.StepRemoveRoot:  (*Host).applyRemoveRoot,
	model.StepResetFailed: (*Host).applyResetFailed,
	model.StepEndProcess:  (*Host).applyEndProcess,
	model.StepRestore:     (*Host).applyRestore,
	model.StepDelete:      (*Host).applyDelete,
	model.StepBuild:       (*Host).applyBuild,
	model.StepSwitch:      (*Host).applySwitch,
	model.StepRestart:     (*Host).applyRestart,
	model.StepCreate:      (*Host).applyCreate,
	model.StepSnapshot:    (*Host).applySnapshot,
	model.StepRevert:      (*Host).applyRevert,
	model.StepForget:      (*Host).applyForget,
}

var unchanged = operation.Done{Unchanged: true}

func (h *Host) applyStop(t operation.Task) (operation.Done, error) {
	in := h.peek(t.VM())
	if in == nil {
		return unchanged, nil
	}
	if in.running() {
		h.stopAsAsked(in, model.ActionStop)
		return operation.Done{}, nil
	}
	busy := slices.ContainsFunc(in.units[setBooted:], func(u unit) bool { return u.active == "active" })
	h.down(in)
	return operation.Done{Unchanged: !busy}, nil
}

func (h *Host) applyQuarantine(t operation.Task) (operation.Done, error) {
	if h.inTrash(t.EntryID()) != nil {
		return operation.Done{Result: model.Raw(t.EntryID())}, nil
	}
	d := h.dir(t.Step.Ref.Name)
	switch {
	case d == nil || h.id(d) != t.Step.Stamp.File:
		return operation.Done{}, fmt.Errorf("%w: %s is now a different directory", model.ErrStale, t.Step.Ref.Name)
	case d.dataset:
		return operation.Done{}, fmt.Errorf("%w: %s is a mount point", model.ErrRefused, d.path())
	case h.worksIn(d):
		return operation.Done{}, fmt.Errorf("%w: processes are working in %s", model.ErrRefused, d.path())
	}
	e := t.Entry()
	e.Place = model.Raw("/var/lib/microtui/trash/" + e.ID + "/state")
	for _, l := range []*symlink{d.current, d.booted, d.old} {
		if l != nil && !slices.Contains(e.Runners, l.target()) {
			e.Runners = append(e.Runners, l.target())
		}
	}
	h.unlink(d)
	h.forgetFlake(d.name)
	h.trash = append(h.trash, &trashed{e, d})
	return operation.Done{Result: model.Raw(e.ID)}, nil
}

func (h *Host) inTrash(id string) *trashed {
	at := slices.IndexFunc(h.trash, func(e *trashed) bool { return e.ID == id })
	if at < 0 {
		return nil
	}
	return h.trash[at]
}

func (h *Host) observedTrash() []model.TrashEntry {
	var entries []model.TrashEntry
	for _, e := range h.trash {
		entries = append(entries, e.TrashEntry)
	}
	return entries
}

func (h *Host) applyDeleteLink(t operation.Task) (operation.Done, error) {
	at := slices.IndexFunc(h.links, func(l *link) bool { return l.Index == t.Step.Stamp.Index && l.Name == t.Step.Ref.Name })
	if at < 0 {
		return unchanged, nil
	}
	if p := h.links[at].holder; p != nil {
		return operation.Done{}, fmt.Errorf("%w: process %d has %s open", model.ErrRefused, p.PID, t.Step.Ref.Name)
	}
	found := h.links[at]
	h.deleteWhere(func(l *link) bool { return l == found })
	return operation.Done{}, nil
}

func (h *Host) applyRemoveRoot(t operation.Task) (operation.Done, error) {
	is := model.GCRoot{Name: t.Step.Ref.Name, Target: t.Step.Stamp.Target}
	at := slices.Index(h.roots, is)
	if at < 0 {
		return unchanged, nil
	}
	h.roots = slices.Delete(h.roots, at, at+1)
	return operation.Done{}, nil
}

func (h *Host) applyResetFailed(t operation.Task) (operation.Done, error) {
	role, name, ok := model.ParseUnitName(t.Step.Ref.Name)
	in := h.peek(name)
	if !ok || in == nil {
		return unchanged, nil
	}
	u := &in.units[slices.Index(roles, role)]
	if u.active != "failed" {
		return unchanged, nil
	}
	u.active, u.sub, u.result, u.restarts = "inactive", "dead", "success", 0
	return operation.Done{}, nil
}

func (h *Host) applyEndProcess(t operation.Task) (operation.Done, error) {
	at := slices.IndexFunc(h.processes, func(p *process) bool {
		return p.PID == t.Step.Stamp.PID && p.Started == t.Step.Stamp.Started
	})
	if at < 0 {
		return unchanged, nil
	}
	h.kill(h.processes[at])
	return operation.Done{}, nil
}

func (h *Host) applyRestore(t operation.Task) (operation.Done, error) {
	e := h.inTrash(string(t.Step.Ref.Name))
	if e == nil {
		return unchanged, nil
	}
	if err := h.putBack(e); err != nil {
		return operation.Done{}, err
	}
	for _, root := range e.Roots {
		h.root(root.Name, root.Target)
	}
	return operation.Done{Result: e.From}, nil
}

func (h *Host) applyDelete(t operation.Task) (operation.Done, error) {
	id := string(t.Step.Ref.Name)
	if t.Step.Ref.Kind != model.KindTrash { // what this operation has put there
		id = t.EntryID()
	}
	e := h.inTrash(id)
	if e == nil {
		return unchanged, nil
	}
	h.trash = slices.DeleteFunc(h.trash, func(known *trashed) bool { return known == e })
	done := operation.Done{}
	if e.Bytes != nil {
		done.Freed = *e.Bytes
	}
	return done, nil
}

func (h *Host) applyBuild(t operation.Task) (operation.Done, error) {
	b := h.realise(h.source(t.VM()))
	if d := h.dir(t.VM()); d != nil && d.current != nil && d.current.target() == b.runner.Path {
		h.rememberFlake(d)
	}
	return operation.Done{Result: b.runner.Path}, nil
}

func (h *Host) applySwitch(t operation.Task) (operation.Done, error) {
	d := h.dir(t.VM())
	if d == nil || d.current == nil {
		return operation.Done{}, fmt.Errorf("%w: %s has no link `current`", model.ErrStale, t.VM())
	}
	if d.current.target() == t.Step.Target {
		return unchanged, nil
	}
	at := slices.IndexFunc(h.builds, func(b *build) bool { return b.runner.Path == t.Step.Target && !b.gone })
	if at < 0 {
		return operation.Done{}, fmt.Errorf("%w: %s is not in the store", model.ErrStale, t.Step.Target)
	}
	h.switchTo(d, h.builds[at])
	if t.Plan.Action == model.ActionUpdate {
		h.rememberFlake(d)
	}
	return operation.Done{}, nil
}

func (h *Host) applyCreate(t operation.Task) (operation.Done, error) {
	done := operation.Done{Note: "not started yet: microtui start " + t.VM()}
	if h.hasRunner(t) {
		return done, nil
	}
	at := slices.IndexFunc(h.builds, func(b *build) bool { return b.runner.Path == t.Step.Target && !b.gone })
	switch {
	case h.dir(t.VM()) != nil:
		return operation.Done{}, fmt.Errorf("%w: %s already exists", model.ErrStale, h.dir(t.VM()).path())
	case at < 0:
		return operation.Done{}, fmt.Errorf("%w: %s is not in the store", model.ErrStale, t.Step.Target)
	}
	h.rememberFlake(h.installed(t.VM(), t.Step.Flake, h.builds[at]))
	return done, nil
}

// hasRunner reports whether `current` of a step's VM leads to the step's runner.
func (h *Host) hasRunner(t operation.Task) bool {
	d := h.dir(t.VM())
	return d != nil && d.current != nil && d.current.target() == t.Step.Target
}

func (h *Host) applyRestart(t operation.Task) (operation.Done, error) {
	in := h.instance(t.VM())
	if in.running() {
		h.stopAsAsked(in, model.ActionStop)
	}
	if !h.Start(t.VM()) {
		return operation.Done{}, fmt.Errorf("%s did not start", t.VM())
	}
	return operation.Done{}, nil
}

// happened reports whether a step that was begun took effect.
func (h *Host) happened(t operation.Task) bool {
	switch t.Step.Action {
	case model.StepQuarantine:
		return h.inTrash(t.EntryID()) != nil
	case model.StepRestore:
		return h.inTrash(string(t.Step.Ref.Name)) == nil
	case model.StepSwitch, model.StepCreate:
		return h.hasRunner(t)
	case model.StepSnapshot, model.StepRevert:
		return h.snapshotWith(t.EntryID()) != nil
	}
	return true // to do it again does no harm
}

// undo takes a step back.
func (h *Host) undo(t operation.Task) error {
	switch e := h.inTrash(t.EntryID()); {
	case t.Step.Action == model.StepQuarantine && e != nil:
		return h.putBack(e)
	case t.Step.Action == model.StepStop && t.Item.Running && !h.peek(t.VM()).running() && !h.Start(t.VM()):
		return fmt.Errorf("%s did not start again", t.VM())
	}
	return nil
}

// putBack brings a directory back from the trash.
func (h *Host) putBack(e *trashed) error {
	if h.dir(e.Name) != nil {
		return fmt.Errorf("%w: %s already exists: move it away first", model.ErrRefused, e.From)
	}
	h.trash = slices.DeleteFunc(h.trash, func(known *trashed) bool { return known == e })
	at := h.files.visible()
	*at = insert(*at, e.dir, directoryName)
	e.dir.changed = h.now
	return nil
}
