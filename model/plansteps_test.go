package model_test

import (
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

// TestPurgeLinks: of a VM's interfaces only those go that are beyond doubt its
// own; of the others it is said why not.
func TestPurgeLinks(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*host)
		left  string
	}{
		"of another user": {func(h *host) { h.tap("vm-web").Owner = ptr(uint32(7)) }, "does not belong to user microvm"},
		"described":       {func(h *host) { h.o.Netdevs = []model.Netdev{{Name: "vm-web", By: "a.netdev"}} }, "defined by a.netdev"},
		"not persistent":  {func(h *host) { h.tap("vm-web").Persistent = false }, "not persistent"},
		"held": {func(h *host) {
			p := h.looseProcess("cat", "web")
			p.Comm, p.Holds = "cat", []model.Raw{"vm-web"}
		}, "process 1001 (cat) has it open"},
		"carrier":          {func(h *host) { h.tap("vm-web").Carrier = ptr(true) }, "its carrier is on"},
		"holders unread":   {func(h *host) { h.fault(model.SourceHolders) }, "holders could not be read"},
		"claimed":          {func(h *host) { h.imperative("twin").runner("twin").Taps = []model.Raw{"vm-web"} }, "also claimed by twin"},
		"claims unread":    {func(h *host) { h.imperative("twin").dir("twin").Fault = "EIO" }, "twin may claim it too"},
		"of no guest kind": {func(h *host) { h.tap("vm-web").Kind = "bridge" }, "neither a TAP nor a macvtap"},
	} {
		h := newHost().imperative("web")
		h.tap("vm-web")
		if p := purge(h, "web"); len(p.Items[0].Left) != 0 {
			t.Fatalf("left alone: %q", p.Items[0].Left)
		}
		p := purge(h.do(test.spoil), "web")
		if len(p.Items) == 0 {
			t.Errorf("%s: refused %v", name, p.Refused)
			continue
		}
		if left := p.Items[0].Left; len(left) != 1 || !strings.Contains(string(left[0]), test.left) {
			t.Errorf("%s: left alone: %q, want %q", name, left, test.left)
		}
		if slices.Contains(steps(p), "delete_link tap vm-web") {
			t.Errorf("%s: it is deleted", name)
		}
	}
}

// TestPurgeRoots: VM foo and VM booted-foo want a link of one name.
func TestPurgeRoots(t *testing.T) {
	h := newHost().directoryWithFlake("foo").directoryWithFlake("booted-foo").
		root("foo", "foo", "current").root("booted-foo", "booted-foo", "current").root("odd", "foo", "booted").
		rootTo("deep", stateDir+"/foo/current/bin")
	expectSteps(t, purge(h, "foo"), "quarantine state_dir foo", "remove_root gcroot foo", "remove_root gcroot odd")
}

func (h *host) directoryWithFlake(name model.Raw) *host {
	h.directory(name, 0).Flake = &model.Flake{Ref: "git+file:///etc/nixos"}
	return h
}

// TestPurgeMounted: a directory that is a file system of its own stays.
func TestPurgeMounted(t *testing.T) {
	for name, mount := range map[string]func(*host){
		"by its device": func(h *host) { h.dir("web").Mounted = true },
		"by a unit": func(h *host) {
			h.o.StateDir.Mounts = []model.Mount{{Unit: "web.mount", Where: stateDir + "/web", Active: true}}
		},
	} {
		p := purge(newHost().imperative("web").running("web").do(mount), "web")
		for _, s := range steps(p) {
			if strings.HasPrefix(s, "quarantine") || strings.HasPrefix(s, "delete ") {
				t.Errorf("%s: %s", name, s)
			}
		}
		if item := p.Items[0]; item.ManualStep != "umount /var/lib/microvms/web && rmdir /var/lib/microvms/web" || len(item.Left) == 0 || len(item.Steps) < 4 {
			t.Errorf("%s: remains %q, left %q, steps %q", name, item.ManualStep, item.Left, steps(p))
		}
	}
}

// TestOnlyDataIsLeft: when everything else is done, nothing is offered any more
// but the command for the data.
func TestOnlyDataIsLeft(t *testing.T) {
	h := newHost().declared("db").undeclared("gone").undeclared("other").do(func(h *host) { h.dir("gone").Mounted = true })
	h.main("gone", "failed", "failed")
	if p := cleanUp(h, model.CleanUpOptions{}); len(p.Items) != 2 || len(p.Refused) != 0 || h.inventory().CleanableCount() != 2 {
		t.Fatalf("%v, refused %v, %d to clean up", steps(p), p.Refused, h.inventory().CleanableCount())
	}
	h.o.Units = nil
	const want = "only its data is left, on a file system of its own: umount /var/lib/microvms/gone && rmdir /var/lib/microvms/gone"
	p := cleanUp(h, model.CleanUpOptions{Data: true})
	expectSteps(t, p, "quarantine state_dir other")
	if len(p.Refused) != 1 || p.Refused[0].Reason != want || p.Refused[0].Kind != nil {
		t.Errorf("refused %v", p.Refused)
	}
	if got := h.inventory().CleanableCount(); got != 1 {
		t.Errorf("%d orphans to clean up", got)
	}
	if p := purge(h, "gone"); len(p.Items) != 0 || len(p.Refused) != 1 || p.Refused[0].Reason != want || p.Refused[0].Kind != nil {
		t.Errorf("by name: %v, refused %v", steps(p), p.Refused)
	}
}

// TestPurgeFitsAsItGoes: each step fits the host that the steps before it
// leave, whether the stop takes the interface down, ends failed, or neither.
func TestPurgeFitsAsItGoes(t *testing.T) {
	hosts := map[string]func() *host{
		"orphan":   func() *host { return newHost().declared("db").undeclared("web").running("web") },
		"kept":     func() *host { return newHost().declared("db").imperative("web").running("web") },
		"the last": func() *host { return newHost().imperative("web").running("web") },
		"ghost": func() *host {
			return newHost().declared("db").undeclared("web").running("web").deleteUnderneath("web")
		},
	}
	ends := map[string]func(*host){
		"clean": func(h *host) { h.o.Units, h.o.Links, h.o.Processes = nil, nil, nil },
		"failed, with its interface": func(h *host) {
			h.o.Units, h.o.Processes = nil, nil
			h.main("web", "failed", "failed")
			h.tap("vm-web").Carrier = ptr(false)
		},
	}
	moves := map[model.StepAction]func(*host){
		model.StepQuarantine: func(h *host) { h.removeDir("web") },
		model.StepDeleteLink: func(h *host) { h.o.Links = nil },
		model.StepRemoveRoot: func(h *host) { h.o.GCRoots = slices.Clone(h.o.GCRoots[1:]) },
	}
	for name, make := range hosts {
		for end, stop := range ends {
			h := make()
			p := purge(h, "web")
			if len(p.Items) != 1 || p.Items[0].Steps[0].Action != model.StepStop {
				t.Fatalf("%s: %v, refused %v", name, steps(p), p.Refused)
			}
			for _, s := range p.Items[0].Steps {
				for _, d := range model.Differences(h.inventory(), s) {
					t.Errorf("%s, stopped %s: %s: %s", name, end, s.Action, d)
				}
				if move := moves[s.Action]; move != nil {
					move(h)
				} else if s.Action == model.StepStop {
					stop(h)
					if d := h.dir("web"); d != nil {
						d.Booted = nil
					}
				}
			}
		}
	}
}
