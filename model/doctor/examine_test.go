package doctor_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/backend/demo"
	"microtui/model"
	"microtui/model/doctor"
)

// TestUnchecked: a rule whose facts are missing says so, once, and goes on with
// what it can see.
func TestUnchecked(t *testing.T) {
	for _, r := range doctor.Rules() {
		for _, source := range r.Needs {
			h := two().fault(source)
			want := "unchecked " + r.ID
			lines := h.findings()
			if n := len(lines) - len(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == want })); n != 1 {
				t.Errorf("%s without %s: said %d times that it is not checked", r.ID, source, n)
			}
		}
	}
	h := two()
	h.o.Host.Privileged = false
	for _, r := range doctor.Rules() {
		if got := slices.Contains(h.findings(), "unchecked "+r.ID); got != r.Root {
			t.Errorf("%s without root: said to be unchecked: %v", r.ID, got)
		}
	}
}

// TestUncheckedStill: what is seen counts where a source was read in part; what
// is not seen proves nothing then.
func TestUncheckedStill(t *testing.T) {
	loop := one().ended("db", "activating", "auto-restart", "exit-code", func(p *model.UnitProperties) {
		p.Restarts, p.ActiveEnter, p.ActiveExit = 9, switched, switched
	}).fault(model.SourceSystemd)
	if !slices.Contains(loop.findings(), "error crash-loop vm db") {
		t.Errorf("a crash loop in units that were read: %v", loop.findings())
	}
	for _, h := range []*host{
		newHost().imperative("edge").macvtap("edge", "eth0", "bridge").fault(model.SourceNetwork),
		one().do(func(h *host) { h.link(model.Link{Name: "vm-db"}).Master = 0 }).fault(model.SourceNetwork),
		newHost().declared("db").fault(model.SourceSystemd),
	} {
		for _, line := range h.findings() {
			if !strings.HasPrefix(line, "unchecked ") {
				t.Errorf("%s, though its source failed", line)
			}
		}
	}
}

// TestOrder: the worst first, then by subject.
func TestOrder(t *testing.T) {
	h := two().undeclared("old").do(func(h *host) {
		h.runner("web").Taps = []model.Raw{"vm-db"}
		h.volume("web").Access.UID, h.volume("web").Access.GID = 0, 0
		h.o.StateDir.Space.Free = 0
		h.dir("db").Files = []model.File{{Name: "supervisord.log", Allocated: 1 << 30}}
	})
	want := []string{
		"error volume-not-writable vm web",
		"error duplicate-interface tap vm-db",
		"warning disk-low host nixhost",
		"warning undeclared-state vm old",
		"info large-supervisord-log vm db",
	}
	if diff := cmp.Diff(want, h.findings()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestApply: the inventory holds the findings, its VMs the rules' ids and a few
// words, and nothing that another inventory shares is written to.
func TestApply(t *testing.T) {
	h := one().imperative("twin").do(func(h *host) { h.runner("twin").Taps = []model.Raw{"vm-db"} })
	plain := model.Interpret(h.o)
	i := h.inventory()
	for n, words := range map[int]model.Raw{0: "vm-db is also claimed by twin", 1: "vm-db is also claimed by db"} {
		if diff := cmp.Diff([]string{"duplicate-interface"}, i.VMs[n].Findings); diff != "" {
			t.Error(diff)
		}
		if !slices.Contains(i.VMs[n].Notes, words) {
			t.Errorf("notes of %s: %q", i.VMs[n].Name, i.VMs[n].Notes)
		}
	}
	if len(i.Findings) != 1 || i.Findings[0].Fix != nil || len(plain.VMs[0].Findings) != 0 {
		t.Errorf("%+v", i.Findings)
	}
	before := len(i.VMs[0].Notes)
	doctor.Apply(&i)
	if len(i.VMs[0].Notes) != before || len(i.VMs[0].Findings) != 1 {
		t.Errorf("applied twice: %q, %q", i.VMs[0].Notes, i.VMs[0].Findings)
	}
}

// TestApplyKeepsTheReason: what is noted of another part of a VM is not the
// reason of its verdict.
func TestApplyKeepsTheReason(t *testing.T) {
	const loose = model.Raw("vm-old is on no bridge")
	h := one().undeclared("old").running("old").do(func(h *host) { h.link(model.Link{Name: "vm-old"}).Master = 0 })
	i := h.inventory()
	at := slices.IndexFunc(i.VMs, func(vm model.VM) bool { return vm.Name == "old" })
	old := i.VMs[at]
	if old.Verdict != model.VerdictOrphan || !slices.Contains(old.Notes, loose) || old.Why == "" || old.Why == loose || !slices.Contains(old.Notes, old.Why) {
		t.Errorf("%s, because %q, of %q", old.Verdict, old.Why, old.Notes)
	}
}

// TestApplyNotesErrorsFirst: where there is room for one note, it is the one
// about the error.
func TestApplyNotesErrorsFirst(t *testing.T) {
	const older, missing = model.Raw("running an older runner than current"), model.Raw("macvtap mv-edge has no mode")
	i := newHost().imperative("edge").macvtap("edge", "eno1", "").inventory()
	at := slices.IndexFunc(i.VMs, func(vm model.VM) bool { return vm.Name == "edge" })
	i.VMs[at].Notes = []model.Raw{older, missing}
	for range 2 {
		doctor.Apply(&i)
		if got := i.VMs[at].Notes; !slices.Equal(got, []model.Raw{missing, older}) {
			t.Errorf("notes: %q", got)
		}
	}
}

// TestFixAll: one plan for all VMs that a switch left with old secrets.
func TestFixAll(t *testing.T) {
	h := two().declared("api").running("api").secrets("db").secrets("web")
	for i := range h.o.Processes {
		if s := h.o.Processes[i].Serves; s != nil && s.Source == "/run/secrets" {
			s.ID = h.source("/run/secrets").ID
		}
	}
	h.generation(8, switched)
	found := h.inventory().Findings
	want := &model.Fix{Action: model.ActionRestart, Refs: []model.Ref{{Kind: model.KindVM, Name: "db"}, {Kind: model.KindVM, Name: "web"}}}
	if diff := cmp.Diff(want, doctor.FixAll(found, "stale-share")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if fix := doctor.FixAll(found, "secrets-share"); fix != nil {
		t.Errorf("%+v", fix)
	}
}

// TestRecorded: a recorded observation has the same findings.
func TestRecorded(t *testing.T) {
	h := two().secrets("web").do(func(h *host) {
		h.directory("hand", 0)
		h.runner("web").Taps = []model.Raw{"vm-db"}
	})
	h.generation(8, switched)
	text, err := json.Marshal(h.o)
	if err != nil {
		t.Fatal(err)
	}
	var back model.Observation
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	found := h.inventory().Findings
	if diff := cmp.Diff(found, doctor.Interpret(back).Findings); diff != "" || len(found) < 4 {
		t.Errorf("%d findings, -want +got\n%s", len(found), diff)
	}
}

// TestUnreadSystem: what a system that cannot be read declares is not known.
func TestUnreadSystem(t *testing.T) {
	h := one()
	h.system(model.SystemNewest).Path, h.system(model.SystemNewest).Fault = "/nix/store/s43-nixos", "permission denied"
	lines := h.findings()
	for _, want := range []string{"unchecked host-and-guest-modules", "unchecked no-gcroot"} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is not among %q", want, lines)
		}
	}
}

// TestEveryFindingIsComplete: each says what, on what grounds, and what to do.
func TestEveryFindingIsComplete(t *testing.T) {
	for _, test := range slices.Concat(leftoverTroubles(), moduleTroubles(), shareTroubles(), macvtapTroubles(),
		networkTroubles(), lifecycleTroubles(), runnerTroubles(), storageTroubles()) {
		for _, f := range test.host.inventory().Findings {
			r, known := doctor.Find(f.Rule)
			switch {
			case !known:
				t.Errorf("%s/%s: no rule %q", test.rule, test.name, f.Rule)
			case f.Unchecked:
				t.Errorf("%s/%s: %s: %s", test.rule, test.name, f.Rule, f.Summary)
			case !slices.Contains(r.Kinds, f.Subject.Kind):
				t.Errorf("%s: a subject of kind %s", f.Rule, f.Subject.Kind)
			case f.Summary == "" || strings.HasSuffix(string(f.Summary), "."), len(f.Evidence) == 0, len(f.Advice) == 0, len(f.Advice) > 3:
				t.Errorf("%s: %+v", f.Rule, f)
			case len(f.Notes) > 0 && len(f.Notes) != len(f.VMs):
				t.Errorf("%s: %d notes for %d VMs", f.Rule, len(f.Notes), len(f.VMs))
			}
			for _, line := range slices.Concat([]model.Raw{f.Summary}, f.Evidence, f.Advice, f.Notes) {
				if strings.Contains(string(line), "%!") || strings.Contains(string(line), "\n") || strings.HasSuffix(string(line), ": ") {
					t.Errorf("%s: %q", f.Rule, line)
				}
			}
		}
	}
}

// TestDemo: on the populated demo host, the troubles that it was given.
func TestDemo(t *testing.T) {
	var lines []string
	for _, f := range doctor.Interpret(demo.New(1).Observe()).Findings {
		lines = append(lines, fmt.Sprintf("%s %s %s %s", f.Severity, f.Rule, f.Subject.Kind, f.Subject.Name))
	}
	want := []string{
		"error crash-loop vm crash",
		"error share-source-missing vm mail",
		"error macvtap-mode-missing vm media",
		"error stale-share vm web",
		"warning no-gcroot vm ci",
		"warning drifted vm grafana",
		"warning helper-failed vm mail",
		"warning undeclared-state vm old-web",
		"warning undeclared-state vm queue",
		"warning undeclared-running vm removed",
		"warning runs-outside vm scratch",
		"warning interface-unconnected vm vault",
		"warning failed-unit-without-vm unit microvm-macvtap-interfaces@gone.service",
		"warning failed-unit-without-vm unit microvm-set-booted@gone.service",
		"warning failed-unit-without-vm unit microvm-tap-interfaces@gone.service",
		"warning failed-unit-without-vm unit microvm@gone.service",
		"warning duplicate-interface tap vm-db",
		"warning leaked-interface tap vm-gone",
		"warning leaked-interface macvtap mv-gone",
		"info reboot-needed vm stale",
		"info secrets-share vm web",
		"info dangling-gcroot gcroot booted-gone",
		"info dangling-gcroot gcroot gone",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// healthy is a host of many VMs of all kinds on which nothing is wrong.
func healthy(vms int) *host {
	h := newHost()
	for n := range vms {
		name := model.Raw(fmt.Sprintf("vm%04d", n))
		if n%5 == 1 {
			h.imperative(name)
		} else {
			h.declared(name)
		}
		if n%5 != 1 || n%2 == 0 {
			h.running(name)
		}
		h.runner(name).MACs = []model.Raw{model.Raw(fmt.Sprintf("02:00:00:00:%02x:%02x", n/256, n%256))}
		h.runner(name).VsockCID = ptr(uint32(n + 3))
	}
	return h
}

// TestHealthy: nothing is said of a host of 300 VMs on which nothing is wrong;
// of one where some were removed, only that.
func TestHealthy(t *testing.T) {
	if lines := healthy(300).findings(); len(lines) > 0 {
		t.Errorf("%d findings: %q", len(lines), lines[:min(len(lines), 5)])
	}
	findings := doctor.Interpret(demo.Sized(1, 300).Observe()).Findings
	for _, f := range findings {
		if f.Rule != "undeclared-running" {
			t.Errorf("%s %s %s: %s", f.Severity, f.Rule, f.Subject.Name, f.Summary)
		}
	}
	if len(findings) != 300/20 {
		t.Errorf("%d VMs are left behind, want %d", len(findings), 300/20)
	}
}

// TestHostile: names that are no text change nothing but the text.
func TestHostile(t *testing.T) {
	name := model.Raw("\x1b[31m\xff%s\n")
	h := one().imperative(name).do(func(h *host) { h.runner("db").Taps = []model.Raw{"vm-" + name} })
	h.o.Systems[0].Autostart = append(h.o.Systems[0].Autostart, name+"2")
	for _, f := range h.inventory().Findings {
		for _, line := range slices.Concat([]model.Raw{f.Summary}, f.Evidence, f.Advice) {
			if strings.Contains(string(line), "%!") {
				t.Errorf("%q", line)
			}
		}
	}
}

func BenchmarkExamine(b *testing.B) {
	o := healthy(300).o
	i := model.Interpret(o)
	b.Run("Interpret", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			model.Interpret(o)
		}
	})
	b.Run("Examine", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if found := doctor.Examine(i); len(found) > 0 {
				b.Fatal(found[0])
			}
		}
	})
	b.Run("Apply", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			fresh := i
			doctor.Apply(&fresh)
		}
	})
}
