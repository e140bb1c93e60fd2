package model

import (
	"path"
	"slices"
	"strings"
)

// PlanRestore brings back what was purged, by name or by id. Of several that
// had one name it is the newest.
func PlanRestore(i Inventory, names []Raw) Plan {
	filled := make(map[Raw]bool) // places, by entries named before
	return i.planEach(ActionRestore, KindTrash, names, func(name Raw) (Item, blocker) {
		e, block := i.entryNamed(name)
		if block.why != "" {
			return Item{}, block
		}
		swaps := i.Facts().isTakenByDirectory(e)
		if block := i.restoreBlocker(e, swaps); block.why != "" {
			return Item{}, block
		}
		if filled[e.From] {
			return Item{}, refused("%s is already being restored: name only one of its entries", e.From)
		}
		filled[e.From] = true
		if swaps {
			return i.swapping(e)
		}
		step := Step{
			Action: StepRestore, Ref: Ref{KindTrash, Raw(e.ID)}, VM: e.Name, Target: e.From,
			Stamp: Stamp{File: e.Directory}, Undo: "microtui purge " + e.Name,
		}
		item := entryItem(e)
		item.Steps = []Step{i.resting(step, FactEntry, FactPlace)}
		return item, block
	})
}

// entryNamed finds an entry of the trash.
func (i *Inventory) entryNamed(name Raw) (*TrashEntry, blocker) {
	if e := i.inTrash(name); e != nil {
		return e, blocker{}
	}
	var newest *TrashEntry
	for at := range i.Trash {
		e := &i.Trash[at]
		if e.Name == name && (newest == nil || e.PurgedAt.After(newest.PurgedAt) ||
			e.PurgedAt.Equal(newest.PurgedAt) && strings.Compare(e.ID, newest.ID) > 0) {
			newest = e
		}
	}
	switch err, failed := i.Facts().faults[SourceTrash]; {
	case newest != nil:
		return newest, blocker{}
	case failed:
		return nil, refused("the trash could not be read: %s", err)
	}
	return nil, blocker{rawf("%s is not in the trash; see microtui trash", name), ErrUnknown}
}

// restoreBlocker blocks what cannot be brought back; swaps: a directory is at its
// place, and makes room.
func (i *Inventory) restoreBlocker(e *TrashEntry, swaps bool) blocker {
	f := i.Facts()
	err, failed := f.faults[SourceStateDir]
	switch taken := f.takenFrom(e); {
	case !ParseName(e.Name):
		return refused("%q is not a valid VM name", string(e.Name))
	case e.Missing:
		return refused("its directory is no longer in the trash: %s", e.Place)
	case e.Deleting:
		return refused("its deletion has begun: what is left of it is in %s", e.Place)
	case swaps:
		return blocker{}
	case taken != "":
		return refused("%s", taken)
	case failed:
		return refused("cannot determine whether %s is free: %s", e.From, err)
	case f.runs(e.Name):
		return refused("%s is running without a directory: stop it first", UnitName(RoleVM, e.Name))
	}
	return blocker{}
}

// PlanEmpty deletes what is in the trash for good, by name or by id; all of it
// where none is named. A name means all that had it.
func PlanEmpty(i Inventory, names []Raw) Plan {
	if len(names) == 0 {
		for at := range i.Trash {
			names = append(names, Raw(i.Trash[at].ID))
		}
		if block := i.blocked(ActionEmpty); block.why != "" {
			p := i.newPlan(ActionEmpty)
			p.Refused = append(p.Refused, Blocked{Ref{KindHost, i.Host.Name}, block.why, block.kind})
			return p
		}
	}
	return i.planEach(ActionEmpty, KindTrash, i.entriesNamed(names), func(name Raw) (Item, blocker) {
		e, block := i.entryNamed(name)
		if block.why != "" {
			return Item{}, block
		}
		if why := i.Facts().unseenEntry(e); why != "" {
			return Item{}, refused("%s", why)
		}
		item := i.emptying(e)
		item.ConfirmWord = e.Name
		return item, block
	})
}

// entriesNamed puts the ids of all entries that had a name in its place.
func (i *Inventory) entriesNamed(names []Raw) []Raw {
	var ids []Raw
	for _, name := range names {
		before := len(ids)
		for at := range i.Trash {
			if e := &i.Trash[at]; e.Name == name || Raw(e.ID) == name {
				ids = append(ids, Raw(e.ID))
			}
		}
		if len(ids) == before {
			ids = append(ids, name)
		}
	}
	return ids
}

// emptying deletes one entry for good.
func (i *Inventory) emptying(e *TrashEntry) Item {
	step := Step{
		Action: StepDelete, Ref: Ref{KindTrash, Raw(e.ID)}, VM: e.Name,
		Stamp: Stamp{File: e.Directory}, Bytes: e.Bytes, Harmless: !e.Data || e.Missing,
	}
	item := entryItem(e)
	item.Steps = []Step{i.resting(step, FactEntry)}
	return item
}

func entryItem(e *TrashEntry) Item {
	return Item{Ref: Ref{KindTrash, Raw(e.ID)}, Evidence: slices.Clone(e.Evidence), Data: e.Data, Bytes: e.Bytes}
}

// besideFolder is where the trash is where a directory could not be renamed out
// of the file system of the state directory: in that itself.
const besideFolder = ".microtui-trash"

// unseenEntry says why what an entry holds may be there though it was not found:
// in a state directory that is another one, or is not mounted. Its record is all
// that tells where it belongs. Empty: it was found, or is gone.
func (f *Facts) unseenEntry(e *TrashEntry) Raw {
	stateDir := path.Dir(string(e.From))
	if !e.Missing || !strings.HasPrefix(string(e.Place), stateDir+"/"+besideFolder+"/") {
		return ""
	}
	_, ours := f.below(e.From)
	if ours && f.StateDir.Exists && f.hasVMDirectory() && len(f.whyPlaceUncertain()) == 0 {
		return ""
	}
	return rawf("its contents are in %s, which does not exist: is %s mounted?", e.Place, stateDir)
}

// hasExpired reports whether an entry's time in the trash is over. (An
// observation without a time tells nothing of that.)
func (i *Inventory) hasExpired(e *TrashEntry) bool {
	return !e.ExpiresAt.IsZero() && !i.At.IsZero() && e.ExpiresAt.Before(i.At)
}
