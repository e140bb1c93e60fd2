package model_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/model"
)

type verdicts = map[string]model.Verdict

const (
	kept    = model.VerdictKept
	orphan  = model.VerdictOrphan
	suspect = model.VerdictSuspect
	unclear = model.VerdictUnclear
	foreign = model.VerdictForeign
)

// What remains after what happened, case by case (docs/facts.md, "What stays
// behind").
func TestVerdicts(t *testing.T) {
	tests := []struct {
		name string
		host *host
		want verdicts
	}{
		{"an empty host", newHost(), verdicts{}},
		{"one of each that is wanted, stopped",
			newHost().declared("db").imperative("api").deployed("web").manual("hand"),
			verdicts{"vm db": kept, "vm api": kept, "vm web": kept, "vm hand": kept}},
		{"one of each that is wanted, running",
			newHost().declared("db").running("db").imperative("api").running("api").deployed("web").running("web").manual("hand").running("hand"),
			verdicts{"vm db": kept, "vm api": kept, "vm web": kept, "vm hand": kept}},
		{"declared, not yet installed", newHost().declare(model.SystemLive, 0, configOf("new")), verdicts{"vm new": kept}},
		{"rebuild pending: declared in the newest only",
			newHost().toplevelDir("x").declare(model.SystemNewest, 0, configOf("x")), verdicts{"vm x": kept}},

		{"(a) removed from the configuration, still running",
			newHost().declared("db").undeclared("gone").running("gone"), verdicts{"vm db": kept, "vm gone": orphan}},
		{"(a) removed, stopped by the switch",
			newHost().declared("db").undeclared("gone"), verdicts{"vm db": kept, "vm gone": orphan}},
		{"(a) removed, its runner collected",
			newHost().declared("db").undeclared("gone").do(func(h *host) {
				h.runner("gone").Missing = true
				h.dir("gone").Current.Dangling = true
			}), verdicts{"vm db": kept, "vm gone": orphan}},
		{"(a) removed, the install unit lingers as failed",
			newHost().declared("db").do(func(h *host) {
				h.unit("install-microvm-gone.service", "failed", "failed").Load = "not-found"
			}), verdicts{"vm db": kept, "unit install-microvm-gone.service": orphan}},
		{"(a) removed, then handed over to microvm -u",
			newHost().declared("db").undeclared("gone").do(func(h *host) {
				h.dir("gone").Current = &model.Symlink{Target: "/nix/store/built-by-hand", UID: 0}
			}), verdicts{"vm db": kept, "vm gone": suspect}},
		{"(a) removed, then kept by microvm.autostart",
			newHost().declared("db").undeclared("gone").autostart("gone"), verdicts{"vm db": kept, "vm gone": kept}},
		{"(a) removed, then deployed over SSH",
			newHost().declared("db").undeclared("gone").do(func(h *host) { h.dir("gone").Current.UID = 0 }).
				root("gone", "gone", "current").root("booted-gone", "gone", "booted").root("old-gone", "gone", "old"),
			verdicts{"vm db": kept, "vm gone": kept}},
		{"(a) removed, and every generation that knew it collected",
			newHost().declared("db").toplevelDir("gone"), verdicts{"vm db": kept, "vm gone": suspect}},

		{"(b) rm -rf after a stop: links, failed states and a TAP stay",
			newHost().declared("db").imperative("api").removeDir("api").do(func(h *host) {
				h.main("api", "failed", "failed")
				h.unit("microvm-tap-interfaces@api.service", "failed", "failed")
				h.tap("vm-api")
			}), verdicts{"vm db": kept, "gcroot api": orphan, "gcroot booted-api": orphan, "unit microvm@api.service": orphan,
				"unit microvm-tap-interfaces@api.service": orphan, "tap vm-api": orphan}},
		{"(b) rm -rf while it runs, nothing open",
			newHost().declared("db").undeclared("gone").running("gone").deleteUnderneath("gone"),
			verdicts{"vm db": kept, "vm gone": orphan}},
		{"(b) rm -rf while it runs, kept on purpose before",
			newHost().declared("db").imperative("api").running("api").deleteUnderneath("api"),
			verdicts{"vm db": kept, "vm api": suspect}},
		{"(b) rm -rf while it runs, in autostart",
			newHost().declared("db").undeclared("gone").running("gone").autostart("gone").deleteUnderneath("gone"),
			verdicts{"vm db": kept, "vm gone": kept}},
		{"(b) and what it holds open would be lost",
			newHost().declared("db").undeclared("gone").running("gone").deleteUnderneath("gone").do(func(h *host) {
				h.o.Processes[0].Deleted = []model.Raw{"data.img"}
			}), verdicts{"vm db": kept, "vm gone": suspect}},
		{"(b) and its share daemon holds a deleted file",
			newHost().declared("db").undeclared("gone").running("gone").deleteUnderneath("gone").do(func(h *host) {
				p := h.process("gone", model.RoleVirtiofsd)
				p.Cwd, p.Deleted = &model.ProcessDir{Path: "/"}, []model.Raw{"home/mail"}
			}), verdicts{"vm db": kept, "vm gone": suspect}},
		{"(b) and nobody can see what it holds",
			newHost().declared("db").undeclared("gone").running("gone").deleteUnderneath("gone").fault(model.SourceHolders),
			verdicts{"vm db": kept, "vm gone": unclear}},
		{"(b) and where it works cannot be seen",
			newHost().declared("db").undeclared("gone").running("gone").deleteUnderneath("gone").do(func(h *host) {
				h.process("gone", model.RoleVM).Cwd = nil
			}), verdicts{"vm db": kept, "vm gone": unclear}},
		{"a VM whose directory is a link: it is there, and not followed",
			newHost().declared("db").running("far").do(func(h *host) {
				h.o.StateDir.Other = []model.File{{Name: "far", Type: "link"}}
			}), verdicts{"vm db": kept, "vm far": unclear}},

		{"(c) the host module is gone",
			newHost().undeclared("gone").imperative("api").do(func(h *host) { h.o.Template = nil }),
			verdicts{"vm gone": unclear, "vm api": kept}},

		{"every VM fell out of the configuration at once",
			newHost().undeclared("a").undeclared("b").imperative("api"),
			verdicts{"vm a": unclear, "vm b": unclear, "vm api": kept}},
		{"the last declared VM was removed", newHost().undeclared("a").imperative("api"), verdicts{"vm a": orphan, "vm api": kept}},
		{"rolled back to before it was declared",
			newHost().declared("db").toplevelDir("x").declare(model.SystemGeneration, newest+1, configOf("x")),
			verdicts{"vm db": kept, "vm x": unclear}},
		{"the state directory is not mounted",
			newHost().declared("db").imperative("api").running("api").removeDir("api").removeDir("db"),
			verdicts{"vm db": kept, "vm api": unclear}},

		{"restored: the owners changed",
			newHost().declared("db").undeclared("gone").do(func(h *host) { h.dir("gone").UID = 1000 }),
			verdicts{"vm db": kept, "vm gone": suspect}},
		{"copied under a new name", newHost().declared("db").undeclared("gone").toplevelDir("copy"),
			verdicts{"vm db": kept, "vm gone": orphan, "vm copy": suspect}},
		{"a flake as microvm -c writes it, its link lost",
			newHost().declared("db").do(func(h *host) { h.directory("api", 0).Flake = &model.Flake{Ref: "."} }),
			verdicts{"vm db": kept, "vm api": unclear}},
		{"renamed while it runs: one VM, unclear",
			newHost().declared("db").undeclared("gone").running("gone").do(func(h *host) { h.dir("gone").Name = "moved" }),
			verdicts{"vm db": kept, "vm gone": unclear}},
		{"renamed while it runs, and NixOS installed it anew before it went",
			newHost().declared("db").undeclared("gone").running("gone").do(func(h *host) { h.dir("gone").Name = "moved" }).toplevelDir("gone"),
			verdicts{"vm db": kept, "vm gone": unclear, "vm moved": unclear}},
		{"rolled back, and its directory deleted while it runs",
			newHost().declared("db").running("x").deleteUnderneath("x").declare(model.SystemGeneration, newest+1, configOf("x")),
			verdicts{"vm db": kept, "vm x": unclear}},
		{"renamed while it runs, and another made in its place",
			newHost().declared("db").undeclared("gone").running("gone").do(func(h *host) { h.dir("gone").Name = "moved" }).imperative("gone"),
			verdicts{"vm db": kept, "vm gone": kept, "vm moved": unclear}},
		{"names that microvm.nix does not make",
			newHost().declared("db").undeclared("-rf").undeclared("a b").undeclared("é"),
			verdicts{"vm db": kept, "vm -rf": unclear, "vm a b": unclear, "vm é": unclear}},
		{"names that mean something elsewhere",
			newHost().declared("db").undeclared("template-web").undeclared("booted-db").undeclared("db.service"),
			verdicts{"vm db": kept, "vm template-web": orphan, "vm booted-db": orphan, "vm db.service": orphan}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.host.verdicts()); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

// A renamed directory is listed once however many processes work in it, and
// the same each time.
func TestTwoDirectoriesOfOneUnit(t *testing.T) {
	build := func() *host {
		h := newHost().declared("db").imperative("one").imperative("two")
		h.main("ghost", "active", "running")
		for _, name := range []model.Raw{"one", "two"} {
			h.looseProcess("microvm@ghost", name).Cgroup = "/system.slice/microvm@ghost.service"
		}
		return h
	}
	want := build().inventory()
	if len(want.VMs) != 3 { // db, ghost from one of the directories, and the other
		t.Errorf("listed: %v", build().verdicts())
	}
	for range 20 {
		if diff := cmp.Diff(want, build().inventory(), cmpopts.IgnoreUnexported(model.Inventory{})); diff != "" {
			t.Fatalf("the same observation gave another inventory:\n%s", diff)
		}
	}
}

func TestEvidenceOfRemoval(t *testing.T) {
	vm := newHost().declared("db").undeclared("gone").vm(t, "gone")
	if vm.RemovedIn == nil || *vm.RemovedIn != newest {
		t.Errorf("removed in %v, want %d", vm.RemovedIn, newest)
	}
	if want := model.Raw("declared in generation 41, gone since generation 42 of 3 November 2026"); vm.Evidence[0] != want {
		t.Errorf("evidence is %q, want %q", vm.Evidence[0], want)
	}
	if want := model.Raw("orphan: declared until generation 41"); len(vm.Notes) == 0 || vm.Notes[0] != want {
		t.Errorf("notes are %q, want %q", vm.Notes, want)
	}
}

// Every doubt is told, not the first alone.
func TestEvidenceOfDoubt(t *testing.T) {
	h := newHost().declared("db").undeclared("gone").fault(model.SourceGCRoots).fault(model.SourceKeep)
	h.o.Faults = append(h.o.Faults, model.Fault{Source: model.SourceKeep, Error: "second"})
	h.o.Host.Switching = "switch-to-configuration (77)"
	all := ""
	for _, e := range h.vm(t, "gone").Evidence {
		all += string(e) + "\n"
	}
	for _, want := range []string{"gcroots could not be read", "keep could not be read: permission denied; second", "switch-to-configuration (77)"} {
		if !strings.Contains(all, want) {
			t.Errorf("evidence lacks %q:\n%s", want, all)
		}
	}
}

// The inventory never changes what was read.
func TestInterpretIsPure(t *testing.T) {
	build := func() *host {
		return newHost().declared("db").running("db").undeclared("gone").imperative("api").deployed("web")
	}
	h := build()
	h.inventory()
	if diff := cmp.Diff(build().o, h.o); diff != "" {
		t.Errorf("the observation changed:\n%s", diff)
	}
}
