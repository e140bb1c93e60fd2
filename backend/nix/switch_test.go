package nix

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab/fixture"
	"microtui/lab/seeds"
	"microtui/model"
)

func identity(t *testing.T, dir string) model.FileID {
	t.Helper()
	var status unix.Stat_t
	must(t, unix.Stat(dir, &status))
	return model.FileID{Dev: status.Dev, Ino: status.Ino}
}

// order is a switch of a VM as it is now.
func order(t *testing.T, h *fixture.Host, vm string, to model.Raw) SwitchRequest {
	t.Helper()
	return SwitchRequest{
		StateDir: h.StateDir(), VM: model.Raw(vm), Directory: identity(t, h.Dir(vm)),
		From: target(h.Dir(vm) + "/current"), To: to,
	}
}

// isConsistent collects garbage and checks that what a VM's links name is
// still there, and can be started.
func isConsistent(t *testing.T, dir string) {
	t.Helper()
	collect(t)
	for _, link := range []string{"current", "old", "booted"} {
		if path := target(dir + "/" + link); path != "" && checkRunner(path) != nil {
			t.Errorf("%s names %s: %v", link, path, checkRunner(path))
		}
	}
}

func isSwitched(t *testing.T, dir string, current, old model.Raw) {
	t.Helper()
	if got := target(dir + "/current"); got != current {
		t.Errorf("current names %s, want %s", got, current)
	}
	if got := target(dir + "/old"); got != old {
		t.Errorf("old names %s, want %s", got, old)
	}
	if _, err := os.Lstat(dir + "/" + nextLink); err == nil {
		t.Errorf("a temporary link is left behind: it names %s", target(dir+"/"+nextLink))
	}
}

// The life of a VM, with garbage collected after each step: for one of
// `microvm -c`, which has gcroot links of its own, and one that a host declares
// with a flake, whose links nothing follows.
func TestUpdateAndRollback(t *testing.T) {
	for _, test := range []struct {
		name string
		make func(h *fixture.Host, flake string)
	}{
		{"imperative", func(h *fixture.Host, flake string) { h.UpstreamCreate("api", flake, nil) }},
		{"declared flake", func(h *fixture.Host, flake string) {
			h.DeclareFlake("api", fixture.UpdateFlake(flake), fixture.NoAutostart())
			h.Switch()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, p := newHost(t)
			roots, dir := SystemRoots(), h.Dir("api")
			flake := h.Flake("home", fixture.NewVM("api", fixture.Revision("1")))
			test.make(h, flake)
			h.Start("api")
			first := target(dir + "/current")
			isConsistent(t, dir)
			revision := 1
			update := func() (from, to model.Raw) {
				t.Helper()
				revision++
				h.Flake("home", fixture.NewVM("api", fixture.Revision(strconv.Itoa(revision))))
				r := request("api", flake)
				to, err := p.Build(within(t), roots, r)
				must(t, err)
				isConsistent(t, dir)
				s := order(t, h, "api", to)
				if changed, err := roots.Switch(within(t), s); err != nil || !changed {
					t.Fatalf("switch: %v, %v", changed, err)
				}
				isConsistent(t, dir)
				must(t, roots.Drop(r.Owner))
				isConsistent(t, dir)
				isSwitched(t, dir, to, s.From)
				if changed, err := roots.Switch(within(t), s); err != nil || changed {
					t.Errorf("the same again: %v, %v", changed, err)
				}
				return s.From, to
			}
			_, last := update()
			isHeld(t, OfVM("api"), first, last)
			before, now := update()
			isHeld(t, OfVM("api"), first, before, now) // the first one still runs
			must(t, checkRunner(first))

			rollback := order(t, h, "api", target(dir+"/old"))
			if changed, err := roots.Switch(within(t), rollback); err != nil || !changed {
				t.Fatalf("rollback: %v, %v", changed, err)
			}
			isConsistent(t, dir)
			isSwitched(t, dir, before, now)
			h.Stop("api")
			h.Start("api")
			isConsistent(t, dir)
			if err := roots.Sweep(func(r Root) bool { return r.Target == before || r.Target == now }); err != nil {
				t.Error(err)
			}
			isConsistent(t, dir)
			var status unix.Stat_t
			must(t, unix.Lstat(dir+"/current", &status))
			if status.Uid != 0 {
				t.Errorf("current is user %d's", status.Uid)
			}
			h.Stop("api")
		})
	}
}

// Updates and rollbacks while nix collects garbage without a pause.
func TestSwitchWhileGarbageIsCollected(t *testing.T) {
	h, p := newHost(t)
	roots, dir := SystemRoots(), h.Dir("api")
	flake := h.Flake("home", fixture.NewVM("api"))
	h.DeclareFlake("api", fixture.UpdateFlake(flake), fixture.NoAutostart())
	h.Switch()
	ctx, cancel := context.WithCancel(within(t))
	var under sync.WaitGroup
	collections := 0
	under.Go(func() {
		for ctx.Err() == nil {
			if out, err := exec.Command("nix-store", "--gc").CombinedOutput(); err != nil {
				t.Errorf("nix-store --gc: %v\n%s", err, out)
				return
			}
			collections++
		}
	})
	for round := range rounds(8, 200) {
		h.Flake("home", fixture.NewVM("api", fixture.Revision(strconv.Itoa(round))))
		to, err := p.Build(within(t), roots, request("api", flake))
		must(t, err)
		if _, err := roots.Switch(within(t), order(t, h, "api", to)); err != nil {
			t.Fatal(err)
		}
		must(t, roots.Drop(OfBuild(operation, "api")))
		if old := target(dir + "/old"); isThere(old) {
			if _, err := roots.Switch(within(t), order(t, h, "api", old)); err != nil {
				t.Fatal(err)
			}
		}
		for _, link := range []string{"current", "old"} {
			if path := target(dir + "/" + link); checkRunner(path) != nil {
				t.Errorf("round %d: %s: %v", round, link, checkRunner(path))
			}
		}
	}
	cancel()
	under.Wait()
	if collections < 2 {
		t.Errorf("%d collections ran meanwhile: nothing was tested", collections)
	}
}

// rounds is how often a race is run, and how often when there is time.
func rounds(short, long int) int {
	if os.Getenv("MICROTUI_LONG") != "" {
		return long
	}
	return short
}

func TestSwitchRefuses(t *testing.T) {
	h, _ := newHost(t)
	roots, dir := SystemRoots(), h.Dir("db")
	paths := runnersOf(t, h, "db", "1", "2")
	h.Create("other")
	good := order(t, h, "db", paths[0])
	refuses := func(what string, kind error, s SwitchRequest) {
		t.Helper()
		changed, err := roots.Switch(within(t), s)
		if changed || !errors.Is(err, kind) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, %v", what, changed, err)
		}
		isHeld(t, OfVM("db"))
		isSwitched(t, dir, paths[1], "")
	}
	change := func(change func(s *SwitchRequest)) SwitchRequest {
		s := good
		change(&s)
		return s
	}
	refuses("another runner", model.ErrStale, change(func(s *SwitchRequest) { s.From = "/nix/store/x" }))
	refuses("no current", model.ErrStale, change(func(s *SwitchRequest) { s.From = "" }))
	refuses("another directory", model.ErrStale, change(func(s *SwitchRequest) { s.Directory = identity(t, h.Dir("other")) }))
	refuses("no directory", model.ErrStale, change(func(s *SwitchRequest) { s.VM = "absent" }))
	refuses("a name", model.ErrRefused, change(func(s *SwitchRequest) { s.VM = "../db" }))
	refuses("out of the store", model.ErrRefused, change(func(s *SwitchRequest) { s.To = "/etc" }))
	refuses("no runner", model.ErrRefused, change(func(s *SwitchRequest) { s.To = target(string(paths[0]) + "/share/microvm/system") }))
	refuses("nothing", model.ErrRefused, change(func(s *SwitchRequest) { s.To = "/nix/store/hk31q9kyb21q8vmzshwnpaz3l90cm507-x" }))

	must(t, os.Symlink(dir, h.StateDir()+"/alias"))
	refuses("a link to the directory", model.ErrStale, change(func(s *SwitchRequest) { s.VM = "alias" }))
	must(t, os.Remove(h.StateDir()+"/alias"))
	for _, name := range []string{nextLink, "old"} {
		must(t, os.Mkdir(dir+"/"+name, 0o755))
		if changed, err := roots.Switch(within(t), good); changed || !errors.Is(err, model.ErrRefused) {
			t.Errorf("%s is a folder: %v, %v", name, changed, err)
		}
		must(t, os.Remove(dir+"/"+name))
		isSwitched(t, dir, paths[1], "")
	}
	must(t, os.Remove(dir+"/current"))
	must(t, os.WriteFile(dir+"/current", nil, 0o644))
	if changed, err := roots.Switch(within(t), good); changed || !errors.Is(err, model.ErrStale) {
		t.Errorf("current is a file: %v, %v", changed, err)
	}
}

// A VM whose `current` is missing, or names what is gone, gets one; what is
// gone is no way back.
func TestSwitchOfAMissingRunner(t *testing.T) {
	h, _ := newHost(t)
	roots, dir := SystemRoots(), h.Dir("db")
	paths := runnersOf(t, h, "db", "1", "2", "3")
	for _, broken := range []string{"", "/nix/store/hk31q9kyb21q8vmzshwnpaz3l90cm507-x", "relative", "/etc/passwd"} {
		must(t, os.Remove(dir+"/current"))
		if broken != "" {
			must(t, os.Symlink(broken, dir+"/current"))
		}
		if changed, err := roots.Switch(within(t), order(t, h, "db", paths[0])); err != nil || !changed {
			t.Errorf("from %q: %v, %v", broken, changed, err)
		}
		isSwitched(t, dir, paths[0], "")
		isHeld(t, OfVM("db"), paths[0])
	}
}

// switchAsTold is the process that [TestSwitchKilled] kills.
func switchAsTold(words []string) {
	runtime.LockOSThread() // strace counts the calls of each thread
	number := func(text string) uint64 {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			panic(err)
		}
		return n
	}
	_, err := SystemRoots().Switch(context.Background(), SwitchRequest{
		StateDir: words[0], VM: model.Raw(words[1]), Directory: model.FileID{Dev: number(words[2]), Ino: number(words[3])},
		From: model.Raw(words[4]), To: model.Raw(words[5]),
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// underStrace runs a switch in a process of its own that strace does something
// to.
func underStrace(s SwitchRequest, call, inject string) (said []byte, err error) {
	self, err := filepath.EvalSymlinks("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call, "-e", "inject="+call+":"+inject, self)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %d %d %s %s", switchVariable, s.StateDir, s.VM, s.Directory.Dev, s.Directory.Ino, s.From, s.To))
	return cmd.CombinedOutput()
}

// Where what was current cannot become `old`, it is `current` again: it would be
// lost.
func TestSwitchWithoutOld(t *testing.T) {
	h, _ := newHost(t)
	paths, dir := runnersOf(t, h, "db", "0", "1", "2"), h.Dir("db")
	must(t, os.Symlink(string(paths[0]), dir+"/old"))
	s := order(t, h, "db", paths[1])
	said, err := underStrace(s, "renameat", "error=EIO:when=1")
	if err == nil || !strings.Contains(string(said), "make `old` in "+dir+": input/output error") {
		t.Errorf("%v, %s", err, said)
	}
	isSwitched(t, dir, s.From, paths[0])
	isHeld(t, OfVM("db")) // as before
}

// A switch that was interrupted right after `current` named the new runner, and
// somebody wrote it since: theirs stays, and the one before both is `old`.
func TestAbandonWhatSomebodyChanged(t *testing.T) {
	h, _ := newHost(t)
	paths, dir := runnersOf(t, h, "db", "0", "1", "2"), h.Dir("db")
	s := order(t, h, "db", paths[1])
	for _, test := range []struct{ now, old model.Raw }{{paths[0], s.From}, {s.From, paths[0]}} {
		for link, to := range map[string]model.Raw{"current": test.now, "old": paths[0], nextLink: s.From} {
			_ = os.Remove(dir + "/" + link)
			must(t, os.Symlink(string(to), dir+"/"+link))
		}
		must(t, SystemRoots().Hold(within(t), OfVM("db"), paths...))
		must(t, SystemRoots().Abandon(t.Context(), s))
		isSwitched(t, dir, test.now, test.old)
		isHeld(t, OfVM("db"), test.now, test.old)
	}
	must(t, os.RemoveAll(dir))
	must(t, SystemRoots().Abandon(t.Context(), s))
}

// Killed before each system call that changes something, a switch leaves what
// it found or what it was to bring about; the same request finishes it, or, as
// long as `current` is what it was, it can be given up.
func TestSwitchKilled(t *testing.T) {
	h, _ := newHost(t)
	killed := map[string]int{}
	for _, call := range []string{"symlinkat", "renameat2", "renameat", "unlinkat", "fsync", "mkdirat", "flock"} {
		for n := 1; ; n++ {
			vm := fmt.Sprintf("vm-%s-%d", call, n)
			paths := runnersOf(t, h, vm, "0", "1", "2")
			dir, to := h.Dir(vm), paths[1]
			must(t, os.Symlink(string(paths[0]), dir+"/old"))
			must(t, SystemRoots().Hold(within(t), OfVM(model.Raw(vm)), paths[0]))
			must(t, SystemRoots().Hold(within(t), OfTrash("test"), to)) // as a build does
			s := order(t, h, vm, to)
			out, err := underStrace(s, call, fmt.Sprintf("signal=KILL:when=%d", n))
			if err == nil {
				isSwitched(t, dir, to, s.From)
				break
			}
			if !strings.Contains(err.Error(), "killed") {
				t.Fatalf("%s: %v\n%s", vm, err, out)
			}
			killed[call]++
			isConsistent(t, dir)
			if now := target(dir + "/current"); now == s.From {
				must(t, SystemRoots().Abandon(t.Context(), s))
				isSwitched(t, dir, s.From, paths[0])
				if slices.Contains(heldBy(t, OfVM(model.Raw(vm))), to) {
					t.Errorf("%s: given up, what it was to be switched to is held", vm)
				}
				killed["abandoned"]++
			} else if now != to {
				t.Errorf("%s: current names %s", vm, now)
			}
			if _, err := SystemRoots().Switch(within(t), s); err != nil {
				t.Errorf("%s: finish: %v", vm, err)
			}
			isSwitched(t, dir, to, s.From)
			isHeld(t, OfVM(model.Raw(vm)), s.From, to)
			must(t, SystemRoots().Drop(OfTrash("test")))
			isConsistent(t, dir)
		}
	}
	for call, least := range map[string]int{"symlinkat": 3, "renameat2": 1, "renameat": 1, "unlinkat": 2, "fsync": 2, "flock": 1, "abandoned": 5} {
		if killed[call] < least {
			t.Errorf("killed at %v: less than %d of %s", killed, least, call)
		}
	}
}

// Somebody writes `current`, as `microvm -u` does, while it is switched. What
// they wrote last is not lost: it is `current`, or what the switch was told to
// replace.
func TestSwitchRace(t *testing.T) {
	h, _ := newHost(t)
	roots, dir := SystemRoots(), h.Dir("db")
	paths := runnersOf(t, h, "db", "1", "2")
	seed := seeds.For(t)
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	won, displaced := 0, 0
	for round := range rounds(4000, 100_000) {
		s := order(t, h, "db", paths[round%2])
		writes, pause := 1+random.IntN(20), random.IntN(20_000)
		var written model.Raw
		var under sync.WaitGroup
		under.Go(func() {
			for n := range writes {
				written = model.Raw(fmt.Sprintf("/nix/store/other-%d-%d", round, n))
				if err := errors.Join(os.Symlink(string(written), dir+"/.0_current"), os.Rename(dir+"/.0_current", dir+"/current")); err != nil {
					t.Error(err)
				}
			}
		})
		for range pause {
			_ = pause
		}
		changed, err := roots.Switch(within(t), s)
		under.Wait()
		now := target(dir + "/current")
		switch {
		case err == nil && changed:
			won++
		case errors.Is(err, model.ErrStale) && strings.Contains(err.Error(), "at the same time"):
			displaced++
		case !errors.Is(err, model.ErrStale):
			t.Fatalf("%v, %v", changed, err)
		}
		if now != written && (err != nil || now != s.To || s.From != written) {
			t.Fatalf("round %d: current names %s: what was written last, %s, is lost (%v)", round, now, written, err)
		}
		if _, err := os.Lstat(dir + "/" + nextLink); err == nil {
			t.Fatal("a temporary link is left behind")
		}
	}
	t.Logf("%d switches won, %d met somebody in the same moment", won, displaced)
	if won == 0 || displaced == 0 {
		t.Errorf("%d won, %d met somebody: there was no race", won, displaced)
	}
}
