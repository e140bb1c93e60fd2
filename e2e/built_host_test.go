package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/backend"
	"microtui/lab/fixture"
	"microtui/model"
)

// built is a VM that was built from a flake, and runs.
type built struct {
	*fixture.Host
	vm       string
	flake    string
	since    time.Time // what is in the store outlives a test: here nothing is built already
	revision int
}

// newBuilt makes such a VM, as `microvm -c` does.
func newBuilt(t *testing.T) *built {
	t.Helper()
	b := &built{Host: fixture.NewHost(t, fixture.Options{}), vm: "web", since: time.Now()}
	b.revise()
	b.UpstreamCreate(b.vm, b.flake, nil)
	b.Register()
	often(t, b.vm)
	b.Start(b.vm)
	return b
}

// revise changes the flake, so that it stands for another runner.
func (b *built) revise() {
	b.Helper()
	b.revision++
	b.flake = b.Flake("fleet", fixture.NewVM(b.vm, fixture.Tap("vm-"+b.vm), fixture.Revision(fmt.Sprintf("%x.%d", b.since.UnixNano(), b.revision))))
}

// named is what the VM's links name, by the links' names.
func (b *built) named(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, link := range []string{"current", "booted", "old"} {
		if target, err := os.Readlink(b.Dir(b.vm) + "/" + link); err == nil {
			all[link] = target
		}
	}
	return all
}

// isHeld fails unless our roots keep exactly what the VM's links name.
func (b *built) isHeld(t *testing.T, when string) {
	t.Helper()
	var held []string
	for name, target := range linksIn(t, "/nix/var/nix/gcroots/microtui") {
		if strings.HasPrefix(name, "vm."+b.vm+".") {
			held = append(held, target)
		}
	}
	slices.Sort(held)
	if named := namedIn(b.Dir(b.vm)); !slices.Equal(held, named) {
		t.Errorf("%s: our roots keep %q, the links name %q", when, held, named)
	}
}

// runner builds what the flake stands for, and keeps it as long as the test
// runs.
func (b *built) runner(t *testing.T) string {
	t.Helper()
	const folder = "/nix/var/nix/gcroots/kept"
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, fmt.Sprint(b.revision))
	shell(t, "nix", "build", "--offline", "-o", link, b.flake+"#nixosConfigurations."+b.vm+".config.microvm.declaredRunner")
	target, err := os.Readlink(link)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func updateOf(vm, runner string, restart bool) func(model.Inventory) model.Plan {
	return func(i model.Inventory) model.Plan {
		return model.PlanUpdate(i, []model.Built{{VM: model.Raw(vm), Runner: model.Raw(runner)}}, restart)
	}
}

func rollbackOf(vm string) func(model.Inventory) model.Plan {
	return func(i model.Inventory) model.Plan { return model.PlanRollback(i, []model.Raw{model.Raw(vm)}, false) }
}

func buildOf(vm string) func(model.Inventory) model.Plan {
	return func(i model.Inventory) model.Plan { return model.PlanBuild(i, []model.Raw{model.Raw(vm)}) }
}

// revised changes the flake, and builds what it stands for then.
func (b *built) revised() func(model.Inventory) model.Plan {
	b.Helper()
	b.revise()
	return buildOf(b.vm)
}

// discard gives up what was built, as who asked for it does.
func discard(t *testing.T, id string) {
	t.Helper()
	h := backend.Open(backend.Options{})
	defer h.Close()
	if err := h.Discard(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}
