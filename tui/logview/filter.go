package logview

import (
	"slices"
	"strings"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/intent"
	"microtui/wording"
)

// Filter is what of a log is shown. The journal is asked for just that, so
// that it holds for older lines and for those to come.
type Filter struct {
	priority     model.Priority
	Unit         UnitFilter
	since, until time.Time // zero: no bound
}

// UnitFilter narrows a log to the units in one role, or of one VM; zero: all.
type UnitFilter struct {
	role model.Role
	VM   model.Raw
}

// Roles are the roles of units that a log is made of: first that with the
// guest's console.
var Roles = []model.Role{
	model.RoleVM, model.RoleVirtiofsd, model.RoleTap, model.RoleMacvtap, model.RolePCI, model.RoleSetBooted, model.RoleInstall,
}

// units are the units whose lines make up the log of some VMs.
func (f UnitFilter) units(vms []model.Raw) []model.Raw {
	var units []model.Raw
	for _, vm := range vms {
		for _, role := range Roles {
			if (f.role == "" || f.role == role) && (f.VM == "" || f.VM == vm) {
				units = append(units, model.UnitName(role, vm))
			}
		}
	}
	return units
}

// name is what is left by it; empty: everything.
func (f UnitFilter) name() text.SafeText {
	if f.VM != "" {
		return text.Safe(f.VM)
	}
	return wording.Role(f.role)
}

// priorities are what p goes through: everything, then the worse only.
var priorities = []struct {
	most model.Priority
	name text.SafeText
}{{model.NoPriority, ""}, {6, "info"}, {5, "notice"}, {4, "warning"}, {3, "error"}}

// TurnPriority shows the worse lines only, or all again, and says what that does
// to the console.
func (p *Pane) TurnPriority() intent.Intent {
	at := slices.IndexFunc(priorities, func(step struct {
		most model.Priority
		name text.SafeText
	}) bool {
		return step.most == p.Filter.priority
	})
	p.Filter.priority = priorities[(at+1)%len(priorities)].most
	words := text.SafeText("Priority: all lines")
	if name := p.Filter.priorityName(); name != "" {
		words = "Priority: " + name + " and worse; console lines carry no priority and stay"
	}
	return intent.Tell{Message: intent.Message{Role: styles.Dim, Text: words}}
}

// UnitFilters are what there is to choose from: all, each role and, where
// there are several VMs, each of these.
func (p *Pane) UnitFilters() []UnitFilter {
	filters := []UnitFilter{{}}
	for _, role := range Roles {
		filters = append(filters, UnitFilter{role: role})
	}
	if len(p.VMs) > 1 {
		for _, vm := range p.VMs {
			filters = append(filters, UnitFilter{VM: vm})
		}
	}
	return filters
}

// priorityName is the name of what is shown at most; empty: everything.
func (f *Filter) priorityName() text.SafeText {
	for _, step := range priorities {
		if step.most == f.priority {
			return step.name
		}
	}
	return ""
}

// UnitText says what is left by a filter, and of what no line has been seen.
func (p *Pane) UnitText(f UnitFilter) text.SafeText {
	switch {
	case f == UnitFilter{}:
		return "all units"
	case f.VM != "":
		return text.Safe(f.VM) + ": all units of this VM"
	}
	words := wording.Role(f.role)
	units := f.units(p.VMs)
	if len(units) == 1 {
		words += ": " + text.Safe(units[0])
	} else {
		words += text.Safef(": of all %d VMs", len(units))
	}
	if !slices.ContainsFunc(units, func(unit model.Raw) bool { return p.sources[unit] }) {
		words += " (no lines so far)"
	}
	return words
}

// PeelFilter takes the innermost of what narrows the log away, and reports
// whether there was anything. Priority is not a layer: its own key goes round.
func (p *Pane) PeelFilter() bool {
	f := &p.Filter
	switch {
	case !f.since.IsZero() || !f.until.IsZero():
		p.ClearTimes()
	case f.Unit != UnitFilter{}:
		f.Unit = UnitFilter{}
	default:
		return false
	}
	return true
}

// Words say what a log is narrowed to.
func (f *Filter) Words(now time.Time) text.SafeText {
	var words []string
	if name := f.Unit.name(); name != "" {
		words = append(words, string(name)+" only")
	}
	if line := f.timesText(now); line != "" {
		words = append(words, string(line))
	}
	if name := f.priorityName(); name != "" {
		words = append(words, string(name)+" and worse")
	}
	return text.Safe(strings.Join(words, ", "))
}

// MaxVMs is how many VMs a log may be of. For each line the journal looks
// for the next one of each of their units: journalctl (252) gives 1,000 lines of
// one VM in 0.03 s, of 32 in 0.17 s.
const MaxVMs = 32
