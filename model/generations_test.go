package model_test

import (
	"testing"
	"time"

	"microtui/model"
)

func TestRemovedIn(t *testing.T) {
	generation := func(n int) func(*host) *model.System {
		return func(h *host) *model.System { return h.system(model.SystemGeneration, n) }
	}
	tests := []struct {
		name    string
		change  func(h *host)
		verdict model.Verdict
		in      int // 0: none
	}{
		{"in the one in use", func(h *host) {}, orphan, 42},
		{"long ago", func(h *host) {
			h.system(model.SystemNewest, 0).Generation = 50
			generation(50)(h)
		}, orphan, 42},
		{"the removing generation was collected", func(h *host) {
			generation(42)(h).Fault = "collected"
			h.system(model.SystemNewest, 0).Generation = 44
			generation(44)(h)
			generation(43)(h)
		}, orphan, 43},
		{"only the newest system shows it", func(h *host) {
			generation(42)(h).Fault = "collected"
			h.system(model.SystemNewest, 0).Since = removedAt
		}, orphan, 42},
		{"since when nobody knows", func(h *host) { generation(42)(h).Since = time.Time{} }, suspect, 42},
		{"declared since nobody knows when", func(h *host) { generation(41)(h).Since = time.Time{} }, suspect, 42},
		{"current was written after the removal", func(h *host) {
			h.dir("x").Current.Modified = removedAt.Add(time.Hour)
		}, suspect, 42},
		{"current was written before the declaration", func(h *host) {
			h.dir("x").Current.Modified = installed.AddDate(0, 0, -1)
		}, suspect, 42},
		{"an older generation declared the same runner", func(h *host) {
			h.declare(model.SystemGeneration, 40, configOf("x"))
			h.dir("x").Current.Modified = installed.AddDate(0, 0, -1)
		}, orphan, 42},
		{"current was written between two declarations", func(h *host) {
			h.declare(model.SystemGeneration, 39, configOf("x"))
			generation(40)(h)
			h.dir("x").Current.Modified = installed.AddDate(0, 0, -1)
		}, suspect, 42},
		{"current was written while another runner was declared", func(h *host) {
			h.declare(model.SystemGeneration, 39, configOf("x"))
			h.declare(model.SystemGeneration, 40, model.Declaration{Name: "x", Runner: "/nix/store/other"})
			h.dir("x").Current.Modified = installed.AddDate(0, 0, -1)
		}, suspect, 42},
		{"declared twice, with a gap", func(h *host) {
			h.declare(model.SystemGeneration, 12, configOf("x"))
			generation(13)(h)
		}, orphan, 42},
		{"the only generation that knew it was collected", func(h *host) {
			generation(41)(h).Fault = "collected"
		}, suspect, 0},
		{"which generation is in use is unknown", func(h *host) {
			h.system(model.SystemNewest, 0).Generation = 0
		}, unclear, 0},
		{"there is no system profile", func(h *host) {
			h.o.Systems = append(h.o.Systems[:1], h.o.Systems[2:]...)
		}, unclear, 0},
		{"rolled back over it", func(h *host) {
			h.declare(model.SystemGeneration, 43, configOf("x"))
		}, unclear, 0},
		{"rolled back from one that cannot be read", func(h *host) {
			generation(43)(h).Fault = "permission denied"
		}, unclear, 0},
		{"rolled back from one that does not declare it either", func(h *host) {
			generation(43)(h)
		}, orphan, 42},
		{"the generation in use and its own entry disagree", func(h *host) {
			h.declare(model.SystemGeneration, 42, configOf("x"))
		}, unclear, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			vm := newHost().declared("db").undeclared("x").do(test.change).vm(t, "x")
			in := 0
			if vm.RemovedIn != nil {
				in = *vm.RemovedIn
			}
			if vm.Verdict != test.verdict || in != test.in {
				t.Errorf("%s, removed in %d (%q); want %s, %d", vm.Verdict, in, vm.Evidence, test.verdict, test.in)
			}
		})
	}
}

// An emptied configuration looks like the removal of every VM.
func TestEmptiedConfiguration(t *testing.T) {
	tests := []struct {
		name string
		host *host
		want model.Verdict
	}{
		{"of two", newHost().undeclared("x").undeclared("y"), unclear},
		{"of two, generations ago", newHost().undeclared("x").undeclared("y").do(func(h *host) {
			h.system(model.SystemNewest, 0).Generation = 44
			h.system(model.SystemGeneration, 44)
		}), unclear},
		{"of the last one", newHost().undeclared("x"), orphan},
		{"one after the other", newHost().undeclared("x").declare(model.SystemGeneration, 40, configOf("x")).
			declare(model.SystemGeneration, 40, configOf("y")), orphan},
		{"one after the other, the first still on disk", newHost().undeclared("x").toplevelDir("y").declare(model.SystemGeneration, 40, configOf("x")).
			declare(model.SystemGeneration, 40, configOf("y")).do(func(h *host) {
			h.dir("y").Current.Modified = installed.AddDate(0, 0, -3)
		}), orphan},
		{"of two, rolled back to before", newHost().undeclared("x").toplevelDir("y").declare(model.SystemGeneration, 40, configOf("x")).
			declare(model.SystemGeneration, 40, configOf("y")), unclear},
		{"of the last one, two generations ago", newHost().undeclared("x").do(func(h *host) {
			h.system(model.SystemNewest, 0).Generation = 44
			h.system(model.SystemGeneration, 43)
			h.system(model.SystemGeneration, 44)
		}), orphan},
		{"of the last one that is known: a later one cannot be read", newHost().undeclared("x").do(func(h *host) {
			h.system(model.SystemNewest, 0).Generation = 44
			h.system(model.SystemGeneration, 43).Fault = "collected"
			h.system(model.SystemGeneration, 44)
		}), unclear},
		{"of the last one that is known: a later one was deleted", newHost().undeclared("x").do(func(h *host) {
			h.system(model.SystemNewest, 0).Generation = 44
			h.system(model.SystemGeneration, 44)
		}), unclear},
		{"nobody knows of any declaration", newHost().toplevelDir("x"), suspect},
		{"another is declared", newHost().undeclared("x").undeclared("y").declared("db"), orphan},
		{"another is declared in a specialisation", newHost().undeclared("x").undeclared("y").
			declare(model.SystemSpecialisation, 0, configOf("z")), orphan},
		{"another is in autostart only", newHost().undeclared("x").undeclared("y").autostart("z"), unclear},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if vm := test.host.vm(t, "x"); vm.Verdict != test.want {
				t.Errorf("%s (%q), want %s", vm.Verdict, vm.Evidence, test.want)
			}
		})
	}
}
