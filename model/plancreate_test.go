package model_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"microtui/model"
)

const fleet = "git+https://me:s3cret@example.org/x"

func create(h *host, name model.Raw) model.Plan {
	return model.PlanCreate(h.inventory(), []model.Built{{VM: name, Runner: newer}}, fleet)
}

func TestBuildNew(t *testing.T) {
	p := model.PlanBuildNew(newHost().inventory(), "web", fleet)
	expectSteps(t, p, "build vm web")
	s := step(t, p, model.StepBuild)
	expectFacts(t, s, model.FactName)
	if s.Target != "git+https://***@example.org/x" || s.Flake != fleet {
		t.Errorf("builds %q, shown as %q", s.Flake, s.Target)
	}
	if word, _ := p.Consent(); word != "" || !p.Items[0].Undoable() {
		t.Errorf("a build needs %q", word)
	}
	if vm, flake := p.Items[0].NewVM(); vm != "web" || flake != fleet {
		t.Errorf("it is about %q of %q", vm, flake)
	}
	other := model.PlanBuildNew(newHost().inventory(), "web", "git+https://me:other@example.org/x")
	if p.Digest() == other.Digest() {
		t.Error("other credentials make no other plan")
	}
}

func TestCreate(t *testing.T) {
	h := newHost()
	p := create(h, "web")
	expectSteps(t, p, "create vm web")
	s := step(t, p, model.StepCreate)
	expectFacts(t, s, model.FactName)
	if s.Target != newer || s.Flake != fleet || s.Undo != "microtui purge web" || s.VM != "web" {
		t.Errorf("step: %+v", s)
	}
	if vms, loose := p.Locks(); loose || len(vms) != 1 || vms[0] != "web" {
		t.Errorf("locks %v", vms)
	}
	if word, _ := p.Consent(); word != "" {
		t.Errorf("it needs %q", word)
	}
	for _, line := range p.Items[0].Evidence {
		if strings.Contains(string(line), "s3cret") {
			t.Errorf("it shows %s", line)
		}
	}
	h.imperative("web")
	if left := model.Differences(h.inventory(), s); len(left) != 1 || left[0].Fact != model.FactName {
		t.Errorf("once there is a web: %v", left)
	}
	p = model.PlanCreate(newHost().inventory(), []model.Built{{VM: "web", Runner: "/tmp/x"}}, fleet)
	expectRefused(t, p, "not a path in the Nix store", model.ErrRefused)
}

// TestNamesOfNewVMs: no name that something has, had, or may have.
func TestNamesOfNewVMs(t *testing.T) {
	purged := model.TrashEntry{ID: "1", Name: "web", Kind: model.KindVM, From: stateDir + "/web"}
	for name, test := range map[string]struct {
		h    *host
		want string // empty: it is free
		kind error
	}{
		"free":                        {newHost().imperative("db"), "", nil},
		"free on an empty host":       {newHost(), "", nil},
		"in autostart":                {newHost().autostart("web"), "", nil},
		"on the keep list":            {newHost().keep(model.KindVM, "web"), "", nil},
		"declared":                    {newHost().declared("web"), "already declared in the host's NixOS configuration (the live system", model.ErrRefused},
		"declared, not installed":     {newHost().declared("web").removeDir("web"), "already declared", model.ErrRefused},
		"imperative":                  {newHost().imperative("web"), "/var/lib/microvms/web is there", model.ErrRefused},
		"undeclared":                  {newHost().undeclared("web"), "is there", model.ErrRefused},
		"a directory":                 {newHost().do(func(h *host) { h.directory("web", 0).Current = nil }), "holds no VM", model.ErrRefused},
		"a file":                      {newHost().do(func(h *host) { h.o.StateDir.Other = []model.File{{Name: "web", Type: "file"}} }), "is not a directory", model.ErrRefused},
		"running without a directory": {newHost().imperative("db").do(func(h *host) { h.main("web", "active", "running") }), "microvm@web.service is running", model.ErrRefused},
		"in the trash":                {newHost().do(func(h *host) { h.o.Trash = []model.TrashEntry{purged} }), "microtui restore web", model.ErrRefused},
		"in another trash": {newHost().do(func(h *host) {
			purged.From = "/srv/vms/web"
			h.o.Trash = []model.TrashEntry{purged}
		}), "", nil},
		"a root is left":          {newHost().imperative("db").root("old-web", "web", "old"), "gcroot link old-web is left of an earlier web", model.ErrRefused},
		"another's root":          {newHost().imperative("db").rootTo("web", "/srv/x"), "gcroot link web points to /srv/x", model.ErrRefused},
		"a root named alike":      {newHost().imperative("booted-web"), "gcroot link booted-web points to", model.ErrRefused},
		"not mounted":             {newHost().unmounted("/var/lib/microvms"), "not mounted", model.ErrRefused},
		"its own disk is not":     {newHost().imperative("db").unmounted("/var/lib/microvms/web"), "not mounted", model.ErrRefused},
		"no host module":          {newHost().do(func(h *host) { h.o.Template = nil }), "does not import microvm.nix's host module", model.ErrRefused},
		"no state directory":      {newHost().do(func(h *host) { h.o.StateDir.Exists = false }), "does not exist", model.ErrRefused},
		"other units":             {newHost().do(func(h *host) { h.o.Template.StateDir = "/srv/vms" }), "the units use /srv/vms", model.ErrRefused},
		"an unread trash":         {newHost().fault(model.SourceTrash), "cannot determine whether the name web is free: trash", model.ErrRefused},
		"an unread system":        {newHost().fault(model.SourceSystems), "cannot determine", model.ErrRefused},
		"unread roots":            {newHost().fault(model.SourceGCRoots), "cannot determine", model.ErrRefused},
		"an unread state dir":     {newHost().fault(model.SourceStateDir), "cannot determine", model.ErrRefused},
		"systemd does not answer": {newHost().fault(model.SourceSystemd), "cannot determine", model.ErrRefused},
		"not root":                {newHost().do(func(h *host) { h.o.Host.Privileged = false }), "run as root", model.ErrDenied},
		"while a system switches": {newHost().do(func(h *host) { h.o.Host.Switching = "nixos-rebuild (process 7)" }), "wait until it is done", model.ErrBusy},
	} {
		t.Run(name, func(t *testing.T) {
			why := model.ReasonFor(test.h.inventory(), model.ActionCreate, "web")
			for _, p := range []model.Plan{create(test.h, "web"), model.PlanBuildNew(test.h.inventory(), "web", fleet)} {
				if test.want == "" && (len(p.Items) != 1 || why != "") {
					t.Errorf("refused: %v, %q", p.Refused, why)
				}
				if test.want != "" {
					expectRefused(t, p, test.want, test.kind)
					if why != p.Refused[0].Reason {
						t.Errorf("the reason is %q, the plan says %q", why, p.Refused[0].Reason)
					}
				}
			}
		})
	}
	for _, name := range []model.Raw{"", ".", "a b", "a/b", "-x", ".x"} {
		expectRefused(t, create(newHost(), name), "not a valid VM name", model.ErrRefused)
	}
}

func TestFlakeOfNewVM(t *testing.T) {
	for flake, want := range map[model.Raw]string{
		"":                                "it is empty",
		"x#y":                             "names an attribute",
		"./here":                          "relative path",
		"--impure":                        "begins with a dash",
		"git+https://me:s3cret@a.org/x#y": "git+https://***@a.org/x#y cannot be built from",
	} {
		expectRefused(t, model.PlanBuildNew(newHost().inventory(), "web", flake), want, model.ErrRefused)
	}
	p := model.PlanBuildNew(newHost().inventory(), "web", "/nix/store/xhm43x28b8biz9lrk7v4n8d9zwcj3ds3-source")
	if len(p.Items) != 1 || len(p.Items[0].Cautions) != 1 {
		t.Errorf("a store path: %+v", p)
	}
}

func TestOffered(t *testing.T) {
	offered := []model.Raw{"db", "web"}
	if err := model.CheckOffered("web", fleet, offered); err != nil {
		t.Error(err)
	}
	err := model.CheckOffered("wbe", fleet, offered)
	if !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), "https://***@example.org/x has no nixosConfigurations.wbe; it has db, web") {
		t.Error(err)
	}
	if err := model.CheckOffered("web", fleet, nil); !strings.Contains(err.Error(), "it has none") {
		t.Error(err)
	}
}

func TestAbsoluteFlake(t *testing.T) {
	for ref, want := range map[model.Raw]model.Raw{
		".":                       "/home/me",
		"./vms":                   "/home/me/vms",
		"../vms?dir=a":            "/home/vms?dir=a",
		"path:./vms":              "path:/home/me/vms",
		"git+file:vms?ref=x":      "git+file:/home/me/vms?ref=x",
		"git+file:///etc/nixos":   "git+file:///etc/nixos",
		"/etc/nixos":              "/etc/nixos",
		"github:o/r":              "github:o/r",
		"nixpkgs":                 "nixpkgs",
		"?dir=a":                  "?dir=a",
		"https://a.org/x?y=./z":   "https://a.org/x?y=./z",
		"":                        "",
		"path:/etc/nixos?dir=./x": "path:/etc/nixos?dir=./x",
	} {
		if got := model.AbsoluteFlake(ref, "/home/me"); got != want {
			t.Errorf("%q is %q, not %q", ref, got, want)
		}
	}
}

// TestCreatedIsKept: what a plan makes is what microvm -c makes, and is judged so.
func TestCreatedIsKept(t *testing.T) {
	h := newHost()
	h.directory("web", 0).Flake = &model.Flake{Ref: fleet}
	h.dir("web").Current = &model.Symlink{Target: h.runner("web").Path}
	h.root("web", "web", "current").root("booted-web", "web", "booted")
	h.o.BuiltFrom = []model.BuiltFrom{model.NewBuiltFrom(stateDir, "web", fleet, time.Time{})}
	if vm := h.vm(t, "web"); vm.Origin != model.OriginImperative || vm.Verdict != model.VerdictKept {
		t.Errorf("it is %s and %s", vm.Origin, vm.Verdict)
	}
	if p := model.PlanBuild(h.inventory(), []model.Raw{"web"}); len(p.Items) != 1 || len(p.Items[0].Cautions) > 0 {
		t.Errorf("its first update: %+v", p)
	}
}

func TestUsualFlake(t *testing.T) {
	if got := model.UsualFlake(newHost().inventory()); got != "git+file:///etc/nixos" {
		t.Errorf("without VMs it is %q", got)
	}
	h := newHost().imperative("a").imperative("b").imperative("c").imperative("d").imperative("e")
	for name, ref := range map[model.Raw]model.Raw{
		"a": "github:o/r", "b": fleet, "c": fleet, "d": "/nix/store/xhm43x28b8biz9lrk7v4n8d9zwcj3ds3-source", "e": "#",
	} {
		h.dir(name).Flake.Ref = ref
	}
	if got := model.UsualFlake(h.inventory()); got != "github:o/r" {
		t.Errorf("it is %q", got)
	}
}
