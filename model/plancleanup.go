package model

import (
	"cmp"
	"slices"
)

// CleanUpOptions add to what is ticked from the start.
type CleanUpOptions struct {
	Data    bool // what holds data, too
	Running bool // what runs, too
}

// PlanCleanUp offers every proven leftover, and what has been in the trash for
// long enough. What holds no data and does not run is ticked.
//
// The items stand in the order in which they are done: a directory that is
// gone can be what the proof about a loose resource rests on, so VMs come
// after those.
func PlanCleanUp(i Inventory, o CleanUpOptions) Plan {
	p := i.newPlan(ActionCleanUp)
	if block := i.blocked(ActionCleanUp); block.why != "" {
		p.Refused = append(p.Refused, Blocked{Ref{KindHost, i.Host.Name}, block.why, block.kind})
		return p
	}
	for at := range i.Leftovers {
		if l := &i.Leftovers[at]; l.Verdict == VerdictOrphan {
			p.add(i.looseItem(l))
		}
	}
	vms := i.orphanVMs()
	slices.SortStableFunc(vms, func(a, b *VM) int { return cmp.Compare(hasDirectory(a), hasDirectory(b)) })
	for _, vm := range vms {
		purging, block := i.purging(vm.Name, PurgeOptions{})
		item := Item{Ref: vm.Ref()}
		if block.why == "" {
			item = purging.item()
			block = i.cleanUpBlocker(item)
		}
		p.add(item, block)
	}
	for at := range i.Trash {
		if e := &i.Trash[at]; i.hasExpired(e) && i.Facts().unseenEntry(e) == "" {
			p.Items = append(p.Items, i.emptying(e))
		}
	}
	p.SafetyWarning, p.Unseen = i.safetyWarning(len(vms)), i.Facts().unseenLeftovers()
	if len(p.Items) == 0 && len(p.Refused) == 0 && len(p.Unseen) > 0 { // that nothing was found says nothing
		p.Refused = append(p.Refused, Blocked{Ref{KindHost, i.Host.Name}, "leftovers could not be determined: " + p.Unseen[0], ErrRefused})
	}
	for at := range p.Items {
		item := &p.Items[at]
		item.Unticked = item.untickedBy(p.SafetyWarning, o)
		item.Ticked = item.Unticked == ""
	}
	return p
}

// untickedBy says why an item of a clean-up is not ticked from the start;
// empty: it is.
func (i *Item) untickedBy(warning Raw, o CleanUpOptions) Raw {
	switch {
	case i.Ref.Kind == KindVM && warning != "":
		return warning
	case i.Data && !o.Data && i.Running && !o.Running:
		return "holds data and is running"
	case i.Data && !o.Data:
		return "holds data"
	case i.Running && !o.Running:
		return "is running"
	}
	return ""
}

// showLeftovers are the sources without which leftovers of a kind are not even
// listed, with what these are.
var showLeftovers = []struct {
	source Source
	what   Raw
}{
	{SourceSystemd, "units"}, {SourceStateDir, "directories"}, {SourceNetwork, "interfaces"},
	{SourceGCRoots, "gcroot links"}, {SourceProcesses, "processes"},
}

// unseenLeftovers says which leftovers could not be seen, and why.
func (f *Facts) unseenLeftovers() []Raw {
	var unseen []Raw
	for _, shows := range showLeftovers {
		if err, failed := f.faults[shows.source]; failed {
			unseen = append(unseen, rawf("%s could not be read: %s", shows.what, err))
		}
	}
	return unseen
}

// cleanUpBlocker blocks what is not cleaned up with others: that of which only
// data is left, and that whose stop loses something for good.
func (i *Inventory) cleanUpBlocker(item Item) blocker {
	if block := item.dataBlocker(); block.why != "" {
		return block
	}
	if with := i.withLosses(item, item.Ref.Name); with.Loses {
		return refused("%s; purge it separately: microtui purge %s", with.Cautions[0], shellWord(item.Ref.Name))
	}
	return blocker{}
}

// CleanableCount is how many orphans there are that a clean-up can do something
// about: of some nothing is left but data, see [Item.ManualStep].
func (i Inventory) CleanableCount() int {
	n := Count(i).Orphans
	for _, vm := range i.orphanVMs() {
		if p, block := i.purging(vm.Name, PurgeOptions{}); block.why == "" && (p.mount || len(vm.Losses) > 0) && i.cleanUpBlocker(p.item()).why != "" {
			n--
		}
	}
	return n
}

func (p *Plan) add(item Item, block blocker) {
	if block.why != "" {
		p.Refused = append(p.Refused, Blocked{item.Ref, block.why, block.kind})
		return
	}
	p.Items = append(p.Items, item)
}

func hasDirectory(vm *VM) int {
	if vm.Directory == nil {
		return 0
	}
	return 1
}

func (i *Inventory) orphanVMs() []*VM {
	var vms []*VM
	for at := range i.VMs {
		if i.VMs[at].Verdict == VerdictOrphan {
			vms = append(vms, &i.VMs[at])
		}
	}
	return vms
}

// A clean-up warns from so many VMs on, and from more than so many percent.
const (
	warnFrom    = 3
	warnPercent = 30
)

// safetyWarning says that so many VMs at once look like leftovers that it is
// more likely that something is wrong with what was read, or with the
// configuration; empty: not so many.
func (i *Inventory) safetyWarning(orphans int) Raw {
	if orphans < warnFrom || orphans*100 <= len(i.VMs)*warnPercent {
		return ""
	}
	return rawf("%d of %d VMs look like leftovers, which is more likely a mistake in the configuration, so none is selected", orphans, len(i.VMs))
}

// looseSteps are what is done about each kind of leftover.
var looseSteps = map[Kind]func(*Inventory, *Leftover) Step{
	KindTap:     looseLink,
	KindMacvtap: looseLink,
	KindGCRoot:  looseRoot,
	KindUnit:    looseUnit,
	KindProcess: looseProcess,
}

// looseItem is a leftover that belongs to no VM.
func (i *Inventory) looseItem(l *Leftover) (Item, blocker) {
	item := Item{Ref: l.Ref, Verdict: l.Verdict, Evidence: l.Evidence, Bytes: l.Bytes}
	plan := looseSteps[l.Ref.Kind]
	if plan == nil {
		return item, refused("leftovers of kind %s are not cleaned up", l.Ref.Kind)
	}
	step := plan(i, l)
	item.Steps = []Step{step}
	item.Running = step.Action == StepStop || step.Action == StepEndProcess
	if item.Running {
		item.HeldBy = i.runsAs(l)
	}
	return item, blocker{}
}

func looseLink(i *Inventory, l *Leftover) Step {
	step := Step{Action: StepDeleteLink, Ref: l.Ref, Stamp: l.Stamp, Harmless: true}
	return i.resting(step, FactVerdict, FactSystem, FactIndex, FactLinkKind, FactOwner, FactHeld)
}

func looseRoot(i *Inventory, l *Leftover) Step {
	step := removeRoot(GCRoot{l.Ref.Name, l.Stamp.Target})
	return i.resting(step, FactVerdict, FactDeclared, FactKept, FactSystem, FactTarget)
}

// looseUnit resets a failed unit, and stops one that is up. It belongs to no
// VM, but one of its name must not start meanwhile.
func looseUnit(i *Inventory, l *Leftover) Step {
	_, vm, _ := ParseUnitName(l.Ref.Name)
	step := Step{Action: StepResetFailed, Ref: l.Ref, VM: vm, Stamp: l.Stamp, Harmless: true}
	rests := []Fact{FactVerdict, FactDeclared, FactKept, FactSystem, FactUnit}
	if i.Now(step, FactUnit) != "failed" {
		step.Action = StepStop
	}
	return i.resting(step, rests...)
}

// looseProcess ends a daemon that serves a directory which is gone.
func looseProcess(i *Inventory, l *Leftover) Step {
	step := Step{Action: StepEndProcess, Ref: l.Ref, Stamp: l.Stamp, Harmless: true}
	return i.resting(step, FactVerdict, FactSystem, FactProcess)
}

func (i *Inventory) runsAs(l *Leftover) Raw {
	f := i.Facts()
	var found []*Process
	for at := range f.Processes {
		p := &f.Processes[at]
		if l.Ref.Kind == KindProcess && p.PID == l.Stamp.PID || l.Ref.Kind == KindUnit && p.service() == l.Ref.Name {
			found = append(found, p)
		}
	}
	return Raw(Listed(processWords(found)))
}

// PlanLeftover clears one proven leftover away: what clean-up would do about
// it, and nothing else.
func PlanLeftover(i Inventory, ref Ref) Plan {
	p := PlanCleanUp(i, CleanUpOptions{}).TickOnly(func(other Ref) bool { return other == ref }).Chosen()
	if len(p.Items) > 0 {
		p.Refused = nil
		return p
	}
	for _, b := range p.Refused {
		if b.Ref == ref || b.Ref.Kind == KindHost {
			p.Refused = []Blocked{b}
			return p
		}
	}
	p.Refused = []Blocked{{Ref: ref, Reason: i.notProven(ref), Kind: ErrRefused}}
	return p
}

// notProven says why something is not cleared away as a leftover.
func (i *Inventory) notProven(ref Ref) Raw {
	at := slices.IndexFunc(i.Leftovers, func(l Leftover) bool { return l.Ref == ref })
	if at < 0 {
		return rawf("leftover %s no longer exists", ref.Name)
	}
	l := &i.Leftovers[at]
	why := rawf("not a proven leftover: %s", l.Verdict)
	if len(l.Evidence) > 0 {
		why += ", " + l.Evidence[0]
	}
	return why
}
