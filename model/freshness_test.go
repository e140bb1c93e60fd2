package model_test

import (
	"testing"

	"microtui/model"
)

func TestFreshness(t *testing.T) {
	const newer = "/nix/store/r-microvm-qemu-newer"
	tests := []struct {
		name string
		host *host
		want model.Freshness
	}{
		{"stopped, current resolves", newHost().declared("x"), model.FreshnessCurrent},
		{"runs what current names", newHost().declared("x").running("x"), model.FreshnessCurrent},
		{"booted is left by a crash", newHost().imperative("x").do(func(h *host) {
			h.dir("x").Booted = &model.Symlink{Target: "/nix/store/older", Dangling: true}
		}), model.FreshnessCurrent},
		{"booted an older runner", newHost().imperative("x").running("x").do(func(h *host) {
			h.dir("x").Booted.Target = "/nix/store/older"
		}), model.FreshnessRebootNeeded},
		{"runs, and nobody wrote booted", newHost().imperative("x").running("x").do(func(h *host) {
			h.dir("x").Booted = nil
		}), model.FreshnessUnknown},
		{"in a loop, between two starts", newHost().imperative("x").do(func(h *host) {
			h.main("x", "activating", "auto-restart")
		}), model.FreshnessCurrent},
		{"starting an older runner", newHost().imperative("x").running("x").do(func(h *host) {
			h.main("x", "activating", "start")
			h.dir("x").Booted.Target = "/nix/store/older"
		}), model.FreshnessRebootNeeded},

		{"drifted", newHost().declared("x").do(func(h *host) {
			h.system(model.SystemLive, 0).Declared[0].Runner = newer
		}), model.FreshnessDrifted},
		{"drifted wins over reboot needed", newHost().declared("x").running("x").do(func(h *host) {
			h.system(model.SystemLive, 0).Declared[0].Runner = newer
			h.dir("x").Booted.Target = "/nix/store/older"
		}), model.FreshnessDrifted},
		{"installed once: meant to differ", newHost().declared("x").do(func(h *host) {
			h.system(model.SystemLive, 0).Declared[0].Runner = newer
			h.system(model.SystemLive, 0).Declared[0].Once = true
		}), model.FreshnessCurrent},
		{"a script that was not understood", newHost().declared("x").do(func(h *host) {
			h.system(model.SystemLive, 0).Declared[0].Runner = ""
		}), model.FreshnessCurrent},
		{"a rebuild that is pending is no drift", newHost().declared("x").do(func(h *host) {
			h.system(model.SystemNewest, 0).Declared[0].Runner = newer
		}), model.FreshnessCurrent},
		{"declared by another system only", newHost().toplevelDir("x").do(func(h *host) {
			h.declare(model.SystemSpecialisation, 0, model.Declaration{Name: "x", Runner: newer})
		}), model.FreshnessCurrent},

		{"declared, not installed", newHost().declare(model.SystemLive, 0, configOf("x")), model.FreshnessMissing},
		{"current dangles", newHost().imperative("x").do(func(h *host) { h.dir("x").Current.Dangling = true }), model.FreshnessMissing},
		{"dangling wins over drift and reboot", newHost().declared("x").running("x").do(func(h *host) {
			h.system(model.SystemLive, 0).Declared[0].Runner = newer
			h.dir("x").Booted.Target = "/nix/store/older"
			h.dir("x").Current.Dangling = true
		}), model.FreshnessMissing},
		{"runs without a directory", newHost().running("x"), model.FreshnessMissing},
		{"its directory cannot be read", newHost().declared("x").do(func(h *host) { h.dir("x").Fault = "EIO" }), model.FreshnessUnknown},
		{"the state directory cannot be read", newHost().running("x").fault(model.SourceStateDir), model.FreshnessUnknown},
		{"the fault says nothing", newHost().running("x").do(func(h *host) {
			h.o.Faults = []model.Fault{{Source: model.SourceStateDir}}
		}), model.FreshnessUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.host.vm(t, "x").Freshness; got != test.want {
				t.Errorf("freshness is %s, want %s", got, test.want)
			}
		})
	}
}
