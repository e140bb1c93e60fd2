package model_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

// steps writes what a plan does, a word or two each: "stop vm db".
func steps(p model.Plan) []string {
	var words []string
	for _, item := range p.Items {
		for _, s := range item.Steps {
			words = append(words, fmt.Sprintf("%s %s %s", s.Action, s.Ref.Kind, s.Ref.Name))
		}
	}
	return words
}

func expectSteps(t *testing.T, p model.Plan, want ...string) {
	t.Helper()
	if got := steps(p); !slices.Equal(got, want) {
		t.Errorf("steps:\n%s\nwant:\n%s\nrefused: %v", strings.Join(got, "\n"), strings.Join(want, "\n"), p.Refused)
	}
}

func expectRefused(t *testing.T, p model.Plan, want string, kind error) {
	t.Helper()
	if len(p.Items) != 0 || len(p.Refused) != 1 {
		t.Fatalf("%d items, refused %v, want only: %s", len(p.Items), p.Refused, want)
	}
	if got := p.Refused[0]; !strings.Contains(string(got.Reason), want) || !errors.Is(got.Kind, kind) {
		t.Errorf("refused with %q (%v), want %q (%v)", got.Reason, got.Kind, want, kind)
	}
}

// step is the only step of an action.
func step(t *testing.T, p model.Plan, action model.StepAction) model.Step {
	t.Helper()
	for _, item := range p.Items {
		for _, s := range item.Steps {
			if s.Action == action {
				return s
			}
		}
	}
	t.Fatalf("no step %s in %v", action, steps(p))
	return model.Step{}
}

func facts(s model.Step) []model.Fact {
	var facts []model.Fact
	for _, c := range s.Conditions {
		facts = append(facts, c.Fact)
	}
	return facts
}

func expectFacts(t *testing.T, s model.Step, want ...model.Fact) {
	t.Helper()
	if got := facts(s); !slices.Equal(got, want) {
		t.Errorf("%s rests on %q, want %q", s.Action, got, want)
	}
}

func purge(h *host, names ...model.Raw) model.Plan {
	return model.PlanPurge(h.inventory(), names, model.PurgeOptions{})
}

// TestPurgeRunning: what an earlier step changes is no condition of a later
// one.
func TestPurgeRunning(t *testing.T) {
	h := newHost().imperative("web").running("web")
	h.dir("web").Bytes = ptr(uint64(4096))
	p := purge(h, "web")
	expectSteps(t, p,
		"stop vm web", "quarantine state_dir web", "delete_link tap vm-web",
		"remove_root gcroot web", "remove_root gcroot booted-web",
		"reset_failed unit microvm-set-booted@web.service", "reset_failed unit microvm-tap-interfaces@web.service", "reset_failed unit microvm@web.service")
	expectFacts(t, step(t, p, model.StepStop), model.FactDeclared, model.FactKept, model.FactSystem, model.FactState, model.FactLosses, model.FactInvocation)
	expectFacts(t, step(t, p, model.StepQuarantine), model.FactDeclared, model.FactKept, model.FactSystem, model.FactDirectory, model.FactCurrent, model.FactMount, model.FactUsed)
	expectFacts(t, step(t, p, model.StepDeleteLink), model.FactDeclared, model.FactKept, model.FactSystem, model.FactIndex, model.FactLinkKind, model.FactOwner)
	expectFacts(t, step(t, p, model.StepRemoveRoot), model.FactDeclared, model.FactKept, model.FactSystem, model.FactTarget)
	expectFacts(t, step(t, p, model.StepResetFailed))

	stopped := newHost().imperative("web")
	stopped.tap("vm-web")
	stopped.main("web", "failed", "failed").Properties.Result = "exit-code"
	q := purge(stopped, "web")
	expectSteps(t, q, "quarantine state_dir web", "delete_link tap vm-web",
		"remove_root gcroot web", "remove_root gcroot booted-web", "reset_failed unit microvm@web.service")
	expectFacts(t, step(t, q, model.StepQuarantine), model.FactDeclared, model.FactKept, model.FactSystem, model.FactDirectory, model.FactCurrent, model.FactMount, model.FactUsed, model.FactState)
	expectFacts(t, step(t, q, model.StepDeleteLink), model.FactDeclared, model.FactKept, model.FactSystem, model.FactIndex, model.FactLinkKind, model.FactOwner, model.FactHeld)
	expectFacts(t, step(t, q, model.StepResetFailed), model.FactUnit)

	for name, undo := range map[model.StepAction]model.Raw{
		model.StepStop: "microtui start web", model.StepQuarantine: "microtui restore web",
		model.StepRemoveRoot: "ln -s /var/lib/microvms/web/current /nix/var/nix/gcroots/microvm/web",
	} {
		if got := step(t, p, name).Undo; got != undo {
			t.Errorf("%s is undone with %q, want %q", name, got, undo)
		}
	}
	if now, later := p.Freed(); now != 0 || later != 4096 || p.FreedText() != "frees 4.0K once the trash is emptied" {
		t.Errorf("frees %d now and %d later: %s", now, later, p.FreedText())
	}
	if vms, loose := p.Locks(); !slices.Equal(vms, []model.Raw{"web"}) || loose {
		t.Errorf("locks %q, loose %v", vms, loose)
	}
}

// TestPurgeStamps: each step says which thing it means.
func TestPurgeStamps(t *testing.T) {
	h := newHost().imperative("web").running("web")
	p := purge(h, "web")
	tap := h.tap("vm-web")
	if got := step(t, p, model.StepDeleteLink).Stamp; got.Index != tap.Index || got.LinkKind != "tun" || *got.Owner != microvmUID {
		t.Errorf("link: %+v", got)
	}
	if got := step(t, p, model.StepQuarantine).Stamp.File; got != h.dir("web").ID {
		t.Errorf("directory: %+v", got)
	}
	if got := step(t, p, model.StepRemoveRoot).Stamp.Target; got != stateDir+"/web/current" {
		t.Errorf("root: %+v", got)
	}
	if got := step(t, p, model.StepStop).Stamp.Invocation; got == "" {
		t.Error("the stop has no invocation")
	}
}

// TestPurgeConsent: a proven orphan goes with a y, a VM that somebody may want
// with its name, and what is not kept in the trash always with a name.
func TestPurgeConsent(t *testing.T) {
	orphan := newHost().undeclared("gone").declared("db")
	suspect := newHost().toplevelDir("gone").declared("db")
	kept := newHost().imperative("gone")
	for name, test := range map[string]struct {
		h    *host
		now  bool
		word model.Raw
	}{
		"orphan": {orphan, false, ""}, "orphan for good": {orphan, true, "gone"}, "running orphan": {newHost().undeclared("gone").declared("db").running("gone"), false, ""},
		"suspect": {suspect, false, "gone"}, "kept": {kept, false, "gone"}, "kept for good": {kept, true, "gone"},
		"ghost":     {newHost().declared("db").undeclared("gone").running("gone").deleteUnderneath("gone"), false, "gone"},
		"directory": {newHost().declared("db").do(func(h *host) { h.directory("gone", 0).Current = nil }), false, "gone"},
	} {
		p := model.PlanPurge(test.h.inventory(), []model.Raw{"gone"}, model.PurgeOptions{Now: test.now})
		if len(p.Items) != 1 {
			t.Errorf("%s: refused %v", name, p.Refused)
			continue
		}
		if word, count := p.Consent(); word != test.word || count != 1 {
			t.Errorf("%s: word %q of %d, want %q", name, word, count, test.word)
		}
		has := slices.ContainsFunc(p.Items[0].Steps, func(s model.Step) bool { return s.Action == model.StepDelete })
		if has != test.now {
			t.Errorf("%s: deleted for good: %v", name, has)
		}
	}
	both := model.PlanPurge(newHost().imperative("a").imperative("b").inventory(), []model.Raw{"a", "b", "a"}, model.PurgeOptions{})
	if word, count := both.Consent(); word != "2" || count != 2 {
		t.Errorf("two: word %q of %d", word, count)
	}
}

// TestPurgeForGood: the bytes count once, and at once.
func TestPurgeForGood(t *testing.T) {
	h := newHost().imperative("web")
	h.dir("web").Bytes = ptr(uint64(4096))
	p := model.PlanPurge(h.inventory(), []model.Raw{"web"}, model.PurgeOptions{Now: true})
	expectSteps(t, p, "quarantine state_dir web", "delete state_dir web", "remove_root gcroot web", "remove_root gcroot booted-web")
	if now, later := p.Freed(); now != 4096 || later != 0 || p.FreedText() != "frees 4.0K" {
		t.Errorf("frees %d now and %d later: %s", now, later, p.FreedText())
	}
	expectFacts(t, step(t, p, model.StepDelete), model.FactDeclared, model.FactKept, model.FactSystem)
}

func TestPurgeProof(t *testing.T) {
	p := purge(newHost().undeclared("gone").declared("db").running("gone"), "gone")
	for _, action := range []model.StepAction{model.StepStop, model.StepQuarantine} {
		if !slices.Contains(step(t, p, action).Conditions, model.Condition{Fact: model.FactVerdict, Value: "orphan"}) {
			t.Errorf("%s does not rest on the proof: %v", action, step(t, p, action).Conditions)
		}
	}
	item := p.Items[0]
	if item.Removed != "generation 42 of 3 November 2026" || !item.Running || item.HeldBy != "process 1001 (qemu-system-x86)" || len(item.Evidence) == 0 {
		t.Errorf("item: %+v", item)
	}
}

// TestPurgeGhost: a VM without a directory has nothing to put into the trash,
// and cannot be started again.
func TestPurgeGhost(t *testing.T) {
	h := newHost().declared("db").undeclared("gone").running("gone").deleteUnderneath("gone")
	p := purge(h, "gone")
	expectSteps(t, p, "stop vm gone", "delete_link tap vm-gone", "reset_failed unit microvm-set-booted@gone.service",
		"reset_failed unit microvm-tap-interfaces@gone.service", "reset_failed unit microvm@gone.service")
	if s := step(t, p, model.StepStop); s.Undo != "" || s.Harmless {
		t.Errorf("the stop is undone with %q, harmless %v", s.Undo, s.Harmless)
	}
}

// TestPurgeLoop: of a VM that crashes in a loop the plan is the same at each
// moment.
func TestPurgeLoop(t *testing.T) {
	loop := func(active, sub string, index int) model.Plan {
		h := newHost().imperative("web").running("web")
		unit := badly(h.main("web", active, sub))
		unit.Properties.Restarts, unit.Properties.Invocation = 9, fmt.Sprint(index)
		unit.Properties.ActiveEnter, unit.Properties.ActiveExit = now.Add(-1e9), now.Add(-2e9)
		h.unit("microvm-tap-interfaces@web.service", map[bool]string{true: "active", false: "inactive"}[index%2 == 0], "")
		h.tap("vm-web").Index = index
		return purge(h, "web")
	}
	first, second := loop("active", "running", 20), loop("activating", "auto-restart", 31)
	if first.Digest() != second.Digest() {
		t.Errorf("the plan changes from one life to the next:\n%v\n%v", first.Items, second.Items)
	}
	expectFacts(t, step(t, first, model.StepStop), model.FactDeclared, model.FactKept, model.FactSystem, model.FactState, model.FactLosses)
	for _, s := range steps(first) {
		if strings.HasPrefix(s, "delete_link") {
			t.Errorf("%s is made anew at any moment", s)
		}
	}
}

func TestPurgeRefused(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*host)
		want  string
		kind  error
	}{
		"declared": {func(h *host) { h.declare(model.SystemLive, 0, configOf("web")) },
			"declared in the live system: remove it from the configuration and run nixos-rebuild switch", model.ErrRefused},
		"declared by the next system": {func(h *host) { h.declare(model.SystemNewest, 0, configOf("web")) }, "declared in the newest system profile", model.ErrRefused},
		"kept":                        {func(h *host) { h.keep(model.KindVM, "web") }, "on the keep list: wanted: microtui keep --drop web first", model.ErrRefused},
		"directory kept":              {func(h *host) { h.keep(model.KindStateDir, "web") }, "on the keep list: wanted: microtui keep --drop --kind state_dir web first", model.ErrRefused},
		"outside":                     {func(h *host) { h.looseProcess("microvm@web", "web") }, "web is running outside its unit: end process 1001 first", model.ErrRefused},
		"switching":                   {func(h *host) { h.o.Host.Switching = "nixos-rebuild (412)" }, "nixos-rebuild (412): wait until it is done", model.ErrBusy},
		"not root":                    {func(h *host) { h.o.Host.Privileged = false }, "run as root", model.ErrDenied},
		"another directory in use":    {func(h *host) { h.o.Template.StateDir = "/srv/vms" }, "the units use /srv/vms", model.ErrRefused},
		"unmounted":                   {func(h *host) { h.unmounted(stateDir) }, "is not mounted", model.ErrRefused},
		"unmounted inside":            {func(h *host) { h.unmounted(stateDir + "/web/data") }, "/web/data is not mounted (x.mount is inactive): mount it first", model.ErrRefused},
		"mounted inside": {func(h *host) {
			h.o.StateDir.Mounts = []model.Mount{{Unit: "x.mount", Where: stateDir + "/web/data", Active: true}}
		}, "/web/data is mounted inside its directory", model.ErrRefused},
		"live system unread": {func(h *host) { h.system(model.SystemLive, 0).Fault = "EACCES" }, "cannot determine whether web is declared: the declarations of the live system could not be read: EACCES", model.ErrRefused},
		"no live system":     {func(h *host) { h.o.Systems = h.o.Systems[1:] }, "cannot determine whether web is declared", model.ErrRefused},
		"directory unread":   {func(h *host) { h.dir("web").Fault = "EIO" }, "its directory could not be read: EIO", model.ErrRefused},
		"not identified":     {func(h *host) { h.dir("web").ID = model.FileID{} }, "was not recorded", model.ErrRefused},
		"renamed": {func(h *host) {
			h.directory("new", 0)
			h.main("web", "active", "running")
			p := h.process("web", model.RoleVM)
			p.Cwd.ID = h.dir("new").ID
		}, "is running from directory new", model.ErrRefused},
		"renamed away": {func(h *host) {
			h.main("old", "active", "running")
			h.process("old", model.RoleVM).Cwd.ID = h.dir("web").ID
		}, "microvm@old.service is running from /var/lib/microvms/web, which was renamed since", model.ErrRefused},
		"gone":   {func(h *host) { h.removeDir("web") }, "unknown VM: web", model.ErrUnknown},
		"a link": {func(h *host) { h.removeDir("web").o.StateDir.Other = []model.File{{Name: "web", Type: "link"}} }, "is not a directory (link)", model.ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost().imperative("web")
			if p := purge(h, "web"); len(p.Refused) > 0 {
				t.Fatalf("without it: %v", p.Refused)
			}
			expectRefused(t, purge(h.do(test.spoil), "web"), test.want, test.kind)
			if got := model.ReasonFor(h.inventory(), model.ActionPurge, "web"); !strings.Contains(string(got), test.want) {
				t.Errorf("reason: %q", got)
			}
		})
	}
}

func TestPurgeReadOnly(t *testing.T) {
	i := newHost().imperative("web").inventory()
	i.ReadOnly = "read-only"
	expectRefused(t, model.PlanPurge(i, []model.Raw{"web"}, model.PurgeOptions{}), "read-only", model.ErrRefused)
}

// TestPurgeSources: what could not be read could have shown that it is wanted.
func TestPurgeSources(t *testing.T) {
	for source, refused := range map[model.Source]bool{
		model.SourceSystemd: true, model.SourceSystems: true, model.SourceStateDir: true, model.SourceKeep: true, model.SourceGCRoots: true,
		model.SourceHost: true, model.SourceProcesses: true,
		model.SourceNetwork: false, model.SourceUsage: false, model.SourceTrash: false, model.SourceRunners: false,
	} {
		p := purge(newHost().imperative("web").fault(source), "web")
		if got := len(p.Refused) > 0; got != refused {
			t.Errorf("%s could not be read: refused %v: %v", source, got, p.Refused)
		}
	}
}

func TestPurgeNames(t *testing.T) {
	for _, name := range []model.Raw{"", "..", "a/b", "-rf", "a b", "a\x1b[2J", "web\n"} {
		h := newHost()
		if name != "" {
			h.directory(name, 0)
		}
		expectRefused(t, purge(h, name), "is not a valid VM name", model.ErrRefused)
	}
}

// TestPurgeLeaves: what the configuration and other places still hold.
func TestPurgeLeaves(t *testing.T) {
	h := newHost().imperative("web").autostart("web")
	h.runner("web").Volumes = []model.Raw{"root.img", "/srv/data.img"}
	want := []model.Raw{"volume /srv/data.img: it is outside its directory", "microvm.autostart names web: remove it from the configuration"}
	if got := purge(h, "web").Items[0].Left; !slices.Equal(got, want) {
		t.Errorf("left: %q, want %q", got, want)
	}
}

func TestPurgeDirectory(t *testing.T) {
	h := newHost().declared("db").root("rest", "rest", "current")
	h.directory("rest", 0).Current = nil
	h.unit("microvm-virtiofsd@rest.service", "active", "running")
	p := purge(h, "rest")
	expectSteps(t, p, "stop vm rest", "quarantine state_dir rest", "remove_root gcroot rest", "reset_failed unit microvm-virtiofsd@rest.service")
	if item := p.Items[0]; item.Ref != (model.Ref{Kind: model.KindStateDir, Name: "rest"}) || item.ConfirmWord != "rest" || item.Verdict != model.VerdictUnclear || len(item.Evidence) == 0 {
		t.Errorf("item: %+v", item)
	}
}

// TestPurgeNamesWhatStays: volumes and shares that lie outside the directory are
// not purged, and the plan says so; the store is nobody's.
func TestPurgeNamesWhatStays(t *testing.T) {
	h := newHost().declared("db").undeclared("gone").do(func(h *host) {
		r := h.runner("gone")
		r.Volumes = []model.Raw{"data.img", "/srv/img/gone.img"}
		r.Shares = []model.Share{
			{Tag: "ro-store", Source: "/nix/store"}, {Tag: "own", Source: "persist"}, {Tag: "up", Source: "../shared"}, {Tag: "home", Source: "/srv/home"},
			{Tag: "named", Source: stateDir + "/gone/named"},
		}
	})
	p := purge(h, "gone")
	if len(p.Items) != 1 {
		t.Fatalf("%+v", p.Refused)
	}
	var left []string
	for _, text := range p.Items[0].Left {
		if path, _, found := strings.Cut(string(text), ": it is outside its directory"); found {
			left = append(left, path)
		}
	}
	if diff := cmp.Diff([]string{"volume /srv/img/gone.img", "share ../shared", "share /srv/home"}, left); diff != "" {
		t.Errorf("left alone, of %q: (-want +got)\n%s", p.Items[0].Left, diff)
	}
}
