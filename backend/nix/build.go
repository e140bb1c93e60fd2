package nix

import (
	"context"
	"fmt"
	"io"

	"microtui/model"
)

// BuildRequest says what to build.
type BuildRequest struct {
	VM model.Raw
	// Flake is the reference as it stands in the VM's file `flake`.
	Flake model.Raw
	// Owner holds what is built, until it is dropped.
	Owner Owner
	// Environment is the caller's; see [Variables] for what nix gets of it.
	Environment []string
	// Temporary is the folder for what is there only during the build: a nix
	// that is killed leaves it behind. Empty: where the host has such things.
	Temporary string
	// Tell takes how far it is, at most ten times a second; Output each line
	// that nix, or a program that it started, wrote, without credentials. Both
	// may be nil.
	Tell   func(Progress)
	Output func(model.Raw)
}

// Build builds a VM's runner from its flake, as `microvm -u` does
// (pkgs/microvm-command.nix), but to the side: `current` stays. What is built
// is held for the request's owner.
//
// An error wraps [model.ErrRefused] where the request makes no command line, or
// is a [Failure] with nix's own words; when ctx ends, it is ctx's. After an
// error nothing is held for the owner, and nothing is left behind but what nix
// keeps of any build until its next garbage collection.
func (p *Program) Build(ctx context.Context, roots Roots, r BuildRequest) (runner model.Raw, err error) {
	from := source{r.VM, r.Flake}
	if err := also(from.check(), r.Owner.check()); err != nil {
		return "", err
	}
	dir, err := roots.make()
	if err != nil {
		return "", err
	}
	defer dir.close()
	defer func() {
		if err != nil {
			err = fmt.Errorf("build %s: %w", r.VM, also(err, roots.Drop(r.Owner)))
		}
		roots.forget(string(r.Owner) + result)
	}()
	args := append(from.arguments("build"), "--out-link", roots.resultLink(r.Owner), "--", from.runner())
	reader := newReader(r.Flake, r.Tell, r.Output)
	reader.temporary = r.Temporary
	if err := reader.run(ctx, p, args, r.Environment, io.Discard); err != nil {
		return "", err
	}
	target, err := dir.link(string(r.Owner) + result)
	if err != nil {
		return "", err
	}
	if err := checkRunner(model.Raw(target)); err != nil {
		return "", err
	}
	return model.Raw(target), dir.sync()
}
