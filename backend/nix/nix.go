// Package nix has nix build VMs, and keeps what it built: builds of flakes,
// differences of closures, the roots of garbage collection that are ours, and
// the switch of a VM's `current` to another runner.
//
// It knows nix's command line, log and store, and the links in a VM's
// directory. It must not know plans, units or who asks: that a VM may be
// updated at all, and that nobody else is at it, is the caller's to see to.
package nix

import (
	"slices"
	"sync"

	"microtui/model"
)

// Program is the nix of this host. Several may use it at once.
type Program struct {
	path string

	mu          sync.Mutex
	differences map[[2]model.Raw]model.ClosureDiff
	evaluated   map[source]evaluation
	evaluating  chan struct{} // holds a token while nix evaluates for [Program.Outdated]
}

func newProgram(path string) *Program {
	return &Program{
		path:        path,
		differences: map[[2]model.Raw]model.ClosureDiff{},
		evaluated:   map[source]evaluation{},
		evaluating:  make(chan struct{}, 1),
	}
}

// The commands that are used are still called experimental: nix takes them
// only when told to, and a host need not have it in its settings. A flake may
// change no setting of a nix that runs as root.
func arguments(command ...string) []string {
	return append([]string{"--extra-experimental-features", "nix-command flakes", "--option", "accept-flake-config", "false"}, command...)
}

// logged is for commands whose log is read.
var logged = []string{"--log-format", "internal-json"}

func (s source) arguments(command ...string) []string {
	return slices.Concat(arguments(command...), logged, []string{"--no-write-lock-file"})
}
