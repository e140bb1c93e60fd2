package model

import "time"

// A VM that was declared again after its purge has a fresh directory, while its
// data lies in the trash. A restore then puts the present directory into the
// trash and the older one into its place; the same command takes that back.

// isTakenByDirectory reports whether all that is in the way of an entry of the
// trash is a directory at its place.
func (f *Facts) isTakenByDirectory(e *TrashEntry) bool {
	rest, ok := f.below(e.From)
	return ok && rest == string(e.Name) && f.unmounted(e.Name) == nil && f.StateDir.Exists && f.directories[e.Name] != nil
}

// swapping brings an entry back into the place of the present directory. What
// speaks against a purge of that speaks against this, but for its declaration:
// its name goes on having a directory.
func (i *Inventory) swapping(e *TrashEntry) (Item, blocker) {
	p, _ := i.purging(e.Name, PurgeOptions{})
	if entry, ok := p.keptAs(Ref{KindVM, e.Name}, Ref{KindStateDir, e.Name}); ok {
		return Item{}, refused("%s exists, and is %s: %s first", e.From, keepEvidence(entry), entry.DropCommand())
	}
	for _, against := range []func() blocker{p.unreadBlocker, p.keptBlocker, p.outsideBlocker, p.renamedBlocker, p.directoryBlocker} {
		if block := against(); block.why != "" {
			return Item{}, block
		}
	}
	if p.mount {
		return Item{}, refused("%s is a file system of its own: unmount it first", e.From)
	}
	undo := "microtui restore " + e.Name
	away := p.directorySteps()[0]
	away.Undo = undo
	back := Step{
		Action: StepRestore, Ref: Ref{KindTrash, Raw(e.ID)}, VM: e.Name, Target: e.From,
		Stamp: Stamp{File: e.Directory}, Undo: undo,
	}
	item := Item{
		Ref: Ref{KindTrash, Raw(e.ID)}, ConfirmWord: e.Name, Running: p.isRunning(), HeldBy: p.heldBy(),
		Data: p.holdsData(), Written: p.written(), Bytes: p.dir.Bytes,
		Cautions: []Raw{p.presentWords(), e.words()},
		Steps:    append(p.stopSteps(), away, i.resting(back, FactEntry)),
	}
	if p.vm != nil {
		item.Origin = p.vm.Origin
	}
	if item.Running {
		item.Despite = ToleratedConflicts(*i, e.Name)
	}
	return i.withLosses(item, e.Name), blocker{}
}

// unreadBlocker blocks what may not be what it looks like, for all that was read.
func (p *purging) unreadBlocker() blocker {
	for _, source := range []Source{SourceStateDir, SourceSystemd, SourceProcesses, SourceTrash} {
		if err, failed := p.faults[source]; failed {
			return refused("cannot determine what is at %s/%s: %s could not be read: %s", p.StateDir.Path, p.name, source, err)
		}
	}
	if reasons := p.whyPlaceUncertain(); len(reasons) > 0 {
		return refused("%s", reasons[0])
	}
	return blocker{}
}

// presentWords say what the directory holds that is at its place now.
func (p *purging) presentWords() Raw {
	text := rawf("%s/%s exists again: %s, %s", p.StateDir.Path, p.name, bytesWords(p.dir.Bytes), dataWords(p.holdsData()))
	if at := p.written(); !at.IsZero() {
		text += ", last written " + dayWords(at)
	}
	return text + "; it goes to the trash"
}

// words say what an entry of the trash holds.
func (e *TrashEntry) words() Raw {
	return rawf("the trash has one that was purged %s: %s, %s", dayWords(e.PurgedAt), bytesWords(e.Bytes), dataWords(e.Data))
}

func bytesWords(bytes *uint64) Raw {
	if bytes == nil {
		return "of unknown size"
	}
	return Raw(FormatBytes(*bytes))
}

func dataWords(data bool) Raw {
	if data {
		return "with data"
	}
	return "without data"
}

func dayWords(at time.Time) Raw { return Raw(at.UTC().Format("2006-01-02 15:04 UTC")) }

// older are the directories in the trash that a VM had before the one that it
// has now, with data. One that a restore put there was chosen to be.
func (f *Facts) older(vm Raw) []TrashEntry {
	var found []TrashEntry
	for at := range f.Trash {
		e := &f.Trash[at]
		if e.Name == vm && e.Data && !e.Missing && !e.Deleting && !e.Aside && f.isTakenByDirectory(e) {
			found = append(found, *e)
		}
	}
	return found
}

// olderConflicts are about the data that a start leaves in the trash.
func (v *VM) olderConflicts() []Conflict {
	var found []Conflict
	for at := range v.Older {
		e := &v.Older[at]
		found = append(found, Conflict{ConflictOlder, rawf("%s; to restore it: microtui restore %s", e.words(), e.ID), ""})
	}
	return found
}
