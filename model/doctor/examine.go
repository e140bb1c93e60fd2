package doctor

import (
	"cmp"
	"slices"

	"microtui/model"
	"microtui/model/order"
)

// Interpret says what an observation means, with what is wrong: it is
// [model.Interpret] and [Apply].
func Interpret(o model.Observation) model.Inventory {
	i := model.Interpret(o)
	Apply(&i)
	return i
}

// Apply examines a host and writes the findings into its inventory: all of
// them, the worst first; their rules' ids into the VMs that they concern; and a
// few words into those VMs' notes: an error before all else, the rest behind.
func Apply(i *model.Inventory) {
	i.Findings = Examine(*i)
	at := make(map[model.Raw]int, len(i.VMs))
	for n := range i.VMs {
		at[i.VMs[n].Name] = n
	}
	errors := make(map[model.Raw]int)
	for _, f := range i.Findings {
		for n, name := range f.VMs {
			if v, ok := at[name]; ok {
				errors[name] = note(&i.VMs[v], f, n, errors[name])
			}
		}
	}
}

// note adds a finding to the VM that it names in a place, and gives how many
// errors are noted then. The slices may be shared with another inventory of the
// same observation.
func note(vm *model.VM, f model.Finding, place, errors int) int {
	if !slices.Contains(vm.Findings, f.Rule) {
		vm.Findings = append(slices.Clip(vm.Findings), f.Rule)
	}
	if vm.Worst == "" || rank[f.Severity] < rank[vm.Worst] {
		vm.Worst = f.Severity
	}
	var words model.Raw
	if place < len(f.Notes) {
		words = f.Notes[place]
	}
	isError := f.Severity == model.SeverityError
	if isError && words == "" && len(vm.Notes) == errors {
		words = f.Summary
	}
	switch noted := slices.Index(vm.Notes, words); {
	case words == "" || noted >= 0 && (!isError || noted < errors):
		return errors
	case !isError:
		vm.Notes = append(slices.Clip(vm.Notes), words)
		return errors
	case noted >= 0:
		vm.Notes = slices.Delete(slices.Clone(vm.Notes), noted, noted+1)
	}
	vm.Notes = slices.Insert(slices.Clone(vm.Notes), errors, words)
	return errors + 1
}

// Examine asks every rule about a host: the worst findings first, then by
// subject. It is pure.
func Examine(i model.Inventory) []model.Finding {
	h := look(&i)
	var found []model.Finding
	for at := range rules {
		found = append(found, h.ask(&rules[at])...)
	}
	order.By(found, func(a, b *model.Finding) int {
		return cmp.Or(
			cmp.Compare(rank[a.Severity], rank[b.Severity]),
			cmp.Compare(kindRank[a.Subject.Kind], kindRank[b.Subject.Kind]),
			cmp.Compare(a.Subject.Name, b.Subject.Name),
		)
	})
	return found
}

var rank = map[model.Severity]int{model.SeverityError: 1, model.SeverityWarning: 2, model.SeverityInfo: 3}

// kindRank is the order of subjects of one severity: the host first, since
// what is wrong with it may explain the rest.
var kindRank = map[model.Kind]int{
	model.KindHost: 1, model.KindVM: 2, model.KindUnit: 3, model.KindProcess: 4, model.KindStateDir: 5,
	model.KindTap: 6, model.KindMacvtap: 7, model.KindGCRoot: 8,
}

// ask asks one rule.
func (h *host) ask(r *Rule) []model.Finding {
	missing := h.missing(r)
	var found []model.Finding
	if missing == "" || !r.absent {
		found = r.find(h)
		for at := range found {
			found[at].Rule = r.ID
			found[at].Severity = cmp.Or(found[at].Severity, r.Severity)
		}
	}
	if missing == "" {
		return found
	}
	f := h.unchecked(missing)
	if !r.absent {
		f.Summary = "not fully checked: " + missing
	}
	f.Rule = r.ID
	return append(found, f)
}

// unchecked says that a rule could not be checked, and why.
func (h *host) unchecked(why model.Raw) model.Finding {
	return model.Finding{Severity: model.SeverityInfo, Unchecked: true, Subject: h.ref(), Summary: "not checked: " + why}
}

// FixAll joins what fixes all findings of a rule: one plan for all VMs that a
// switch left with old secrets, say. It is nil where nothing fixes any.
func FixAll(found []model.Finding, rule string) *model.Fix {
	var all *model.Fix
	for _, f := range found {
		if f.Rule != rule || f.Fix == nil || all != nil && all.Action != f.Fix.Action {
			continue
		}
		if all == nil {
			all = &model.Fix{Action: f.Fix.Action}
		}
		for _, ref := range f.Fix.Refs {
			if !slices.Contains(all.Refs, ref) {
				all.Refs = append(all.Refs, ref)
			}
		}
	}
	return all
}

// missing says which fact a rule rests on and does not have; empty: none.
func (h *host) missing(r *Rule) model.Raw {
	for _, source := range r.Needs {
		if err, failed := h.o.Fault(source); failed {
			return rawf("%s could not be read: %s", source, err)
		}
	}
	if r.Root && !h.Host.Privileged {
		return "root is required"
	}
	return ""
}
