package nix

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"microtui/model"
)

// Names gives the names of a flake's `nixosConfigurations`. None of them is
// evaluated for that.
func (p *Program) Names(ctx context.Context, flake model.Raw, caller []string) ([]model.Raw, error) {
	from := source{"any", flake}
	if err := from.check(); err != nil {
		return nil, err
	}
	args := append(from.arguments("eval"), "--json", "--apply", "builtins.attrNames", "--", string(flake)+"#nixosConfigurations")
	var out answer
	if err := newReader(flake, nil, nil).run(ctx, p, args, caller, &out); err != nil {
		return nil, fmt.Errorf("list the VMs of %s: %w", model.MaskedFlake(flake), err)
	}
	var names []model.Raw
	if err := json.Unmarshal(out.Bytes(), &names); err != nil {
		return nil, fmt.Errorf("list the VMs of %s: %w", model.MaskedFlake(flake), err)
	}
	return names, nil
}

// Foresight is what a build would do.
type Foresight struct {
	Builds, Fetches int       // derivations to build, paths to fetch
	Sizes           model.Raw // of what is fetched, in nix's words; empty: it did not say
}

// String says it in a line: "2 derivations would be built, 3 paths fetched (…)".
func (f Foresight) String() string {
	var parts []string
	if f.Builds > 0 {
		parts = append(parts, fmt.Sprintf("%s would be built", model.Counted(f.Builds, "derivation")))
	}
	if f.Fetches > 0 {
		fetched := fmt.Sprintf("%s would be fetched", model.Counted(f.Fetches, "path"))
		if f.Sizes != "" {
			fetched += " (" + string(f.Sizes) + ")"
		}
		parts = append(parts, fetched)
	}
	if len(parts) == 0 {
		return "everything is already in the store"
	}
	return strings.Join(parts, ", ")
}

// fetchSizes are the words of nix about what it would fetch (printMissing,
// src/libmain/shared.cc).
var fetchSizes = regexp.MustCompile(`will be fetched \((.*)\):?$`)

// take takes a line that nix says of a build which it only thinks through.
func (f *Foresight) take(line model.Raw) {
	path := strings.TrimSpace(string(line))
	switch sizes := fetchSizes.FindStringSubmatch(path); {
	case sizes != nil:
		f.Sizes = model.Raw(sizes[1])
	case path == string(line) || !strings.HasPrefix(path, "/nix/store/"): // those of a list are indented
	case strings.HasSuffix(path, ".drv"):
		f.Builds++
	default:
		f.Fetches++
	}
}

// Foresee evaluates a VM's flake, and tells what [Program.Build] would do.
// Nothing is built. Errors are those of [Program.Build].
func (p *Program) Foresee(ctx context.Context, r EvaluateRequest) (Foresight, error) {
	from := source{r.VM, r.Flake}
	if err := from.check(); err != nil {
		return Foresight{}, err
	}
	var f Foresight
	args := append(from.arguments("build"), "--dry-run", "--no-link", "--", from.runner())
	if err := newReader(r.Flake, nil, f.take).run(ctx, p, args, r.Environment, io.Discard); err != nil {
		return Foresight{}, fmt.Errorf("evaluate %s: %w", r.VM, err)
	}
	return f, nil
}
