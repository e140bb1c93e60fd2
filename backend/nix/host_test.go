package nix

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// switchVariable makes this test binary a process that switches a VM, for
// tests that kill it.
const switchVariable = "NIX_TEST_SWITCH"

func TestMain(m *testing.M) {
	if wish := os.Getenv(switchVariable); wish != "" {
		switchAsTold(strings.Fields(wish))
	}
	lab.Main(m, lab.Options{})
}

func newHost(t *testing.T) (*fixture.Host, *Program) {
	t.Helper()
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	p, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := SystemRoots().Sweep(func(Root) bool { return false }); err != nil {
			t.Error(err)
		}
	})
	return h, p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// within ends a test that would hang.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// collect collects garbage, with the real nix.
func collect(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("nix-store", "--gc").CombinedOutput(); err != nil {
		t.Fatalf("nix-store --gc: %v\n%s", err, out)
	}
}

func target(path string) model.Raw {
	text, _ := os.Readlink(path)
	return model.Raw(text)
}

// leftBehind is what is left of an owner in nix's folders.
func leftBehind(t *testing.T) (found []string) {
	t.Helper()
	for _, pattern := range []string{"/nix/var/nix/gcroots/microtui/*", "/nix/var/nix/gcroots/microtui/.*", "/nix/var/nix/gcroots/auto/*", "/nix/var/nix/gcroots/auto/.*"} {
		paths, err := filepath.Glob(pattern)
		must(t, err)
		for _, path := range paths {
			if strings.Contains(path, "/microtui/") || strings.Contains(string(target(path)), "/microtui/") {
				found = append(found, path)
			}
		}
	}
	return found
}

// heldBy are the paths that an owner holds. They are there.
func heldBy(t *testing.T, owner Owner) (paths []model.Raw) {
	t.Helper()
	paths, err := SystemRoots().held(owner)
	must(t, err)
	for _, path := range paths {
		if !isThere(path) {
			t.Errorf("%s holds %s, which is gone", owner, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// isHeld checks that an owner holds exactly some paths, and that they are there.
func isHeld(t *testing.T, owner Owner, want ...model.Raw) {
	t.Helper()
	got := heldBy(t, owner)
	slices.Sort(want)
	if !slices.Equal(got, slices.Compact(want)) {
		t.Errorf("%s holds %q, want %q", owner, got, want)
	}
}

const operation = "20261103-120411-a1b2"

func request(vm model.Raw, flake string) BuildRequest {
	return BuildRequest{VM: vm, Flake: model.Raw(flake), Owner: OfBuild(operation, vm)}
}

func TestBuild(t *testing.T) {
	h, p := newHost(t)
	flake := h.Flake("home", fixture.NewVM("api", fixture.Revision("1")), fixture.NewVM("a.b"))
	r := request("api", flake)
	var told []string
	var output []model.Raw
	r.Tell = func(p Progress) { told = append(told, p.String()) }
	r.Output = func(line model.Raw) { output = append(output, line) }
	first, err := p.Build(within(t), SystemRoots(), r)
	must(t, err)
	must(t, checkRunner(first))
	if len(told) == 0 || !slices.ContainsFunc(output, func(line model.Raw) bool { return strings.Contains(string(line), "microvm-qemu-api.drv") }) {
		t.Errorf("told %q, output %q", told, output)
	}
	isHeld(t, r.Owner, first)
	if left := leftBehind(t); len(left) != 1 {
		t.Errorf("beside the root there is %q", left)
	}

	h.Flake("home", fixture.NewVM("api", fixture.Revision("2")), fixture.NewVM("a.b"))
	second, err := p.Build(within(t), SystemRoots(), r)
	must(t, err)
	if second == first {
		t.Error("another revision is the same runner")
	}
	isHeld(t, r.Owner, second)
	dotted, err := p.Build(within(t), SystemRoots(), request("a.b", flake))
	must(t, err)
	collect(t)
	must(t, checkRunner(second))
	must(t, checkRunner(dotted))
	if isThere(first) {
		t.Error("what nothing holds is not collected: this test proves nothing")
	}
	must(t, SystemRoots().Drop(r.Owner))
	must(t, SystemRoots().Drop(OfBuild(operation, "a.b")))
	if left := leftBehind(t); len(left) > 0 {
		t.Errorf("dropped, but %q is there", left)
	}
}

// flakeText writes a flake whose runner is an expression.
func flakeText(t *testing.T, name, inputs, runner string) string {
	t.Helper()
	dir := "/srv/flakes/" + name
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(dir+"/flake.nix", []byte(`{
  `+inputs+`
  outputs = all: let
    build = text: derivation { name = "microvm-qemu-web"; inherit text; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" text ]; PATH = "/usr/bin:/bin"; };
  in { nixosConfigurations.web.config.microvm.declaredRunner = `+runner+`; };
}
`), 0o644))
	return "path:" + dir
}

// A build that fails says why in nix's own words, and leaves nothing behind.
func TestBuildFails(t *testing.T) {
	_, p := newHost(t)
	for _, test := range []struct {
		name, inputs, runner, words string
	}{
		{"broken", "", `throw "no such thing"`, "no such thing"},
		{"syntax", "", `"`, "syntax error"},
		{"value", "", `1`, "is not a derivation"},
		{"fails", "", `build "echo one; echo last words >&2; exit 3"`, "failed with exit code 3: last words"},
		{"network", `inputs.x.url = "git+https://user:hunter22@127.0.0.1:1/x.git";`, `all.x`, "Failed to connect to 127.0.0.1"},
		{"runner", "", `build "mkdir $out"`, "has no bin/microvm-run"},
		{"file", "", `build "echo > $out"`, "is not a directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := request("web", flakeText(t, test.name, test.inputs, test.runner))
			var output strings.Builder
			r.Output = func(line model.Raw) { output.WriteString(string(line) + "\n") }
			runner, err := p.Build(within(t), SystemRoots(), r)
			if err == nil || runner != "" || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "\n") {
				t.Errorf("built %q: %v, want %q", runner, err, test.words)
			}
			if strings.Contains(err.Error()+output.String(), "hunter22") {
				t.Errorf("a password is shown: %v\n%s", err, &output)
			}
			if left := leftBehind(t); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func TestBuildOnAFullDisk(t *testing.T) {
	_, p := newHost(t)
	mount := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
			t.Fatalf("mount %s: %v\n%s", args, err, out)
		}
	}
	fails := func(what string, r BuildRequest) {
		t.Helper()
		if _, err := p.Build(within(t), SystemRoots(), r); err == nil || !strings.Contains(err.Error(), "No space left on device") {
			t.Errorf("%s: %v", what, err)
		}
		if left := leftBehind(t); len(left) > 0 {
			t.Errorf("%s: left behind: %q", what, left)
		}
	}
	large := request("web", flakeText(t, "large", "", `build "mkdir -p $out/bin; head -c 64M /dev/zero > $out/bin/microvm-run"`))
	var store syscall.Statfs_t
	must(t, syscall.Statfs("/nix/store", &store))
	used := (store.Blocks - store.Bfree) * uint64(store.Bsize)
	mount("-o", "remount,size="+strconv.FormatUint(used+16<<20, 10), "/nix")
	fails("store", large)
	mount("-o", "remount,size="+strconv.FormatUint(store.Blocks*uint64(store.Bsize), 10), "/nix")

	small := request("web", flakeText(t, "small", "", `build "mkdir -p $out/bin; cp /bin/true $out/bin/microvm-run"`))
	at := SystemRoots().path()
	must(t, os.MkdirAll(at, 0o755))
	mount("-t", "tmpfs", "-o", "nr_inodes=1,mode=0755", "tmpfs", at)
	fails("roots", small)
	must(t, syscall.Unmount(at, 0))
	if _, err := p.Build(within(t), SystemRoots(), small); err != nil {
		t.Error(err)
	}
}

// A build that is cancelled ends at once, with its builder, and leaves nothing
// behind.
func TestBuildCancelled(t *testing.T) {
	_, p := newHost(t)
	const mark = "/run/lab/builder"
	r := request("web", flakeText(t, "slow", "", `build "echo $$ > `+mark+`.new; mv `+mark+`.new `+mark+`; exec sleep inf"`))
	ctx, cancel := context.WithCancel(within(t))
	ended := make(chan error, 1)
	go func() {
		_, err := p.Build(ctx, SystemRoots(), r)
		ended <- err
	}()
	var builder int
	lab.Await(t, "the builder", func() bool {
		text, _ := os.ReadFile(mark)
		builder, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		return builder > 0
	})
	must(t, syscall.Kill(builder, 0))
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	lab.Await(t, "the builder's end", func() bool { return errors.Is(syscall.Kill(builder, 0), syscall.ESRCH) })
	if left := leftBehind(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if _, err := p.Build(ctx, SystemRoots(), r); !errors.Is(err, context.Canceled) {
		t.Errorf("a build that is cancelled before it begins: %v", err)
	}
}

// A host without git has that of the microvm command.
func TestBroughtAlong(t *testing.T) {
	h, _ := newHost(t)
	store := string(runnersOf(t, h, "db", "1")[0]) + "/bin"
	command := filepath.Join(t.TempDir(), "microvm")
	must(t, os.WriteFile(command, []byte("#!/bin/bash\n  set -e\n\n  PATH="+store+":/srv/evil:/nix/store/gone/bin:$PATH\n  STATE_DIR=/x\n"), 0o755))
	if got := broughtAlong(command); !slices.Equal(got, []string{store}) {
		t.Errorf("%q", got)
	}
	if got := broughtAlong("/absent"); got != nil {
		t.Errorf("%q", got)
	}
}

// What does not do as it is asked is killed with its children.
func TestStubbornChild(t *testing.T) {
	if os.Getenv("MICROTUI_LONG") == "" {
		t.Skip("takes as long as a child is given to end: MICROTUI_LONG=1")
	}
	lab.Require(t)
	path := filepath.Join(t.TempDir(), "nix")
	must(t, os.WriteFile(path, []byte("#!/bin/bash\ntrap '' INT\nsleep inf &\necho $!\nwait\nwait\n"), 0o755))
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	var child int
	said := lineWriter{take: func(line []byte) {
		child, _ = strconv.Atoi(string(line))
		cancel()
	}}
	if err := newProgram(path).run(ctx, nil, nil, &said, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	lab.Await(t, "the child's end", func() bool { return errors.Is(syscall.Kill(child, 0), syscall.ESRCH) })
}

func TestHostileRequests(t *testing.T) {
	_, p := newHost(t)
	for _, r := range []BuildRequest{
		request("--help", "path:/x"), request("web", "--help"), request("web", "path:/x#y"),
		{VM: "web", Flake: "path:/x", Owner: "../web"}, {VM: "web", Flake: "path:/x", Owner: ""}, {VM: "web", Flake: "path:/x", Owner: "vm.a/b"},
	} {
		if _, err := p.Build(within(t), SystemRoots(), r); !errors.Is(err, model.ErrRefused) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if _, err := p.Evaluate(within(t), EvaluateRequest{VM: "web", Flake: "-x"}); !errors.Is(err, model.ErrRefused) {
		t.Error(err)
	}
	if _, err := p.Diff(within(t), "--help", "/nix/store"); !errors.Is(err, model.ErrRefused) {
		t.Error(err)
	}
	// A reference that looks like a command is a path that is not there.
	if _, err := p.Build(within(t), SystemRoots(), request("web", "path:/srv/$(touch /srv/evil);`touch /srv/evil`")); err == nil || isThere("/srv/evil") {
		t.Errorf("%v; executed: %v", err, isThere("/srv/evil"))
	}
}

func TestDiffAndOutdated(t *testing.T) {
	h, p := newHost(t)
	flake := h.Flake("home", fixture.NewVM("api", fixture.Revision("1.0")))
	first, err := p.Build(within(t), SystemRoots(), request("api", flake))
	must(t, err)
	must(t, SystemRoots().Hold(within(t), OfVM("api"), first))
	ask := EvaluateRequest{VM: "api", Flake: model.Raw(flake)}
	if outdated, newer, err := p.Outdated(within(t), ask, first, 0); err != nil || outdated || newer != "" {
		t.Errorf("right after the build: %v, %s, %v", outdated, newer, err)
	}
	h.Flake("home", fixture.NewVM("api", fixture.Revision("2.0"), fixture.Share("s", "/srv/"+strings.Repeat("x", 100))))
	if outdated, _, err := p.Outdated(within(t), ask, first, time.Hour); err != nil || outdated {
		t.Errorf("within its age another evaluation was made: %v, %v", outdated, err)
	}
	outdated, newer, err := p.Outdated(within(t), ask, first, 0)
	if err != nil || !outdated || isThere(newer) {
		t.Errorf("after a change: %v, %s, %v", outdated, newer, err)
	}
	second, err := p.Build(within(t), SystemRoots(), request("api", flake))
	must(t, err)
	if second != newer {
		t.Errorf("built %s, evaluated %s", second, newer)
	}

	diff, err := p.Diff(within(t), first, second)
	must(t, err)
	at := slices.IndexFunc(diff.Changes, func(c model.ClosureChange) bool { return c.Package == "nixos-system-api" })
	if at < 0 || diff.Changes[at].Before[0] != "1.0" || diff.Changes[at].After[0] != "2.0" {
		t.Errorf("%+v", diff)
	}
	if diff.BytesBefore == nil || diff.BytesAfter == nil || *diff.BytesAfter <= *diff.BytesBefore || *diff.BytesBefore == 0 {
		t.Errorf("sizes %v, %v", diff.BytesBefore, diff.BytesAfter)
	}
	must(t, SystemRoots().Drop(OfVM("api")))
	collect(t)
	if again, err := p.Diff(within(t), first, second); err != nil || len(again.Changes) != len(diff.Changes) {
		t.Errorf("not remembered: %v", err)
	}
	if _, err := p.Diff(within(t), second, first); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("of what is gone: %v", err)
	}

	broken := EvaluateRequest{VM: "web", Flake: model.Raw(flakeText(t, "broken", "", `throw "no such thing"`))}
	if _, _, err := p.Outdated(within(t), broken, first, 0); err == nil || err.Error() != "evaluate web: nix: no such thing" {
		t.Errorf("of a broken flake: %v", err)
	}
	ctx, cancel := context.WithCancel(within(t))
	p.evaluating <- struct{}{} // somebody evaluates
	cancel()
	if _, _, err := p.Outdated(ctx, ask, first, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while it waits for another: %v", err)
	}
	<-p.evaluating
}
