package tui

import (
	"slices"
	"strings"
	"time"

	"microtui/model"
	"microtui/wording"
)

// logFilter is what of a log is shown. The journal is asked for just that, so
// that it holds for older lines and for those to come.
type logFilter struct {
	priority     model.Priority
	unit         unitFilter
	since, until time.Time // zero: no bound
}

// unitFilter narrows a log to the units in one role, or of one VM; zero: all.
type unitFilter struct {
	role model.Role
	vm   model.Raw
}

// logRoles are the roles of units that a log is made of: first that with the
// guest's console.
var logRoles = []model.Role{
	model.RoleVM, model.RoleVirtiofsd, model.RoleTap, model.RoleMacvtap, model.RolePCI, model.RoleSetBooted, model.RoleInstall,
}

// units are the units whose lines make up the log of some VMs.
func (f unitFilter) units(vms []model.Raw) []model.Raw {
	var units []model.Raw
	for _, vm := range vms {
		for _, role := range logRoles {
			if (f.role == "" || f.role == role) && (f.vm == "" || f.vm == vm) {
				units = append(units, model.UnitName(role, vm))
			}
		}
	}
	return units
}

// name is what is left by it; empty: everything.
func (f unitFilter) name() model.SafeText {
	if f.vm != "" {
		return model.Safe(f.vm)
	}
	return wording.Role(f.role)
}

// priorities are what p goes through: everything, then the worse only.
var priorities = []struct {
	most model.Priority
	name model.SafeText
}{{model.NoPriority, ""}, {6, "info"}, {5, "notice"}, {4, "warning"}, {3, "error"}}

// turnPriority shows the worse lines only, or all again.
func (p *logPane) turnPriority() {
	at := slices.IndexFunc(priorities, func(step struct {
		most model.Priority
		name model.SafeText
	}) bool {
		return step.most == p.filter.priority
	})
	p.filter.priority = priorities[(at+1)%len(priorities)].most
}

// unitFilters are what there is to choose from: all, each role and, where
// there are several VMs, each of these.
func (p *logPane) unitFilters() []unitFilter {
	filters := []unitFilter{{}}
	for _, role := range logRoles {
		filters = append(filters, unitFilter{role: role})
	}
	if len(p.vms) > 1 {
		for _, vm := range p.vms {
			filters = append(filters, unitFilter{vm: vm})
		}
	}
	return filters
}

// priorityName is the name of what is shown at most; empty: everything.
func (f *logFilter) priorityName() model.SafeText {
	for _, step := range priorities {
		if step.most == f.priority {
			return step.name
		}
	}
	return ""
}

// unitText says what is left by a filter, and of what no line has been seen.
func (p *logPane) unitText(f unitFilter) model.SafeText {
	switch {
	case f == unitFilter{}:
		return "all units"
	case f.vm != "":
		return model.Safe(f.vm) + ": all units of this VM"
	}
	text := wording.Role(f.role)
	units := f.units(p.vms)
	if len(units) == 1 {
		text += ": " + model.Safe(units[0])
	} else {
		text += model.Safef(": of all %d VMs", len(units))
	}
	if !slices.ContainsFunc(units, func(unit model.Raw) bool { return p.sources[unit] }) {
		text += " (no line read of it)"
	}
	return text
}

// peelFilter takes the innermost of what narrows the log away, and reports
// whether there was anything. Priority is not a layer: its own key goes round.
func (p *logPane) peelFilter() bool {
	f := &p.filter
	switch {
	case !f.since.IsZero() || !f.until.IsZero():
		p.clearTimes()
	case f.unit != unitFilter{}:
		f.unit = unitFilter{}
	default:
		return false
	}
	return true
}

// words say what a log is narrowed to.
func (f *logFilter) words(now time.Time) model.SafeText {
	var words []string
	if name := f.unit.name(); name != "" {
		words = append(words, string(name)+" only")
	}
	if text := f.timesText(now); text != "" {
		words = append(words, string(text))
	}
	if name := f.priorityName(); name != "" {
		words = append(words, string(name)+" and worse")
	}
	return model.Safe(model.Raw(strings.Join(words, ", ")))
}

// maxLogVMs is how many VMs a log may be of. For each line the journal looks
// for the next one of each of their units: journalctl (252) gives 1,000 lines of
// one VM in 0.03 s, of 32 in 0.17 s.
const maxLogVMs = 32
