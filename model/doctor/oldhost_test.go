package doctor_test

import (
	"strings"
	"testing"

	"microtui/model"
)

// TestLeakedInterfaceOfOldRunner: on a host whose units run the runner's own
// scripts, the TAP of a runner that has none is made by no start.
func TestLeakedInterfaceOfOldRunner(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*host)
		anew   bool
	}{
		"a runner with scripts":           {func(*host) {}, true},
		"a runner without, of a new host": {func(h *host) { h.runner("lab").Bin = []model.Raw{"microvm-run", "microvm-shutdown"} }, false},
		"a runner without, of its age": {func(h *host) {
			h.runner("lab").Bin, h.o.Template.RunnerScripts = []model.Raw{"microvm-run", "microvm-shutdown"}, false
		}, true},
	} {
		h := newHost().imperative("lab").running("lab").stopped("lab").do(func(h *host) { h.tap("vm-lab") }).do(test.change)
		for _, f := range h.inventory().Findings {
			if f.Rule != "leaked-interface" {
				continue
			}
			if anew := strings.Contains(string(f.Advice[0]), "recreates it"); anew != test.anew {
				t.Errorf("%s: %q", name, f.Advice)
			}
		}
	}
}
