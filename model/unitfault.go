package model

import "strings"

// UnitFault is why systemd would refuse to start one of a VM's units, or runs
// something else than its template says.
type UnitFault struct {
	Kind     UnitFaultKind
	Role     Role
	Unit     Raw
	File     Raw  // the file that makes it so; empty: not known
	Own      bool // it is the unit's own, in place of its template's
	Template Raw  // the file that should count; empty: not known
}

// UnitFaultKind is a kind of fault of a unit.
type UnitFaultKind string

// The kinds.
const (
	UnitMasked UnitFaultKind = "masked"
	// UnitWithoutCommand: a file of its own, or a drop-in, leaves it without
	// ExecStart=.
	UnitWithoutCommand UnitFaultKind = "without ExecStart"
	// UnitShadowed: a file of its own hides its template, and starts something.
	UnitShadowed UnitFaultKind = "shadowed"
)

// Blocks reports whether the unit cannot be started.
func (f UnitFault) Blocks() bool { return f.Kind != UnitShadowed }

// UnitFaults are those of a VM's own unit and of the helpers that it requires,
// in the order in which a start would meet them.
func (i *Inventory) UnitFaults(vm Raw) []UnitFault {
	return i.Facts().unitFaults(vm)
}

func (f *Facts) unitFaults(vm Raw) []UnitFault {
	var found []UnitFault
	for at := len(Roles) - 1; at >= 0; at-- { // its own first
		role := Roles[at]
		settings, unit := f.settings(vm, role), f.units[vm][role]
		fault := UnitFault{Role: role, Unit: UnitName(role, vm)}
		if settings != nil {
			fault.File, fault.Own = settings.Fragment, settings.Own
		}
		if template := f.unitSettings[UnitName(role, "")]; template != nil {
			fault.Template = template.Fragment
		}
		switch {
		case unit != nil && unit.Load == "masked", settings != nil && settings.Masked:
			fault.Kind = UnitMasked
		case settings == nil, settings.Fragment == "":
			continue
		case !settings.Runs:
			fault.Kind = UnitWithoutCommand
			if !settings.Own {
				fault.File = lastOf(settings.DropIns)
			}
		case settings.Own:
			fault.Kind = UnitShadowed
		default:
			continue
		}
		found = append(found, fault)
	}
	return found
}

func lastOf(list []Raw) Raw {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// startFault is the first fault for which a VM cannot be started; nil: none.
func (f *Facts) startFault(vm Raw) *UnitFault {
	for _, fault := range f.unitFaults(vm) {
		if fault.Blocks() {
			return &fault
		}
	}
	return nil
}

// Remedy is what removes a fault, to be typed or to be written, as one line.
func (f UnitFault) Remedy() Raw {
	runtime := strings.HasPrefix(string(f.File), "/run/")
	switch {
	case f.Kind == UnitMasked && runtime:
		return rawf("systemctl unmask --runtime %s", f.Unit)
	case f.Kind == UnitMasked:
		return rawf("systemctl unmask %s", f.Unit)
	case runtime:
		return rawf("rm %s && systemctl daemon-reload", f.File)
	}
	return rawf("systemd.services.%q.overrideStrategy = \"asDropin\";", f.service())
}

// service is the unit as NixOS's configuration names it.
func (f UnitFault) service() string { return strings.TrimSuffix(string(f.Unit), ".service") }

// Reason says in one line why the unit cannot be started, and what to do.
func (f UnitFault) Reason() Raw {
	switch {
	case f.Kind == UnitMasked && f.File != "":
		return rawf("%s is masked by %s: %s", f.Unit, f.File, f.Remedy())
	case f.Kind == UnitMasked:
		return rawf("%s is masked: %s", f.Unit, f.Remedy())
	case f.Kind == UnitWithoutCommand:
		return rawf("%s leaves %s without ExecStart=: %s", f.File, f.Unit, f.remedyWhere())
	}
	return rawf("%s overrides %s", f.File, f.Template)
}

// remedyWhere says where the remedy goes, too.
func (f UnitFault) remedyWhere() Raw {
	if strings.HasPrefix(string(f.File), "/run/") {
		return f.Remedy()
	}
	return "set " + f.Remedy() + " in the host's configuration"
}

// note is the fault in a few words, for the VM's row; empty for one that blocks
// nothing.
func (f *UnitFault) note() Raw {
	switch {
	case f == nil:
		return ""
	case f.Role == RoleVM && f.Kind == UnitMasked:
		return "its unit is masked"
	case f.Role == RoleVM:
		return "its unit has no ExecStart="
	case f.Kind == UnitMasked:
		return rawf("%s is masked", f.Role)
	}
	return rawf("%s has no ExecStart=", f.Role)
}
