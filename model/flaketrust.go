package model

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// BuiltFrom is the flake reference from which microtui last updated a VM, as
// root has recorded it. The file `flake` is no such record: all of group kvm
// can write it, and nix builds as root what it names.
type BuiltFrom struct {
	StateDir Raw       `json:"state_dir"` // its real path
	VM       Raw       `json:"vm"`
	Flake    Raw       `json:"flake"`  // as [MaskedFlake] shows it
	Sum      string    `json:"sha256"` // of the whole reference, hexadecimal
	At       time.Time `json:"at"`
}

// NewBuiltFrom records a reference without its credentials.
func NewBuiltFrom(stateDir, vm, ref Raw, at time.Time) BuiltFrom {
	return BuiltFrom{StateDir: stateDir, VM: vm, Flake: MaskedFlake(ref), Sum: sumOf(ref), At: at}
}

// Is reports whether a reference is the one that was built from.
func (b BuiltFrom) Is(ref Raw) bool { return b.Sum == sumOf(ref) }

func sumOf(ref Raw) string {
	sum := sha256.Sum256([]byte(ref))
	return hex.EncodeToString(sum[:])
}

// flakeCautions say what there is to know about a VM's flake reference before
// it is built from, and whether that needs more than a y: it is another one
// than was built from last.
func (i *Inventory) flakeCautions(vm *VM) (cautions []Raw, asks bool) {
	f, ref := i.Facts(), vm.Directory.Flake.Ref
	if vm.Declared != nil && vm.Declared.Flake == ref {
		return nil, false // the host's configuration, which is root's, says the same
	}
	if err, failed := f.faults[SourceBuiltFrom]; failed {
		return []Raw{rawf("whether its flake reference has changed since the last build is unknown: %s", err)}, true
	}
	last := f.builtFrom(vm.Name)
	switch {
	case last == nil:
		cautions = []Raw{rawf("this flake reference is used for the first time: %s", MaskedFlake(ref))}
		if vm.Directory.Flake.UID == 0 || !CopiesPath(ref) || isFrozen(ref) {
			return cautions, false
		}
		return append(cautions, rawf("user %d wrote it: Nix copies what it names into the store, where everybody can read it", vm.Directory.Flake.UID)), true
	case last.Is(ref):
		return nil, false
	}
	return []Raw{
		rawf("its flake reference has changed since its last update, on %s: whoever can write %s/%s/flake controls what Nix builds as root",
			last.At.UTC().Format("2 January 2006"), f.StateDir.Path, vm.Name),
		rawf("before: %s", last.Flake),
		rawf("now: %s", MaskedFlake(ref)),
	}, true
}

// builtFrom is what a VM of this state directory was last updated from; nil:
// nothing that is recorded.
func (f *Facts) builtFrom(vm Raw) *BuiltFrom {
	for at := range f.BuiltFrom {
		if b := &f.BuiltFrom[at]; b.VM == vm && b.StateDir == f.StateDir.Real {
			return b
		}
	}
	return nil
}

// flakeWhenBuilt blocks a switch to what was built from another reference than
// the present one. built is as [FactFlake] worded it then; empty: not known.
func (i *Inventory) flakeWhenBuilt(vm *VM, built Raw) blocker {
	if now := flakeWords(vm.Directory.Flake.Ref); built != "" && built != now {
		return blocker{rawf("it was built from %s, but its flake reference is now %s: update it again", built, now), ErrStale}
	}
	return blocker{}
}
