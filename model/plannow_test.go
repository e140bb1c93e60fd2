package model_test

import (
	"strings"
	"testing"

	"microtui/model"
)

func vmStep(name model.Raw) model.Step {
	return model.Step{Ref: model.Ref{Kind: model.KindVM, Name: name}, VM: name}
}

func stepOf(kind model.Kind, name model.Raw) model.Step {
	return model.Step{Ref: model.Ref{Kind: kind, Name: name}}
}

// TestNow: each fact, and what changes it.
func TestNow(t *testing.T) {
	web := vmStep("web")
	for _, test := range []struct {
		fact   model.Fact
		step   model.Step
		was    string
		change func(*host)
		is     string
	}{
		{model.FactDeclared, web, "", func(h *host) {
			h.declare(model.SystemLive, 0, configOf("web")).declare(model.SystemNewest, 0, configOf("web"))
		}, "the live system, the newest system profile"},
		{model.FactDeclared, stepOf(model.KindGCRoot, "booted-web"), "", func(h *host) { h.declare(model.SystemLive, 0, configOf("web")) }, "the live system"},
		{model.FactDeclared, stepOf(model.KindUnit, "microvm-virtiofsd@web.service"), "", func(h *host) { h.declare(model.SystemLive, 0, configOf("web")) }, "the live system"},
		{model.FactDeclared, web, "", func(h *host) { h.system(model.SystemNewest, 0).Fault = "EIO" }, "unknown: the declarations of the newest system profile could not be read: EIO"},
		{model.FactDeclared, web, "", func(h *host) { h.fault(model.SourceSystems) }, "unknown: systems could not be read: permission denied"},
		{model.FactKept, web, "", func(h *host) { h.keep(model.KindVM, "web") }, "on the keep list: wanted"},
		{model.FactKept, stepOf(model.KindStateDir, "web"), "", func(h *host) { h.keep(model.KindVM, "web") }, "on the keep list: wanted"},
		{model.FactKept, stepOf(model.KindTap, "vm-web"), "", func(h *host) { h.keep(model.KindTap, "vm-web") }, "on the keep list: wanted"},
		{model.FactKept, web, "", func(h *host) { h.fault(model.SourceKeep) }, "unknown: permission denied"},
		{model.FactVerdict, web, "kept", func(h *host) { h.o.GCRoots = nil }, "unclear"},
		{model.FactVerdict, stepOf(model.KindStateDir, "web"), "kept", func(h *host) { h.o.GCRoots = nil }, "unclear"},
		{model.FactVerdict, stepOf(model.KindTap, "leak"), "orphan", func(h *host) { h.tap("leak").Owner = ptr(uint32(0)) }, "foreign"},
		{model.FactVerdict, stepOf(model.KindTap, "none"), "", func(h *host) { h.tap("none") }, "orphan"},
		{model.FactState, web, "running", func(h *host) { h.main("web", "failed", "failed") }, "failed"},
		{model.FactState, vmStep("none"), "stopped", func(h *host) { h.main("none", "active", "running") }, "running"},
		{model.FactState, web, "running", func(h *host) { h.o.Units = nil; h.fault(model.SourceSystemd) }, "unknown"},
		{model.FactInvocation, web, "0123456789abcdef0123456789abcdef", func(h *host) { h.main("web", "active", "running").Properties.Invocation = "ff" }, "ff"},
		{model.FactDirectory, web, "1:101", func(h *host) { h.dir("web").ID = model.FileID{Dev: 0xfd00, Ino: 17} }, "fd00:17"},
		{model.FactDirectory, web, "1:101", func(h *host) { h.removeDir("web") }, ""},
		{model.FactDirectory, web, "1:101", func(h *host) { h.removeDir("web").fault(model.SourceStateDir) }, "unknown: permission denied"},
		{model.FactCurrent, web, string(runnerOf("web")), func(h *host) { h.dir("web").Current.Target = "/nix/store/x" }, "/nix/store/x"},
		{model.FactCurrent, web, string(runnerOf("web")), func(h *host) { h.dir("web").Fault = "EIO" }, "unknown: EIO"},
		{model.FactOld, web, "", func(h *host) { h.dir("web").Old = &model.Symlink{Target: "/nix/store/x"} }, "/nix/store/x"},
		{model.FactFlake, web, "git+file:///etc/nixos", func(h *host) { h.dir("web").Flake = nil }, ""},
		{model.FactMount, web, "", func(h *host) { h.dir("web").Mounted = true }, "yes"},
		{model.FactMount, web, "", func(h *host) {
			h.o.StateDir.Mounts = []model.Mount{{Unit: "x.mount", Where: stateDir + "/web/data", Active: true}}
		}, "yes"},
		{model.FactIndex, stepOf(model.KindTap, "leak"), "10", func(h *host) { h.tap("leak").Index = 31 }, "31"},
		{model.FactIndex, stepOf(model.KindTap, "none"), "", func(h *host) { h.fault(model.SourceNetwork) }, "unknown: permission denied"},
		{model.FactLinkKind, stepOf(model.KindTap, "leak"), "tun", func(h *host) { h.tap("leak").Kind = "veth" }, "veth"},
		{model.FactOwner, stepOf(model.KindTap, "leak"), "990", func(h *host) { h.tap("leak").Owner = nil }, ""},
		{model.FactOwner, stepOf(model.KindMacvtap, "mv"), "990", func(h *host) { h.macvtap("mv").DeviceOwner = ptr(uint32(3)) }, "3"},
		{model.FactHeld, stepOf(model.KindTap, "leak"), "", func(h *host) { h.looseProcess("qemu", "x").Holds = []model.Raw{"leak"} }, "process 1002 (qemu-system-x86)"},
		{model.FactHeld, stepOf(model.KindTap, "leak"), "", func(h *host) { h.tap("leak").Carrier = ptr(true) }, "somebody: its carrier is on"},
		{model.FactHeld, stepOf(model.KindTap, "leak"), "", func(h *host) { h.fault(model.SourceHolders) }, "unknown: permission denied"},
		{model.FactTarget, stepOf(model.KindGCRoot, "web"), stateDir + "/web/current", func(h *host) { h.o.GCRoots[0].Target = "/elsewhere" }, "/elsewhere"},
		{model.FactTarget, stepOf(model.KindGCRoot, "none"), "", func(h *host) { h.fault(model.SourceGCRoots) }, "unknown: permission denied"},
		{model.FactUnit, stepOf(model.KindUnit, "microvm@web.service"), "active", func(h *host) { h.main("web", "failed", "failed") }, "failed"},
		{model.FactUnit, stepOf(model.KindUnit, "microvm@web.service"), "active", func(h *host) { h.main("web", "inactive", "dead") }, ""},
		{model.FactProcess, stepOf(model.KindProcess, "1001"), "1001", func(h *host) { h.o.Processes[0].Started = 5 }, "5"},
		{model.FactProcess, stepOf(model.KindProcess, "1001"), "1001", func(h *host) { h.o.Processes = nil }, ""},
		{model.FactEntry, stepOf(model.KindTrash, "t.1"), "1:9", func(h *host) { h.o.Trash[0].Missing = true }, "missing"},
		{model.FactEntry, stepOf(model.KindTrash, "t.2"), "", func(h *host) { h.fault(model.SourceTrash) }, "unknown: permission denied"},
		{model.FactPlace, stepOf(model.KindTrash, "t.1"), "free", func(h *host) { h.directory("old", 0) }, stateDir + "/old already exists"},
		{model.FactPlace, stepOf(model.KindTrash, "t.1"), "free", func(h *host) { h.fault(model.SourceStateDir) }, "unknown: permission denied"},
		{model.FactVolumes, web, "web/a.img 1:7", func(h *host) { h.o.VolumeFiles[0].ID.Ino = 8 }, "web/a.img 1:8"},
		{model.FactVolumes, web, "web/a.img 1:7", func(h *host) { h.o.VolumeFiles[0].Exists = false }, "web/a.img none"},
		{model.FactVolumes, web, "web/a.img 1:7", func(h *host) { h.o.VolumeFiles[0].Fault = "EIO" }, "unknown: volume web/a.img"},
		{model.FactSnapshot, stepOf(model.KindSnapshot, "s.1"), "1 volume of web, 2026-11-21 09:00 UTC", func(h *host) { h.o.Snapshots[0].Deleting = true }, "being deleted"},
		{model.FactSnapshot, stepOf(model.KindSnapshot, "s.2"), "", func(h *host) { h.fault(model.SourceSnapshots) }, "unknown: permission denied"},
		{model.FactSystem, web, "/nix/store/s42-nixos", func(h *host) { h.system(model.SystemNewest, 0).Path = "/nix/store/s43-nixos" }, "/nix/store/s43-nixos"},
		{"colour", web, "unknown: there is no such fact", func(h *host) {}, "unknown: there is no such fact"},
	} {
		h := newHost().declared("db").imperative("web")
		h.dir("web").ID.Ino = 101
		h.tap("leak")
		h.running("web").macvtap("mv")
		h.volume("web", "a.img", false).image(stateDir+"/web/a.img", isFile(7))
		h.o.Snapshots = []model.Snapshot{{ID: "s.1", VM: "web", At: now, Files: []model.SnapshotFile{{Path: "web/a.img"}}}}
		h.o.Trash = []model.TrashEntry{{ID: "t.1", Name: "old", Kind: model.KindVM, From: stateDir + "/old", Directory: model.FileID{Dev: 1, Ino: 9}}}
		if got := h.inventory().Now(test.step, test.fact); string(got) != test.was {
			t.Errorf("%s of %s: %q, want %q", test.fact, test.step.Ref.Name, got, test.was)
		}
		if got := h.do(test.change).inventory().Now(test.step, test.fact); string(got) != test.is {
			t.Errorf("%s of %s afterwards: %q, want %q", test.fact, test.step.Ref.Name, got, test.is)
		}
	}
}

// TestNowWithoutFacts: an inventory that was not made from an observation
// knows nothing, and so allows nothing.
func TestNowWithoutFacts(t *testing.T) {
	i := model.Inventory{Host: model.Host{Privileged: true}, VMs: []model.VM{{Name: "web", Origin: model.OriginManual}}}
	if got := i.Now(vmStep("web"), model.FactDeclared); !strings.HasPrefix(string(got), "unknown: ") {
		t.Errorf("declared: %q", got)
	}
	expectRefused(t, model.PlanPurge(i, []model.Raw{"web"}, model.PurgeOptions{}), "cannot determine whether web is declared", model.ErrRefused)
}

// TestNowHidesCredentials: they are not shown, and others make a difference.
func TestNowHidesCredentials(t *testing.T) {
	flake := func(ref model.Raw) model.Raw {
		h := newHost().imperative("web")
		h.dir("web").Flake.Ref = ref
		return h.inventory().Now(vmStep("web"), model.FactFlake)
	}
	one, other := flake("git+https://me:s3cret@h/x?ref=main"), flake("git+https://me:0ther@h/x?ref=main")
	if one == other || strings.Contains(string(one), "s3cret") || !strings.HasPrefix(string(one), "git+https://***@h/x?ref=main (sha256 ") {
		t.Errorf("shown as %q and %q", one, other)
	}
}

// TestDifferences: what is gone already needs no step, and nothing else passes.
func TestDifferences(t *testing.T) {
	h := newHost().declared("db").root("dead", "dead", "current")
	h.tap("leak")
	p := model.PlanCleanUp(h.inventory(), model.CleanUpOptions{})
	expectSteps(t, p, "delete_link tap leak", "remove_root gcroot dead")
	link, root := step(t, p, model.StepDeleteLink), step(t, p, model.StepRemoveRoot)
	for name, test := range map[string]struct {
		change func(*host)
		step   model.Step
		want   string
	}{
		"nothing":      {func(h *host) {}, link, ""},
		"made anew":    {func(h *host) { h.tap("leak").Index = 99 }, link, "tap leak: index was 10, is now 99"},
		"taken over":   {func(h *host) { h.tap("leak").Owner = ptr(uint32(7)) }, link, "tap leak: verdict was orphan, is now foreign"},
		"gone":         {func(h *host) { h.o.Links = nil }, link, ""},
		"not seen":     {func(h *host) { h.o.Links = nil; h.fault(model.SourceNetwork) }, link, "is now unknown: permission denied"},
		"root gone":    {func(h *host) { h.o.GCRoots = nil }, root, ""},
		"root moved":   {func(h *host) { h.o.GCRoots[0].Target = "/x" }, root, "gcroot dead: target was /var/lib/microvms/dead/current, is now /x"},
		"root claimed": {func(h *host) { h.directory("dead", 0) }, root, "gcroot dead: verdict was orphan, is now kept"},
		"new system":   {func(h *host) { h.system(model.SystemNewest, 0).Path = "/s" }, root, "gcroot dead: newest system was /nix/store/s42-nixos, is now /s"},
	} {
		h := newHost().declared("db").root("dead", "dead", "current")
		h.tap("leak")
		found := ""
		for _, d := range model.Differences(h.do(test.change).inventory(), test.step) {
			found += d.String() + "\n"
		}
		if (test.want == "") != (found == "") || !strings.Contains(found, test.want) {
			t.Errorf("%s: %q, want %q", name, found, test.want)
		}
	}
}
