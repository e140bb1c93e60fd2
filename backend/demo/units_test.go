package demo_test

import (
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// TestStart: the units, links and processes of a running VM (docs/facts.md,
// "Units").
func TestStart(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Declare("web", demo.ByConfig, true)
	h.Switch()
	s := see(t, h)
	for role, active := range map[model.Role]string{
		model.RoleInstall: "inactive", model.RoleSetBooted: "active", model.RoleTap: "active", model.RoleMacvtap: "inactive",
		model.RolePCI: "inactive", model.RoleVirtiofsd: "active", model.RoleVM: "active",
	} {
		equal(t, string(role), s.active(role, "web"), active)
	}
	d := s.dir("web")
	equal(t, "booted", d.Booted.Target, d.Current.Target)
	tap, _ := s.link("vm-web")
	equal(t, "kind", tap.Kind, "tun")
	equal(t, "owner", *tap.Owner, microvm)
	equal(t, "persistent", tap.Persistent, true)
	equal(t, "carrier", *tap.Carrier, true)
	p := s.Processes[len(s.Processes)-1]
	equal(t, "argv0", p.Argv0, "microvm@web")
	equal(t, "cgroup", p.Cgroup, "/system.slice/system-microvm.slice/microvm@web.service")
	equal(t, "works in", p.Cwd.ID, d.ID)
	equal(t, "holds", p.Holds[0], "vm-web")

	h.Stop("web")
	s = see(t, h)
	equal(t, "stopped, and still in memory: autostart", s.active(model.RoleVM, "web"), "inactive")
	_, there := s.link("vm-web")
	equal(t, "TAP after stop", there, false)
	equal(t, "booted after stop", s.dir("web").Booted != nil, false)
}

// TestStopped: an instance that nothing refers to is not in memory.
func TestStopped(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Create("web")
	equal(t, "never started", see(t, h).active(model.RoleVM, "web"), "")
	equal(t, "starts", h.Start("web"), true)
	equal(t, "stops", h.Stop("web"), true)
	equal(t, "stopped", see(t, h).active(model.RoleVM, "web"), "")
	equal(t, "condition holds", h.Start("no-such"), false)
	equal(t, "skipped", see(t, h).active(model.RoleVM, "no-such"), "")
}

// TestEndings is how VMs end, and what stays (docs/facts.md, "Units" and "What
// stays behind").
func TestEndings(t *testing.T) {
	running := func(h *demo.Host) { h.Create("web"); h.Start("web") }
	for _, test := range []struct {
		name    string
		version demo.Version
		happens func(*demo.Host)
		vm      string // active states
		tap     string
		link    bool
		booted  bool
	}{
		{"stop", demo.Version{}, func(h *demo.Host) { running(h); h.Stop("web") }, "", "", false, false},
		{"no shutdown script", demo.Version{}, func(h *demo.Host) {
			g := plain("web")
			g.Hypervisor = "kvmtool"
			h.Write(g)
			running(h)
			h.Stop("web")
		}, "failed", "", false, false},
		{"a leaking version", demo.Version{LeaksTaps: true}, func(h *demo.Host) { running(h); h.Stop("web") }, "", "failed", true, false},
		{"directory deleted, then stopped", demo.Version{}, func(h *demo.Host) { running(h); h.Remove("web"); h.Stop("web") }, "failed", "failed", true, false},
		{"directory deleted, then died", demo.Version{}, func(h *demo.Host) { running(h); h.Remove("web"); h.PowerOff("web") }, "", "failed", true, false},
		{"store collected, then stopped", demo.Version{}, func(h *demo.Host) {
			h.Manual("web", root)
			h.Start("web")
			h.CollectGarbage()
			h.Stop("web")
		}, "failed", "failed", true, false},
		{"guest powers off", demo.Version{}, func(h *demo.Host) { running(h); h.PowerOff("web") }, "active", "active", true, true},
		{"power loss", demo.Version{}, func(h *demo.Host) { running(h); h.PowerLoss() }, "", "", false, true},
		{"reboot", demo.Version{}, func(h *demo.Host) { running(h); h.Reboot() }, "", "", false, false},
		{"undeclared, old nixpkgs", demo.Version{}, func(h *demo.Host) {
			h.Declare("web", demo.ByConfig, true)
			h.Switch()
			h.Undeclare("web")
			h.Switch()
		}, "active", "active", true, true},
		{"undeclared, new nixpkgs", demo.Version{StopsRemoved: true}, func(h *demo.Host) {
			h.Declare("web", demo.ByConfig, true)
			h.Switch()
			h.Undeclare("web")
			h.Switch()
		}, "", "", false, false},
		{"host module removed", demo.Version{}, func(h *demo.Host) { running(h); h.ImportHostModule(false); h.Switch() }, "", "", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHost(test.version, demo.OnRoot)
			test.happens(h)
			s := see(t, h)
			equal(t, "vm", s.active(model.RoleVM, "web"), test.vm)
			equal(t, "tap-interfaces", s.active(model.RoleTap, "web"), test.tap)
			_, link := s.link("vm-web")
			equal(t, "TAP", link, test.link)
			equal(t, "booted", s.hasDir("web") && s.dir("web").Booted != nil, test.booted)
		})
	}
}

// TestDeletedWhileRunning: the hypervisor goes on in a directory without a
// name, on a volume without a name.
func TestDeletedWhileRunning(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Create("web")
	h.Start("web")
	h.Remove("web")
	s := see(t, h)
	p := s.Processes[len(s.Processes)-1]
	equal(t, "deleted", p.Cwd.Deleted, true)
	equal(t, "volume", p.Deleted[0], "/var/lib/microvms/web/data.img")
	equal(t, "roots stay", len(s.GCRoots), 2)
	h.Stop("web")
	u, _ := see(t, h).unit(model.RoleVM, "web")
	equal(t, "result", u.Properties.Result, "exit-code")
}

// TestRename: a VM goes on under its unit's name in a directory of another.
func TestRename(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Create("web")
	h.Start("web")
	id := see(t, h).dir("web").ID
	h.Rename("web", "www")
	s := see(t, h)
	equal(t, "same directory", s.dir("www").ID, id)
	p := s.Processes[len(s.Processes)-1]
	equal(t, "works in", p.Cwd.ID, id)
	equal(t, "path", p.Cwd.Path, "/var/lib/microvms/www")
	equal(t, "unit", s.active(model.RoleVM, "web"), "active")
}

// TestOutside: no unit, no helpers, a TAP that goes with the process.
func TestOutside(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Create("web")
	h.RunOutside("web", 1000)
	s := see(t, h)
	equal(t, "unit", s.active(model.RoleVM, "web"), "")
	tap, _ := s.link("vm-web")
	equal(t, "persistent", tap.Persistent, false)
	equal(t, "owner", tap.Owner, nil)
	h.StopOutside("web")
	_, there := see(t, h).link("vm-web")
	equal(t, "TAP afterwards", there, false)
}

// TestCrashLoop: restarts rise, interfaces are made anew, indices never come
// again.
func TestCrashLoop(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Create("web")
	h.Start("web")
	h.CrashLoop("web", 4*time.Second, 3)
	states := map[string]bool{}
	last := 0
	for range 40 {
		h.Pass(time.Second)
		s := see(t, h)
		u, _ := s.unit(model.RoleVM, "web")
		states[u.Active+"/"+u.Sub] = true
		tap, _ := s.link("vm-web")
		if tap.Index < last {
			t.Fatalf("index %d after %d", tap.Index, last)
		}
		last = tap.Index
		if u.Sub == "auto-restart" {
			equal(t, "exit status", u.Properties.ExecMainStatus, 3)
			equal(t, "carrier", *tap.Carrier, false)
		}
	}
	u, _ := see(t, h).unit(model.RoleVM, "web")
	equal(t, "restarts", u.Properties.Restarts, 4)
	equal(t, "both phases", len(states), 2)
}

// TestInterfaces: tap-up takes an interface of its name away, whoever has it.
func TestInterfaces(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	twin := plain("twin")
	twin.Taps = []model.Raw{"vm-web"}
	h.Write(twin)
	h.Create("web")
	h.Create("twin")
	h.Start("web")
	before, _ := see(t, h).link("vm-web")
	h.Start("twin")
	s := see(t, h)
	after, _ := s.link("vm-web")
	equal(t, "made anew", after.Index > before.Index, true)
	holders := 0
	for _, p := range s.Processes {
		holders += len(p.Holds)
	}
	equal(t, "holders", holders, 1)
}

// TestUnprivileged: what only root reads is missing, and said to be.
func TestUnprivileged(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Create("web")
	h.Start("web")
	h.Keep(model.KindVM, "web", "")
	o := h.ObserveWith(demo.Sight{Unprivileged: true})
	equal(t, "privileged", o.Host.Privileged, false)
	equal(t, "faults", len(o.Faults), 1)
	equal(t, "keep list, which everybody can read", len(o.Keep), 1)
	for _, p := range o.Processes {
		equal(t, "holds", len(p.Holds), 0)
	}
}

// TestSwitchForgetsWhatFailed: switch-to-configuration resets the failed state of
// every unit.
func TestSwitchForgetsWhatFailed(t *testing.T) {
	h := newHost(demo.Version{}, demo.OnRoot)
	h.Declare("web", demo.ByConfig, false)
	h.Create("gone")
	h.Start("gone")
	h.Remove("gone")
	h.Stop("gone")
	equal(t, "after its directory went", see(t, h).active(model.RoleTap, "gone"), "failed")
	h.Switch()
	equal(t, "after a switch", see(t, h).active(model.RoleTap, "gone"), "")
}
