package demo_test

import (
	"slices"
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// Accounts of the simulated host.
const (
	root    = 0
	microvm = 990
)

// seenHost is an observation, looked up by name.
type seenHost struct {
	t *testing.T
	model.Observation
}

func see(t *testing.T, h *demo.Host) seenHost { return seenHost{t, h.Observe()} }

func (s seenHost) dir(name model.Raw) model.Directory {
	s.t.Helper()
	for _, d := range s.StateDir.Directories {
		if d.Name == name {
			return d
		}
	}
	s.t.Fatalf("no directory %s", name)
	return model.Directory{}
}

func (s seenHost) hasDir(name model.Raw) bool {
	return slices.ContainsFunc(s.StateDir.Directories, func(d model.Directory) bool { return d.Name == name })
}

func (s seenHost) unit(role model.Role, vm model.Raw) (model.Unit, bool) {
	for _, u := range s.Units {
		if u.Name == model.UnitName(role, vm) {
			return u, true
		}
	}
	return model.Unit{}, false
}

// active is a unit's active state; empty: systemd does not have it in memory.
func (s seenHost) active(role model.Role, vm model.Raw) string {
	u, _ := s.unit(role, vm)
	return u.Active
}

func (s seenHost) link(name model.Raw) (model.Link, bool) {
	for _, l := range s.Links {
		if l.Name == name {
			return l, true
		}
	}
	return model.Link{}, false
}

func (s seenHost) roots() map[model.Raw]model.Raw {
	out := map[model.Raw]model.Raw{}
	for _, r := range s.GCRoots {
		out[r.Name] = r.Target
	}
	return out
}

func (s seenHost) declaredIn(kind model.SystemKind, vm model.Raw) bool {
	return slices.ContainsFunc(s.Systems, func(sys model.System) bool {
		return sys.Kind == kind && slices.ContainsFunc(sys.Declared, func(d model.Declaration) bool { return d.Name == vm })
	})
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// plain is a guest with one TAP, one volume and one share.
func plain(name model.Raw) demo.Guest {
	return demo.Guest{Name: name, Taps: []model.Raw{"vm-" + name}, Volumes: []model.Raw{"data.img"},
		Shares: []model.Share{{Tag: "store", Source: "/nix/store", Socket: "store.sock"}}}
}

func newHost(version demo.Version, place demo.StateDirPlace) *demo.Host {
	h := demo.NewHost(demo.Settings{Seed: 7, Version: version, Place: place})
	h.Write(plain("web"))
	return h
}

// TestDirectories holds what each way to make a VM leaves against
// docs/facts.md, "A VM's directory": owners, newlines, links, roots.
func TestDirectories(t *testing.T) {
	declare := func(as demo.DeclaredAs) func(*demo.Host) {
		return func(h *demo.Host) { h.Declare("web", as, false); h.Switch() }
	}
	none := map[model.Raw]model.Raw{}
	cli := map[model.Raw]model.Raw{"web": "/var/lib/microvms/web/current", "booted-web": "/var/lib/microvms/web/booted"}
	ssh := map[model.Raw]model.Raw{"web": cli["web"], "booted-web": cli["booted-web"], "old-web": "/var/lib/microvms/web/old"}
	for _, test := range []struct {
		name     string
		make     func(*demo.Host)
		owner    uint32
		mode     uint32
		current  uint32 // owner of the link
		toplevel bool
		flake    *model.Flake
		old      bool
		roots    map[model.Raw]model.Raw
	}{
		{"config", declare(demo.ByConfig), microvm, 0o755, microvm, true, nil, false, none},
		{"flake", declare(demo.ByFlake), microvm, 0o755, microvm, false, &model.Flake{Ref: "/nix/store", Newline: true, UID: microvm}, false, none},
		{"updateFlake", declare(demo.ByUpdateFlake), microvm, 0o755, microvm, false, &model.Flake{Ref: "git+https", Newline: true, UID: microvm}, false, none},
		{"microvm -c", func(h *demo.Host) { h.Create("web") }, root, 0o775, root, false, &model.Flake{Ref: "git+https", UID: root}, false, cli},
		{"deploy", func(h *demo.Host) { h.Deploy("web") }, microvm, 0o755, root, false, nil, false, ssh},
		{"deploy twice", func(h *demo.Host) { h.Deploy("web"); h.Edit("web", false); h.Deploy("web") }, microvm, 0o755, root, false, nil, true, ssh},
		{"deploy over declared", func(h *demo.Host) { declare(demo.ByConfig)(h); h.Edit("web", false); h.Deploy("web") }, microvm, 0o755, root, true, nil, true, ssh},
		{"by hand", func(h *demo.Host) { h.Manual("web", 1000) }, 1000, 0o775, 1000, false, nil, false, none},
		{"microvm -u of a removed one", func(h *demo.Host) {
			declare(demo.ByFlake)(h)
			h.HandOver("web", true)
		}, microvm, 0o755, root, false, &model.Flake{Ref: "/nix/store", Newline: true, UID: microvm}, false, none},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHost(demo.Version{}, demo.OnRoot)
			test.make(h)
			s := see(t, h)
			d := s.dir("web")
			equal(t, "owner", d.UID, test.owner)
			equal(t, "mode", d.Mode, test.mode)
			equal(t, "owner of current", d.Current.UID, test.current)
			equal(t, "current dangles", d.Current.Dangling, false)
			equal(t, "booted", d.Booted != nil, false)
			equal(t, "toplevel", d.Toplevel != nil, test.toplevel)
			equal(t, "old", d.Old != nil, test.old)
			equal(t, "flake", d.Flake != nil, test.flake != nil)
			if d.Flake != nil && test.flake != nil {
				equal(t, "flake", d.Flake.Ref[:len(test.flake.Ref)], test.flake.Ref)
				equal(t, "newline", d.Flake.Newline, test.flake.Newline)
				equal(t, "owner of flake", d.Flake.UID, test.flake.UID)
			}
			if got := s.roots(); len(got) != len(test.roots) {
				t.Errorf("roots: got %v, want %v", got, test.roots)
			}
			for name, target := range test.roots {
				equal(t, "root "+string(name), s.roots()[name], target)
			}
		})
	}
}

// TestInstallOnce: updateFlake installs only where the directory is missing;
// the others replace `current` at each switch.
func TestInstallOnce(t *testing.T) {
	for as, replaced := range map[demo.DeclaredAs]bool{demo.ByConfig: true, demo.ByFlake: true, demo.ByUpdateFlake: false} {
		h := newHost(demo.Version{}, demo.OnRoot)
		h.Declare("web", as, false)
		h.Switch()
		before := see(t, h).dir("web").Current.Target
		h.Edit("web", false)
		h.Switch()
		equal(t, "replaced", see(t, h).dir("web").Current.Target != before, replaced)
	}
}

// TestCollectGarbage: a declared VM has no root but its generations; an
// imperative one has its links; what is made by hand has nothing.
func TestCollectGarbage(t *testing.T) {
	for _, test := range []struct {
		name     string
		make     func(*demo.Host)
		dangling bool
	}{
		{"declared", func(h *demo.Host) { h.Declare("web", demo.ByConfig, true); h.Switch() }, false},
		{"removed, generations kept", func(h *demo.Host) {
			h.Declare("web", demo.ByConfig, true)
			h.Switch()
			h.Undeclare("web")
			h.Switch()
		}, false},
		{"removed, generations deleted", func(h *demo.Host) {
			h.Declare("web", demo.ByConfig, true)
			h.Switch()
			h.Undeclare("web")
			h.Switch()
			h.DeleteGenerations()
		}, true},
		{"microvm -c", func(h *demo.Host) { h.Create("web") }, false},
		{"microvm -c, roots lost", func(h *demo.Host) { h.Create("web"); h.LoseRoots("web") }, true},
		{"microvm -u", func(h *demo.Host) {
			h.Declare("web", demo.ByFlake, false)
			h.Switch()
			h.HandOver("web", true)
		}, false},
		{"deployed", func(h *demo.Host) { h.Deploy("web") }, false},
		{"by hand, running", func(h *demo.Host) { h.Manual("web", root); h.Start("web") }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHost(demo.Version{}, demo.OnRoot)
			test.make(h)
			h.CollectGarbage()
			s := see(t, h)
			d := s.dir("web")
			equal(t, "current dangles", d.Current.Dangling, test.dangling)
			for _, r := range s.Runners {
				if r.Path == d.Current.Target {
					equal(t, "runner missing", r.Missing, test.dangling)
				}
			}
		})
	}
}

// TestPending: what is declared where.
func TestPending(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Declare("web", demo.ByConfig, true)
	h.BootOnly()
	s := see(t, h)
	equal(t, "live", s.declaredIn(model.SystemLive, "web"), false)
	equal(t, "newest", s.declaredIn(model.SystemNewest, "web"), true)
	equal(t, "installed", s.hasDir("web"), false)
	h.Reboot()
	s = see(t, h)
	equal(t, "live after boot", s.declaredIn(model.SystemLive, "web"), true)
	equal(t, "started at boot", s.active(model.RoleVM, "web"), "active")
	h.Rollback()
	s = see(t, h)
	equal(t, "live after rollback", s.declaredIn(model.SystemLive, "web"), false)
	equal(t, "kept in its generation", s.declaredIn(model.SystemGeneration, "web"), true)
	h.DeclareInSpecialisation("lab", "db")
	h.Switch()
	s = see(t, h)
	equal(t, "specialisation", s.declaredIn(model.SystemSpecialisation, "db"), true)
	equal(t, "not installed", s.hasDir("db"), false)
	h.SwitchSpecialisation("lab")
	equal(t, "installed by the specialisation", see(t, h).hasDir("db"), true)
	h.SwitchProfile("test")
	equal(t, "profile", see(t, h).declaredIn(model.SystemProfile, "web"), true)
}

// TestUnmounted: with the state directory's file system away, its directories
// are not seen, and a switch installs beneath the mount point.
func TestUnmounted(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnMountUnit)
	h.Create("old")
	h.Unmount()
	s := see(t, h)
	equal(t, "mount", s.StateDir.Mounts[0].Active, false)
	equal(t, "seen", s.hasDir("old"), false)
	h.Declare("web", demo.ByConfig, false)
	h.Switch()
	equal(t, "installed beneath", see(t, h).hasDir("web"), true)
	h.Mount()
	s = see(t, h)
	equal(t, "seen again", s.hasDir("old"), true)
	equal(t, "hidden", s.hasDir("web"), false)
}

// TestRestore: owners, roots and generations after a copy.
func TestRestore(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Create("web")
	h.Pass(time.Hour)
	made := see(t, h).dir("web").Current.Modified
	h.Restore(demo.Copied{Chown: true, Owner: microvm, RootsLost: true, Reinstalled: true})
	h.EditFlake("web")
	s := see(t, h)
	d := s.dir("web")
	equal(t, "owner", d.UID, microvm)
	equal(t, "owner of current", d.Current.UID, microvm)
	equal(t, "time of current", d.Current.Modified, made)
	equal(t, "newline", d.Flake.Newline, true)
	equal(t, "roots", len(s.GCRoots), 0)
	equal(t, "generations", len(s.Systems), 3) // live, newest, generation 1
}
