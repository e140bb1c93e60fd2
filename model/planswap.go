package model

// A VM that was declared again after its purge has a fresh directory, while its
// data lies in the trash. A restore then puts the present directory into the
// trash and the older one into its place; the same command takes that back.

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

// unreadBlocker blocks what may not be what it looks like, for all that was
// read.
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
