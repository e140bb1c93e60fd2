package scene

import (
	"fmt"
	"slices"
	"time"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
)

// The kinds of what has a page and is no thing of the host: an operation, by
// its id, and a finding, by its rule, its subject and its place among others
// like it.
const (
	KindOperation model.Kind = "operation"
	KindFinding   model.Kind = "finding"
)

// Snapshot is what the screen shows of a host.
type Snapshot struct {
	Inventory model.Inventory
	Rates     map[model.Raw]model.Rate
	Findings  []model.Ref // the addresses of the inventory's findings
	Received  time.Time   // when the inventory came
	Faults    []fault
	// Held is set where the newest observation could not replace the
	// inventory: systemd did not answer.
	Held bool
}

// fault is a source that fails, and since when.
type fault struct {
	Source model.Source
	Text   text.SafeText
	Since  time.Time
}

// Advance gives the snapshot after a new inventory. An inventory made without
// systemd knows no state of anything, so the last good one stays.
func (s Snapshot) Advance(inventory model.Inventory, now time.Time) Snapshot {
	faults := sinceWhen(s.Faults, inventory.Faults, now)
	if hasFault(inventory.Faults, model.SourceSystemd) && s.knows() {
		s.Faults, s.Held = faults, true
		return s
	}
	next := Snapshot{Inventory: inventory, Rates: s.Rates, Findings: Addresses(inventory.Findings), Received: now, Faults: faults}
	if !s.Received.IsZero() && !inventory.At.Equal(s.Inventory.At) {
		next.Rates = model.Rates(s.Inventory, inventory)
		next.keepRates(s)
	}
	return next
}

// keepRates keeps those of the VMs whose figures were not read again.
func (s *Snapshot) keepRates(before Snapshot) {
	for at := range s.Inventory.VMs {
		vm := &s.Inventory.VMs[at]
		rate, had := before.Rates[vm.Name]
		if _, has := s.Rates[vm.Name]; had && !has && vm.FiguresAt.Before(s.Inventory.At) {
			if s.Rates == nil {
				s.Rates = make(map[model.Raw]model.Rate, len(before.Rates))
			}
			s.Rates[vm.Name] = rate
		}
	}
}

// knows reports whether the snapshot was made with systemd's help.
func (s Snapshot) knows() bool {
	return !s.Received.IsZero() && !hasFault(s.Inventory.Faults, model.SourceSystemd)
}

func hasFault(faults []model.Fault, source model.Source) bool {
	return slices.ContainsFunc(faults, func(f model.Fault) bool { return f.Source == source })
}

// sinceWhen keeps the time at which each fault was first seen.
func sinceWhen(before []fault, now []model.Fault, at time.Time) []fault {
	faults := make([]fault, 0, len(now))
	for _, f := range now {
		since := at
		for _, old := range before {
			if old.Source == f.Source {
				since = old.Since
			}
		}
		faults = append(faults, fault{f.Source, text.Safe(f.Error), since})
	}
	return faults
}

// Has reports whether a thing is on the host.
func (s Snapshot) Has(ref model.Ref) bool {
	return s.VM(ref) != nil || s.Leftover(ref) != nil
}

// VM is the VM at an address; nil: there is none.
func (s Snapshot) VM(ref model.Ref) *model.VM {
	if ref.Kind != model.KindVM {
		return nil
	}
	return s.Inventory.VM(ref.Name)
}

// Leftover is the leftover at an address; nil: there is none.
func (s Snapshot) Leftover(ref model.Ref) *model.Leftover {
	for i := range s.Inventory.Leftovers {
		if l := &s.Inventory.Leftovers[i]; l.Ref == ref {
			return l
		}
	}
	return nil
}

// Entry is the entry of the trash at an address; nil: there is none.
func (s Snapshot) Entry(ref model.Ref) *model.TrashEntry {
	for i := range s.Inventory.Trash {
		if e := &s.Inventory.Trash[i]; ref == (model.Ref{Kind: model.KindTrash, Name: model.Raw(e.ID)}) {
			return e
		}
	}
	return nil
}

// Addresses gives each finding an address that stays while others come and go:
// its rule, its subject, and which of several about that it is.
func Addresses(found []model.Finding) []model.Ref {
	refs := make([]model.Ref, len(found))
	seen := make(map[model.Raw]int, len(found))
	for at := range found {
		f := &found[at]
		name := model.Raw(fmt.Sprintf("%s\x00%s\x00%s", f.Rule, f.Subject.Kind, f.Subject.Name))
		refs[at] = model.Ref{Kind: KindFinding, Name: model.Raw(fmt.Sprintf("%s\x00%d", name, seen[name]))}
		seen[name]++
	}
	return refs
}

// Finding is the finding at an address; nil: it is no longer found.
func (s Snapshot) Finding(ref model.Ref) *model.Finding {
	if at := slices.Index(s.Findings, ref); ref.Kind == KindFinding && at >= 0 {
		return &s.Inventory.Findings[at]
	}
	return nil
}

// Concerning are the findings about a VM.
func (s Snapshot) Concerning(vm model.Raw) []*model.Finding {
	var found []*model.Finding
	for at := range s.Inventory.Findings {
		if f := &s.Inventory.Findings[at]; Concerns(f, model.Ref{Kind: model.KindVM, Name: vm}) {
			found = append(found, f)
		}
	}
	return found
}

// Concerns reports whether a finding is about a thing, or names it as a VM.
func Concerns(f *model.Finding, ref model.Ref) bool {
	return f.Subject == ref || ref.Kind == model.KindVM && slices.Contains(f.VMs, ref.Name)
}

// Alike are the rules that could not be checked for the same reason as one,
// that one among them.
func (s Snapshot) Alike(f *model.Finding) (rules []model.Raw) {
	var found []*model.Finding
	for at := range s.Inventory.Findings {
		found = append(found, &s.Inventory.Findings[at])
	}
	for _, group := range doctor.ByCause(found, func(f *model.Finding) *model.Finding { return f }) {
		if slices.Contains(group, f) {
			for _, one := range group {
				rules = append(rules, model.Raw(one.Rule))
			}
		}
	}
	return rules
}
