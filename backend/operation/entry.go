package operation

import (
	"fmt"
	"path"
	"slices"

	"microtui/model"
)

// EntryID is the id of the trash entry that a quarantine makes.
func (t Task) EntryID() string { return fmt.Sprintf("%s.%d", t.ID, t.ItemAt+1) }

// Entry is what is to be recorded of a directory before a quarantine moves
// it. Its place, and the runners that are to stay, are the world's to fill in.
func (t Task) Entry() model.TrashEntry {
	e := model.TrashEntry{
		ID: t.EntryID(), Name: t.Step.Ref.Name, Kind: t.Item.Ref.Kind,
		From:      model.Raw(path.Join(string(t.Plan.StateDir), string(t.Step.Ref.Name))),
		Directory: t.Step.Stamp.File,
		PurgedAt:  t.At, By: t.By, Bytes: t.Item.Bytes, Data: t.Item.Data, Ran: t.Item.Running,
		Origin: t.Item.Origin, Evidence: t.Item.Evidence,
	}
	if e.Kind == model.KindTrash { // a restore makes room
		e.Kind, e.Aside = model.KindVM, true
	}
	if !e.Data {
		e.ExpiresAt = t.At.Add(model.TrashKeeps)
	}
	for _, step := range t.Item.Steps {
		if step.Action == model.StepRemoveRoot {
			e.Roots = append(e.Roots, model.GCRoot{Name: step.Ref.Name, Target: step.Stamp.Target})
		}
	}
	return e
}

// Snapshot is what is to be recorded of the volumes that a step copies, or puts
// aside.
func (t Task) Snapshot() model.Snapshot {
	s := model.Snapshot{ID: t.EntryID(), VM: t.VM(), At: t.At, By: t.By, Note: t.Step.Note, Files: t.Step.Volumes}
	if t.Step.Action == model.StepRevert {
		s.Aside = string(t.Step.Ref.Name)
	}
	return s
}

// Stops reports whether stopping the VM was agreed to.
func (t Task) Stops() bool { return Stops(t.Item) }

// Stops reports whether something of a VM is stopped by an item, and so need
// not be at rest before it.
func Stops(i model.Item) bool {
	return slices.ContainsFunc(i.Steps, func(s model.Step) bool { return s.Action == model.StepStop })
}

// VM is the VM that a step is about.
func (t Task) VM() model.Raw { return t.Step.VM }
