package model_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

const newer = "/nix/store/n-microvm-qemu-web"

func update(h *host, restart bool, built ...model.Built) model.Plan {
	return model.PlanUpdate(h.inventory(), built, restart)
}

// once is a VM that is declared by a flake and then updated on its own.
func (h *host) once(name model.Raw) *host {
	d := flakeOf(name, "git+https://me:s3cret@example.org/x")
	d.Once = true
	return h.flakeDir(name, d.Flake).declare(model.SystemLive, 0, d).declare(model.SystemNewest, 0, d)
}

func TestBuild(t *testing.T) {
	p := model.PlanBuild(newHost().imperative("web").once("db").inventory(), []model.Raw{"web", "db"})
	expectSteps(t, p, "build vm web", "build vm db")
	expectFacts(t, step(t, p, model.StepBuild), model.FactDeclared, model.FactDirectory, model.FactFlake)
	if got := p.Items[1].Steps[0].Target; got != "git+https://***@example.org/x" {
		t.Errorf("builds %q", got)
	}
	if word, count := p.Consent(); word != "" || count != 2 {
		t.Errorf("consent: %q of %d", word, count)
	}
	if got := newHost().once("db").inventory().Flake("db"); got != "git+https://me:s3cret@example.org/x" {
		t.Errorf("flake %q", got)
	}
}

func TestUpdate(t *testing.T) {
	h := newHost().imperative("web").running("web").once("db")
	p := update(h, false, model.Built{VM: "web", Runner: newer}, model.Built{VM: "db", Runner: newer})
	expectSteps(t, p, "switch vm web", "switch vm db")
	s := step(t, p, model.StepSwitch)
	expectFacts(t, s, model.FactDeclared, model.FactDirectory, model.FactCurrent, model.FactFlake)
	if s.Target != newer || s.Undo != "microtui rollback web" || s.Stamp.File != h.dir("web").ID || p.StopAtFailure {
		t.Errorf("step: %+v, stop at failure %v", s, p.StopAtFailure)
	}
	for _, item := range p.Items {
		for _, c := range item.Steps[0].Conditions {
			if strings.Contains(string(c.Value), "s3cret") {
				t.Errorf("%s is %q", c.Fact, c.Value)
			}
		}
	}
	again := update(h, true, model.Built{VM: "web", Runner: newer}, model.Built{VM: "db", Runner: newer})
	expectSteps(t, again, "switch vm web", "restart vm web", "switch vm db")
	expectFacts(t, step(t, again, model.StepRestart), model.FactDirectory, model.FactInvocation, model.FactLosses)
	if !again.StopAtFailure {
		t.Error("restarts go on after one that failed")
	}
}

// TestUpdateCurrent: what is current already needs nothing but, perhaps, a
// restart.
func TestUpdateCurrent(t *testing.T) {
	h := newHost().imperative("web").running("web")
	same := model.Built{VM: "web", Runner: runnerOf("web")}
	for _, restart := range []bool{false, true} {
		p := update(h, restart, same)
		if len(p.Items) != 0 || len(p.Refused) != 1 || p.Refused[0].Reason != "already current" || p.Refused[0].Kind != nil {
			t.Errorf("restart %v: %v, refused %v", restart, steps(p), p.Refused)
		}
	}
	h.dir("web").Booted.Target = "/nix/store/r-microvm-qemu-web-old"
	expectSteps(t, update(h, true, same), "restart vm web")
}

// TestUpdateElsewhere: what runs under its name is the VM of the state directory
// that the units use, and is not restarted for it.
func TestUpdateElsewhere(t *testing.T) {
	h := newHost().imperative("web").running("web")
	h.o.Template.StateDir = "/srv/vms"
	built := model.Built{VM: "web", Runner: newer}
	expectSteps(t, update(h, false, built), "switch vm web")
	expectRefused(t, update(h, true, built), "this is not what is running: the units use /srv/vms, not "+stateDir, model.ErrRefused)
}

// TestUpdateFromNothing: a runner that is gone is nothing to go back to.
func TestUpdateFromNothing(t *testing.T) {
	h := newHost().imperative("web")
	h.dir("web").Current.Dangling = true
	h.runner("web").Missing = true
	s := step(t, update(h, false, model.Built{VM: "web", Runner: newer}), model.StepSwitch)
	if s.Undo != "" || !s.Harmless {
		t.Errorf("undone with %q, harmless %v", s.Undo, s.Harmless)
	}
}

func TestUpdateRefused(t *testing.T) {
	flake := func(ref model.Raw) func(*host) { return func(h *host) { h.dir("web").Flake.Ref = ref } }
	for name, test := range map[string]struct {
		h    *host
		want string
		kind error
	}{
		"declared": {newHost().declared("web"), "declared in the host's NixOS configuration: run nixos-rebuild switch", model.ErrRefused},
		"frozen by the host": {newHost().flakeDir("web", "/nix/store/s-source").declare(model.SystemLive, 0, flakeOf("web", "/nix/store/s-source")),
			"frozen: nixos-rebuild switch installs it from /nix/store/s-source", model.ErrRefused},
		"frozen":        {newHost().imperative("web").do(flake("path:/nix/store/s-source")), "frozen: its flake is path:/nix/store/s-source, which never changes", model.ErrRefused},
		"undeclared":    {newHost().undeclared("web").declared("db"), "no longer declared", model.ErrRefused},
		"deployed":      {newHost().deployed("web"), "no file `flake` to build from: deploy it again", model.ErrRefused},
		"manual":        {newHost().manual("web"), "no file `flake` to build from: build it the way it was built before", model.ErrRefused},
		"unknown":       {newHost().directoryWithFlake("web"), "its origin is unknown", model.ErrRefused},
		"outside":       {newHost().imperative("web").do(func(h *host) { h.looseProcess("microvm@web", "web") }), "is running outside its unit", model.ErrRefused},
		"an option":     {newHost().imperative("web").do(flake("--impure")), "like an option", model.ErrRefused},
		"two lines":     {newHost().imperative("web").do(flake("a\nb")), "more than one line", model.ErrRefused},
		"too long":      {newHost().imperative("web").do(flake("/" + model.Raw(strings.Repeat("x", 1024)))), "longer than 1024", model.ErrRefused},
		"control":       {newHost().imperative("web").do(flake("/a\x1b[2J")), "control characters", model.ErrRefused},
		"empty":         {newHost().imperative("web").do(flake("")), "it is empty", model.ErrRefused},
		"both":          {newHost().imperative("web").do(func(h *host) { h.dir("web").Toplevel = &model.Symlink{} }), "both `toplevel` and `flake`", model.ErrRefused},
		"strange":       {newHost().imperative("web").do(func(h *host) { h.dir("web").Strange = []model.Raw{"flake is a fifo"} }), "flake is a fifo", model.ErrRefused},
		"no current":    {newHost().declared("db").once("web").do(func(h *host) { h.dir("web").Current = nil }), "/web/current is missing", model.ErrRefused},
		"no directory":  {newHost().once("web").removeDir("web"), "/web is missing", model.ErrRefused},
		"who declares":  {newHost().imperative("web").fault(model.SourceSystems), "cannot determine whether web is declared", model.ErrRefused},
		"unknown name":  {newHost(), "unknown VM: web", model.ErrUnknown},
		"not root":      {newHost().imperative("web").do(func(h *host) { h.o.Host.Privileged = false }), "run as root", model.ErrDenied},
		"switching":     {newHost().imperative("web").do(func(h *host) { h.o.Host.Switching = "x" }), "wait until", model.ErrBusy},
		"renamed since": {newHost().do(renamedWeb), "is running from directory moved", model.ErrRefused},
	} {
		expect := func(p model.Plan) {
			t.Helper()
			if len(p.Items) != 0 || len(p.Refused) != 1 || !strings.Contains(string(p.Refused[0].Reason), test.want) || !errors.Is(p.Refused[0].Kind, test.kind) {
				t.Errorf("%s, %s: %v, refused %v, want %q", name, p.Action, steps(p), p.Refused, test.want)
			}
		}
		expect(model.PlanBuild(test.h.inventory(), []model.Raw{"web"}))
		expect(update(test.h, false, model.Built{VM: "web", Runner: newer}))
		if got := model.ReasonFor(test.h.inventory(), model.ActionUpdate, "web"); !strings.Contains(string(got), test.want) {
			t.Errorf("%s: reason %q", name, got)
		}
	}
	for _, runner := range []model.Raw{"", "/tmp/evil", "/nix/store/", "/nix/store/a/../../tmp", "/nix/store/.links", "/nix/store/a\n"} {
		expectRefused(t, update(newHost().imperative("web"), false, model.Built{VM: "web", Runner: runner}), "is not a path in the Nix store", model.ErrRefused)
	}
}

// renamedWeb leaves web running from a directory that is called moved.
func renamedWeb(h *host) {
	h.imperative("moved").main("web", "active", "running")
	h.process("web", model.RoleVM).Cwd.ID = h.dir("moved").ID
}

func TestRollback(t *testing.T) {
	h := newHost().deployed("web").running("web")
	p := model.PlanRollback(h.inventory(), []model.Raw{"web"}, true)
	expectSteps(t, p, "switch vm web", "restart vm web")
	s := step(t, p, model.StepSwitch)
	expectFacts(t, s, model.FactDeclared, model.FactDirectory, model.FactCurrent, model.FactOld)
	if s.Target != runnerOf("web")+"-old" || s.Undo != "microtui rollback web" || !p.StopAtFailure {
		t.Errorf("step: %+v", s)
	}
	for name, test := range map[string]struct {
		spoil func(*host)
		want  string
	}{
		"no older one":   {func(h *host) { h.dir("web").Old, h.dir("web").Flake = nil, nil }, "there is no older runner"},
		"collected":      {func(h *host) { h.runnerAt(runnerOf("web")+"-old", "web").Missing = true }, "no longer exists"},
		"anybody's":      {func(h *host) { h.runnerAt(runnerOf("web")+"-old", "web").Trusted = false }, "is not a root-owned path"},
		"not a runner's": {func(h *host) { h.dir("web").Old.Target = "/tmp/x"; h.runnerAt("/tmp/x", "web") }, "is not a root-owned path"},
		"declared":       {func(h *host) { h.declare(model.SystemLive, 0, configOf("web")) }, "run nixos-rebuild switch"},
		"outside":        {func(h *host) { h.looseProcess("microvm@web", "web") }, "is running outside its unit"},
		"the same":       {func(h *host) { h.dir("web").Old.Target = runnerOf("web") }, "already current"},
	} {
		h := newHost().deployed("web").do(test.spoil)
		p := model.PlanRollback(h.inventory(), []model.Raw{"web"}, false)
		if len(p.Items) != 0 || !strings.Contains(string(p.Refused[0].Reason), test.want) {
			t.Errorf("%s: %v, refused %v, want %q", name, steps(p), p.Refused, test.want)
		}
		if got := model.ReasonFor(h.inventory(), model.ActionRollback, "web"); !strings.Contains(string(got), test.want) {
			t.Errorf("%s: reason %q", name, got)
		}
	}
}

func TestPlanRestart(t *testing.T) {
	h := newHost().imperative("web").running("web").imperative("db").running("db").imperative("off")
	p := model.PlanRestart(h.inventory(), []model.Raw{"web", "off", "db", "none"})
	expectSteps(t, p, "restart vm web", "restart vm db")
	if !p.StopAtFailure || len(p.Refused) != 2 || p.Refused[0].Reason != "it is not running" || p.Refused[0].Kind != nil || !errors.Is(p.Refused[1].Kind, model.ErrUnknown) {
		t.Errorf("refused: %v", p.Refused)
	}
	h.runner("db").Taps = []model.Raw{"vm-web"}
	if p := model.PlanRestart(h.inventory(), []model.Raw{"web"}); len(p.Refused) != 1 || !strings.Contains(string(p.Refused[0].Reason), "db is using interface vm-web") {
		t.Errorf("with a conflict: %v, refused %v", steps(p), p.Refused)
	}
}

func TestPlanReset(t *testing.T) {
	h := newHost().declared("web")
	h.main("web", "failed", "failed")
	p := model.PlanReset(h.inventory(), []model.Raw{"microvm@web.service", "microvm@off.service", "sshd.service"})
	expectSteps(t, p, "reset_failed unit microvm@web.service")
	expectFacts(t, step(t, p, model.StepResetFailed), model.FactUnit)
	if len(p.Refused) != 2 || p.Refused[0].Reason != "microvm@off.service is not failed" || !strings.Contains(string(p.Refused[1].Reason), "not a microvm.nix unit") {
		t.Errorf("refused: %v", p.Refused)
	}
	if vms, loose := p.Locks(); !slices.Equal(vms, []model.Raw{"web"}) || loose {
		t.Errorf("locks %q, loose %v", vms, loose)
	}
}

// TestUpdateUnseen: a VM whose units could not be read may run; to switch it and
// not restart it, though that was asked for, would be told as done.
func TestUpdateUnseen(t *testing.T) {
	h := newHost().imperative("web")
	h.o.Faults = append(h.o.Faults, model.Fault{Source: model.SourceSystemd, Error: "systemd is not on the system bus"})
	p := update(h, true, model.Built{VM: "web", Runner: newer})
	if len(p.Items) > 0 || len(p.Refused) != 1 || !strings.Contains(string(p.Refused[0].Reason), "systemd could not be asked") || !errors.Is(p.Refused[0].Kind, model.ErrRefused) {
		t.Errorf("with a restart: %+v, refused %+v", p.Items, p.Refused)
	}
	if p := model.PlanRollback(h.inventory(), []model.Raw{"web"}, true); len(p.Items) > 0 {
		t.Errorf("rollback: %+v", p.Items)
	}
}
