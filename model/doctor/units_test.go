package doctor_test

import (
	"strings"

	"microtui/model"
)

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
	const overridden, mount, volume, directory = "unit-overridden", "mount-missing", "volume-not-writable", "directory-not-writable"
	lab := func() *host { return newHost().imperative("lab") }
	// hers is a VM whose unit runs as alice, who alone may use its disk.
	hers := func(change func(*model.UnitSettings)) *host {
		h := lab().settings("lab", model.RoleVM, func(s *model.UnitSettings) { s.User, s.Group = "alice", ""; change(s) })
		h.o.Host.Accounts = []model.UserAccount{{Name: "alice", UID: 1000, Groups: []uint32{100}}}
		h.o.Host.Groups = []model.GroupAccount{{Name: "disk", GID: 6}, {Name: "kvm", GID: kvmGID}}
		access := &h.volume("lab").Access
		access.UID, access.GID, access.Mode = 1000, 100, 0o600
		h.dir("lab").Mode = 0o777
		return h
	}
	nothing := func(*model.UnitSettings) {}
	roots := func(h *host) { h.volume("lab").Access.UID, h.volume("lab").Access.GID = 0, 6 }
	cannot := []string{"error volume-not-writable vm lab"}
	noDirectory := []string{"error directory-not-writable vm lab"}
	with := func(h *host, where model.Raw, change func(*model.Mount)) *host {
		m := model.Mount{Unit: "x.mount", Where: where}
		change(&m)
		if strings.HasPrefix(string(where), stateDir) {
			h.o.StateDir.Mounts = append(h.o.StateDir.Mounts, m)
		} else {
			h.o.Mounts = append(h.o.Mounts, m)
		}
		return h
	}
	failed := func(m *model.Mount) { m.Failed, m.Error, m.What = true, "exit-code, status 32", "/dev/sdx1" }
	inactive := func(*model.Mount) {}
	ownFile := func(s *model.UnitSettings) { s.Own, s.Fragment = true, "/etc/systemd/system/"+s.Name }
	masked := func(s *model.UnitSettings) { ownFile(s); s.Masked, s.Runs = true, false }
	hollow := func(s *model.UnitSettings) { ownFile(s); s.Runs = false }
	return []trouble{
		{volume, "of the user that its unit runs as", hers(nothing), nil},
		{volume, "of another than the one that its unit runs as", hers(nothing).do(roots), cannot},
		{volume, "an open file proves more than a mode", hers(nothing).do(roots).do(func(h *host) {
			h.running("lab")
			h.o.Processes = append(h.o.Processes, model.Process{PID: 7, Cgroup: "/x/microvm@lab.service", Writes: []model.FileID{h.volume("lab").ID}})
		}), nil},
		{volume, "of a group that a drop-in adds", hers(func(s *model.UnitSettings) { s.SupplementaryGroups = []model.Raw{"disk"} }).do(roots).do(func(h *host) {
			h.volume("lab").Access.Mode = 0o660
		}), nil},
		{volume, "a capability", hers(func(s *model.UnitSettings) { s.AmbientCapabilities = []string{"CAP_DAC_OVERRIDE"} }).do(roots), nil},
		{volume, "a capability that is bounded away", hers(func(s *model.UnitSettings) {
			s.AmbientCapabilities, s.CapabilityBoundingSet = []string{"CAP_DAC_OVERRIDE"}, []string{}
		}).do(roots), cannot},
		{volume, "runs as root", hers(func(s *model.UnitSettings) { s.User = "" }).do(roots), nil},
		{volume, "a user that is not known", hers(func(s *model.UnitSettings) { s.User = "bob" }).do(roots), nil},
		{volume, "a dynamic user", hers(func(s *model.UnitSettings) { s.DynamicUser = true }).do(roots), nil},
		{volume, "something else is bound there", hers(func(s *model.UnitSettings) {
			s.BindPaths = []model.BindMount{{Source: "/srv", Destination: stateDir + "/lab"}}
		}).do(roots), nil},
		{volume, "a root of its own", hers(func(s *model.UnitSettings) { s.RootDirectory = "/srv/root" }).do(roots), nil},
		{volume, "protected", hers(func(s *model.UnitSettings) { s.ProtectSystem = "strict" }),
			[]string{"error volume-not-writable vm lab", "error directory-not-writable vm lab"}},
		{volume, "protected, with an exception", hers(func(s *model.UnitSettings) {
			s.ProtectSystem, s.ReadWritePaths = "strict", []model.Raw{"-" + stateDir}
		}), nil},

		{directory, "root's", lab().do(func(h *host) { h.dir("lab").GID, h.dir("lab").Mode = 0, 0o755 }), noDirectory},
		{directory, "a group that may not", lab().do(func(h *host) { h.dir("lab").Mode = 0o755 }), noDirectory},
		{directory, "an access control list", lab().do(func(h *host) { h.dir("lab").Mode, h.dir("lab").ACL = 0o755, true }), nil},
		{directory, "for whom its unit runs as", hers(nothing).do(func(h *host) { h.dir("lab").Mode = 0o775 }), noDirectory},
		{directory, "and the helper that failed of it is not advised to be started", lab().do(func(h *host) {
			h.dir("lab").Mode = 0o755
			h.o.Units = append(h.o.Units, model.Unit{Name: "microvm-set-booted@lab.service", Load: "loaded", Active: "failed", Sub: "failed"})
		}), []string{"error directory-not-writable vm lab", "warning helper-failed vm lab"}},

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
		{mount, "of a share's source", with(one().do(func(h *host) {
			h.runner("db").Shares = append(h.runner("db").Shares, model.Share{Tag: "media", Source: "/srv/media/films"})
			h.source("/srv/media/films")
		}), "/srv/media", failed), []string{"error mount-missing vm db"}},
		{mount, "inside the VM's directory", with(one(), stateDir+"/db/data", failed), []string{"error mount-missing vm db"}},
		{mount, "not mounted so far", with(one(), stateDir+"/db/data", inactive), []string{"warning mount-missing vm db"}},
		{mount, "masked", with(one(), stateDir+"/db/data", func(m *model.Mount) { m.Masked = true }), []string{"warning mount-missing vm db"}},
		{mount, "mounted when somebody looks", with(one(), stateDir+"/db/data", func(m *model.Mount) { m.Automount = true }), nil},
		{mount, "an automount that failed", with(one(), stateDir+"/db/data", func(m *model.Mount) { failed(m); m.Automount = true }),
			[]string{"error mount-missing vm db"}},
		{mount, "mounted", with(one(), stateDir+"/db/data", func(m *model.Mount) { m.Active = true }), nil},
		{mount, "of nobody's", with(one(), "/srv/media", failed), nil},
		{mount, "a name that begins alike", with(one(), stateDir+"/db/da", failed), []string{"error mount-missing vm db"}},
		{mount, "of another VM that begins alike", with(one(), stateDir+"/db2", failed), nil},

		{overridden, "drop-ins alone", lab().settings("lab", model.RoleVM, func(s *model.UnitSettings) { s.User = "alice" }), nil},
	}
}
