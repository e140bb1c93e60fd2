package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

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
func (a *App) turnPriority() {
	at := slices.IndexFunc(priorities, func(step struct {
		most model.Priority
		name model.SafeText
	}) bool {
		return step.most == a.log.filter.priority
	})
	a.log.filter.priority = priorities[(at+1)%len(priorities)].most
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

// openUnits lists the units of the log, to choose one of them.
func (a *App) openUnits() tea.Cmd {
	if why := a.whyNoLog(); why != "" {
		return a.warn("Unit: " + why)
	}
	m := &menu{about: "Show which lines?", from: (*App).unitChoices}
	m.renew(a)
	m.cursor = max(0, slices.Index(a.unitFilters(), a.log.filter.unit))
	a.dialog = dialog{content: m} // it asks nothing: no key comes too early
	return nil
}

// unitFilters are what there is to choose from: all, each role and, where
// there are several VMs, each of these.
func (a *App) unitFilters() []unitFilter {
	filters := []unitFilter{{}}
	for _, role := range logRoles {
		filters = append(filters, unitFilter{role: role})
	}
	if len(a.log.vms) > 1 {
		for _, vm := range a.log.vms {
			filters = append(filters, unitFilter{vm: vm})
		}
	}
	return filters
}

func (a *App) unitChoices() []choice {
	var choices []choice
	for _, f := range a.unitFilters() {
		choices = append(choices, choice{text: a.log.unitText(f), run: func(a *App) tea.Cmd {
			a.log.filter.unit = f
			return nil
		}})
	}
	return choices
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
