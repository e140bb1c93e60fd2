package doctor_test

import "microtui/model"

// templates are the settings of microvm.nix's templates.
func templates() []model.UnitSettings {
	var all []model.UnitSettings
	for _, role := range model.Roles {
		s := model.UnitSettings{Name: model.UnitName(role, ""), Runs: true}
		s.Fragment = "/etc/systemd/system/" + s.Name
		if role == model.RoleVM || role == model.RoleSetBooted {
			s.User, s.Group = "microvm", "kvm"
		}
		all = append(all, s)
	}
	return all
}

// settings changes those of a VM's unit.
func (h *host) settings(vm model.Raw, role model.Role, change func(*model.UnitSettings)) *host {
	name := model.UnitName(role, vm)
	for at := range h.o.UnitSettings {
		if s := &h.o.UnitSettings[at]; s.Name == name {
			change(s)
			return h
		}
	}
	for _, template := range templates() {
		if template.Name == model.UnitName(role, "") {
			s := template.Instance(name)
			change(&s)
			h.o.UnitSettings = append(h.o.UnitSettings, s)
		}
	}
	return h
}

func unitTroubles() []trouble {
	const overridden = "unit-overridden"
	ownFile := func(s *model.UnitSettings) { s.Own, s.Fragment = true, "/etc/systemd/system/"+s.Name }
	masked := func(s *model.UnitSettings) { ownFile(s); s.Masked, s.Runs = true, false }
	hollow := func(s *model.UnitSettings) { ownFile(s); s.Runs = false }
	lab := func() *host { return newHost().imperative("lab") }
	return []trouble{
		{overridden, "a file of its own without ExecStart", lab().settings("lab", model.RoleVM, hollow),
			[]string{"error unit-overridden vm lab"}},
		{overridden, "masked while it runs", one().settings("db", model.RoleVM, masked),
			[]string{"error unit-overridden vm db"}},
		{overridden, "a masked helper", lab().settings("lab", model.RoleTap, masked),
			[]string{"error unit-overridden vm lab"}},
		{overridden, "two of them", lab().settings("lab", model.RoleTap, masked).settings("lab", model.RoleVM, hollow),
			[]string{"error unit-overridden vm lab", "error unit-overridden vm lab"}},
		{overridden, "a drop-in that takes ExecStart away", lab().settings("lab", model.RoleVM, func(s *model.UnitSettings) {
			s.Runs, s.DropIns = false, []model.Raw{"/etc/systemd/system/microvm@lab.service.d/x.conf"}
		}), []string{"error unit-overridden vm lab"}},
		{overridden, "a file of its own that starts something", lab().settings("lab", model.RoleVM, ownFile),
			[]string{"info unit-overridden vm lab"}},
		{overridden, "of a leftover that is off", newHost().undeclared("lab").settings("lab", model.RoleVM, masked),
			[]string{"warning undeclared-state vm lab"}},
		{overridden, "to start with the host", newHost().declared("db").settings("db", model.RoleVM, masked).do(func(h *host) {
			h.system(model.SystemLive).Autostart = []model.Raw{"db"}
		}),
			[]string{"error unit-overridden vm db"}},
		{overridden, "drop-ins alone", lab().settings("lab", model.RoleVM, func(s *model.UnitSettings) { s.User = "alice" }), nil},
	}
}
