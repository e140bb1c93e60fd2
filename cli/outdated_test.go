package cli

import (
	"context"
	"strings"
	"testing"

	"microtui/model"
)

// rewritten is the embedded host after somebody wrote into a file `flake`.
type rewritten struct {
	unclosed
	flake     model.Raw
	evaluated int
}

func (r *rewritten) Observe(ctx context.Context) (model.Observation, error) {
	o, err := r.unclosed.Observe(ctx)
	for at := range o.StateDir.Directories {
		if d := &o.StateDir.Directories[at]; d.Name == "api" {
			d.Flake = &model.Flake{Ref: r.flake}
		}
	}
	return o, err
}

func (r *rewritten) Outdated(context.Context, model.Raw, model.Raw, model.Raw) (bool, model.Raw, error) {
	r.evaluated++
	return false, "", nil
}

// TestCheckCopiesNoPath: a check without names evaluates whatever stands in the
// files `flake`, and nix copies all of a path for it, readable for everybody.
func TestCheckCopiesNoPath(t *testing.T) {
	for flake, evaluated := range map[model.Raw]int{
		"git+https://git.example.org/vms": 1, "git+file:///etc/nixos": 1, "github:owner/vms": 1,
		"path:/etc/ssh": 0, "/root": 0, "file:///root/key": 0, "tarball+file:///root/all.tar": 0,
	} {
		h := &rewritten{unclosed: openDemo(t), flake: flake}
		status, _, errs := acting{host: h}.run(t, "update", "--check", "api")
		if h.evaluated != evaluated || (status == 3) != (evaluated == 0) || (evaluated == 0) != strings.Contains(errs, "where everybody can read it") {
			t.Errorf("%s: evaluated %d times, status %d: %s", flake, h.evaluated, status, errs)
		}
	}
}
