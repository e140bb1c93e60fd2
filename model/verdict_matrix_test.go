package model_test

import (
	"testing"

	"microtui/model"
)

// The axes of the matrix: where a VM is declared, how its directory looks,
// and what is wrong with the facts. A trait says by itself whether it allows
// the verdict orphan; a VM is an orphan exactly when all of them do.
type trait struct {
	name   string
	orphan bool
	apply  func(h *host)
}

func declaredIn(kind model.SystemKind, generation int) func(h *host) {
	return func(h *host) {
		h.declare(kind, generation, model.Declaration{Name: "x", Runner: runnerOf("x"),
			Flake: "/nix/store/x-source", Toplevel: configOf("x").Toplevel})
	}
}

var whereDeclared = []trait{
	{"live", false, declaredIn(model.SystemLive, 0)},
	{"newest", false, declaredIn(model.SystemNewest, 0)},
	{"specialisation", false, declaredIn(model.SystemSpecialisation, 0)},
	{"profile", false, declaredIn(model.SystemProfile, 0)},
	{"generation", true, declaredIn(model.SystemGeneration, newest-1)},
	{"newer-generation", false, declaredIn(model.SystemGeneration, newest+1)},
	{"nowhere", false, func(h *host) {}},
}

var styles = []trait{
	{"toplevel", true, func(h *host) { h.toplevelDir("x") }},
	{"declared-flake", true, func(h *host) {
		h.flakeDir("x", "git+https://example.org/x")
		for i := range h.o.Systems {
			for j := range h.o.Systems[i].Declared {
				h.o.Systems[i].Declared[j].Flake = "git+https://example.org/x"
			}
		}
	}},
	{"flake-store-path", true, func(h *host) { h.flakeDir("x", "/nix/store/x-source") }},
	{"toplevel-of-another", false, func(h *host) {
		h.toplevelDir("x")
		h.dir("x").Toplevel.Target = "/nix/store/t-nixos-system-y"
	}},
	{"flake-edited", false, func(h *host) { h.flakeDir("x", "git+https://example.org/mine") }},
	{"flake-without-newline", false, func(h *host) {
		h.flakeDir("x", "/nix/store/x-source")
		h.dir("x").Flake.Newline = false
	}},
	{"toplevel-and-flake", false, func(h *host) {
		h.toplevelDir("x")
		h.dir("x").Flake = &model.Flake{Ref: "/nix/store/x-source", Newline: true, UID: microvmUID}
	}},
	{"updated-since", false, func(h *host) {
		h.flakeDir("x", "/nix/store/x-source")
		h.dir("x").Current.Target = "/nix/store/r-microvm-qemu-later"
	}},
	{"none", false, func(h *host) { h.directory("x", microvmUID) }},
	{"old", false, func(h *host) {
		h.toplevelDir("x")
		h.dir("x").Old = &model.Symlink{Target: runnerOf("x")}
	}},
	{"hostile", false, func(h *host) {
		h.toplevelDir("x")
		h.dir("x").Strange = []model.Raw{"flake is a fifo"}
	}},
	{"unreadable", false, func(h *host) {
		h.toplevelDir("x")
		h.dir("x").Fault = "input/output error"
	}},
}

var rootedAs = []trait{
	{"no-root", true, func(h *host) {}},
	{"root", false, func(h *host) { h.root("x", "x", "current").root("booted-x", "x", "booted") }},
	{"old-root", false, func(h *host) { h.root("old-x", "x", "old") }},
	{"booted-root", false, func(h *host) { h.root("booted-x", "x", "booted") }},
	{"root-elsewhere", false, func(h *host) { h.rootTo("x", "/srv/old-place/x/current") }},
	{"root-of-another", true, func(h *host) { h.root("booted-x", "booted-x", "current") }},
}

var owners = []trait{
	{"microvm", true, func(h *host) {}},
	{"root", false, func(h *host) { h.dir("x").UID = 0 }},
	{"root-current", false, func(h *host) { h.dir("x").Current.UID = 0 }},
	{"later-current", false, func(h *host) { h.dir("x").Current.Modified = now }},
}

var troubles = []trait{
	{"none", true, func(h *host) {}},
	{"running", true, func(h *host) { h.running("x") }},
	{"autostart", false, func(h *host) { h.autostart("x") }},
	{"keep", false, func(h *host) { h.keep(model.KindVM, "x") }},
	{"keep-dir", false, func(h *host) { h.keep(model.KindStateDir, "x") }},
	{"keep-another", true, func(h *host) { h.keep(model.KindVM, "y").keep(model.KindTap, "x") }},
	{"outside", false, func(h *host) { h.looseProcess("microvm@x", "x") }},
	{"switching", false, func(h *host) { h.o.Host.Switching = "nixos-rebuild (412)" }},
	{"no-template", false, func(h *host) { h.o.Template = nil }},
	{"other-template-dir", false, func(h *host) { h.o.Template.StateDir = "/srv/vms" }},
	{"network-fs", false, func(h *host) { h.o.StateDir.Network = true }},
	{"unmounted", false, func(h *host) { h.unmounted(stateDir) }},
	{"unmounted-above", false, func(h *host) { h.unmounted("/var/lib") }},
	{"unmounted-data", false, func(h *host) { h.unmounted(stateDir + "/x/data") }},
	{"unmounted-of-another", true, func(h *host) { h.unmounted(stateDir + "/y/data").unmounted(stateDir + "/xy") }},
	{"mounted", true, func(h *host) {
		h.o.StateDir.Mounts = []model.Mount{{Unit: "var-lib.mount", Where: "/var/lib", Active: true}}
	}},
	{"slash", true, func(h *host) { h.o.StateDir.Path = stateDir + "/" }},
	{"no-live-system", false, func(h *host) { h.o.Systems = h.o.Systems[1:] }},
	{"live-unread", false, func(h *host) { h.system(model.SystemLive, 0).Fault = "EACCES" }},
	{"newest-unread", false, func(h *host) { h.system(model.SystemNewest, 0).Fault = "EACCES" }},
	{"specialisation-unread", false, func(h *host) { h.system(model.SystemSpecialisation, 0).Fault = "EACCES" }},
	{"profile-unread", false, func(h *host) { h.system(model.SystemProfile, 0).Fault = "EACCES" }},
	{"removing-generation-unread", false, func(h *host) {
		h.system(model.SystemGeneration, newest).Fault = "collected"
		h.system(model.SystemNewest, 0).Generation = 0
	}},
	{"older-generation-unread", true, func(h *host) { h.system(model.SystemGeneration, 7).Fault = "collected" }},
	{"newer-generation-unread", false, func(h *host) { h.system(model.SystemGeneration, newest+2).Fault = "EACCES" }},
	{"emptied", false, func(h *host) {
		h.declare(model.SystemGeneration, newest-1, configOf("y"))
		h.o.Systems[0].Declared, h.o.Systems[1].Declared, h.o.Systems[2].Declared = nil, nil, nil
	}},
}

// faultTraits: a source on which the verdict rests makes it unclear, any other
// changes nothing.
func faultTraits() []trait {
	var traits []trait
	for source, orphan := range map[model.Source]bool{
		model.SourceSystemd: false, model.SourceSystems: false, model.SourceStateDir: false, model.SourceRunners: false,
		model.SourceGCRoots: false, model.SourceProcesses: false, model.SourceKeep: false, model.SourceHost: false,
		model.SourceNetwork: true, model.SourceNetdevs: true, model.SourceHolders: true, model.SourceUsage: true,
	} {
		traits = append(traits, trait{"fault-" + string(source), orphan, func(h *host) { h.fault(source) }})
	}
	return append(traits, trait{"fault-that-says-nothing", false, func(h *host) {
		h.o.Faults = []model.Fault{{Source: model.SourceSystems}}
	}})
}

// Nothing with a gcroot link, a declaration that counts, autostart, a keep
// entry, an unreadable source or a state directory in doubt is ever an orphan;
// and what has none of these, and proof, always is.
func TestVerdictMatrix(t *testing.T) {
	cases := 0
	for _, where := range whereDeclared {
		for _, style := range styles {
			for _, root := range rootedAs {
				for _, owner := range owners {
					for _, trouble := range append(troubles, faultTraits()...) {
						traits := []trait{where, style, root, owner, trouble}
						checkTraits(t, traits)
						cases++
					}
				}
			}
		}
	}
	t.Logf("%d cases", cases)
}

func checkTraits(t *testing.T, traits []trait) {
	h := newHost()
	// Another VM is declared: the configuration was not emptied.
	h.declare(model.SystemLive, 0, configOf("other")).declare(model.SystemNewest, 0, configOf("other"))
	want, name := true, ""
	for _, trait := range traits {
		trait.apply(h)
		want = want && trait.orphan
		name += "/" + trait.name
	}
	i := h.inventory()
	checkPlans(t, name, h, i)
	for _, vm := range i.VMs {
		if vm.Name != "x" {
			continue
		}
		if got := vm.Verdict == model.VerdictOrphan; got != want {
			t.Errorf("%s: %s (%s), want orphan: %v", name, vm.Verdict, vm.Evidence, want)
		}
		if len(vm.Evidence) == 0 {
			t.Errorf("%s: %s without evidence", name, vm.Verdict)
		}
		if vm.Verdict == model.VerdictOrphan && vm.RemovedIn == nil {
			t.Errorf("%s: an orphan that was never removed", name)
		}
		return
	}
	t.Errorf("%s: not listed: %v", name, h.verdicts())
}
