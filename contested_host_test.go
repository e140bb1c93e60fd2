package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// TestSeveralAtOnce: of several who change one VM at the same time one wins, and
// the others are told who; while a system switches, nobody does.
func TestSeveralAtOnce(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	id := recordOnly(t, purgeOf("web"))
	release := holdSwitchLock(t)
	for _, args := range [][]string{{"purge", "web", "--confirm", "web"}, {"purge", "--orphans", "--yes"}} {
		if got := answer(t, program(args...)); got.status != 3 || !strings.Contains(got.err, "flock") {
			t.Errorf("%q during a switch: %+v", args, got)
		}
	}
	shell(t, lab.ProgramPath, "operation", "run", id)
	if o := operationOf(t, id); o.State == "done" || o.Reason == nil || !strings.Contains(*o.Reason, "flock") {
		t.Errorf("begun during a switch: %+v", o)
	}
	release()
	s.isUntouched(t, "after the switch")

	for range 2 {
		commands := [][]string{
			{"purge", "web", "--confirm", "web"}, {"restart", "web"}, {"purge", "web", "--confirm", "web"}, {"purge", "web", "--confirm", "web"},
		}
		all := make([]said, len(commands))
		var together sync.WaitGroup
		for n, args := range commands {
			together.Go(func() { all[n] = answer(t, program(args...)) })
		}
		together.Wait()
		winners := 0
		for n, got := range all {
			switch {
			case got.status == 0:
				winners++
			case got.status != 3, !strings.Contains(got.err, "by root"), strings.Count(got.err, "\n") != 1:
				t.Errorf("%q: %+v", commands[n], got)
			}
		}
		if winners != 1 {
			t.Errorf("%d won: %+v", winners, all)
		}
		leavesNothing(t)
		if _, err := os.Lstat(s.Dir("web")); err != nil {
			restored(t, s.Host, "web")
		}
		s.isUntouched(t, "after all")
	}
}

// holdSwitchLock takes the lock of a switch, as switch-to-configuration does.
func holdSwitchLock(t *testing.T) (release func()) {
	t.Helper()
	const path = "/run/nixos/switch-to-configuration.lock"
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("flock", "--exclusive", path, "sh", "-c", "echo held; cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	return func() { in.Close(); _ = cmd.Wait() }
}

// TestPurgeAgainstStarts: somebody starts the VM without pause while it is
// purged. It is removed or not; but never while something of it runs.
func TestPurgeAgainstStarts(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	turns := 3
	if long() {
		turns = 20
	}
	ends, raced := make(map[string]int), 0
	for turn := range turns {
		stop := keepDoing(func() {
			// Each second time only once it is off: else its stop is cancelled over
			// and over, and no purge comes as far as the move.
			if turn%2 == 1 || exec.Command("systemctl", "is-active", "--quiet", "microvm@web.service").Run() != nil {
				_ = exec.Command("systemctl", "start", "--no-block", "microvm@web.service").Run()
			}
		})
		c := begin(t, s.Host, "purge", "web", "--confirm", "web")
		status := c.end(t)
		o := operationOf(t, c.id)
		place := "/var/lib/microtui/trash/" + c.id + ".1/state"
		if users := workingIn(place); len(users) > 0 {
			t.Errorf("it is in the trash, and in use: %v", users)
		}
		stop()
		if startsDuring(t, c.id) > 0 {
			raced++
		}
		ends[o.State]++
		if o.Reason != nil {
			t.Logf("%s: %s", o.State, *o.Reason)
		}
		switch {
		case o.State == "done" && status == 0:
			s.isWhole(t, "purged against starts", place)
			shell(t, lab.ProgramPath, "restore", "web")
		case status == 0 || o.State == "interrupted" || o.Reason == nil:
			t.Errorf("status %d, %+v", status, o)
		}
		s.Await("the units to come to rest", func() bool {
			return shell(t, "systemctl", "list-jobs", "--no-legend", "--plain") == ""
		})
		_ = exec.Command("systemctl", "reset-failed").Run()
		s.Host.Start("web")
		s.isUntouched(t, "after it was "+o.State)
		leavesNothing(t)
	}
	t.Logf("%d ended %v; in %d of them it was started again meanwhile", turns, ends, raced)
	if raced == 0 {
		t.Error("it was never started while it was purged")
	}
}

// keepDoing does something again and again until it is told to stop.
func keepDoing(what func()) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			default:
				what()
			}
		}
	}()
	return sync.OnceFunc(func() { close(end); <-ended })
}

// startsDuring counts how often systemd took a VM's start up, by its journal,
// between begin and end of an operation.
func startsDuring(t *testing.T, id string) int {
	t.Helper()
	text := shell(t, "journalctl", "--output=cat", "--no-pager", "MICROTUI_OPERATION="+id, "+", "UNIT=microvm@web.service")
	count, during := 0, false
	for line := range strings.Lines(text) {
		switch {
		case strings.Contains(line, "operation "+id) && strings.Contains(line, " begins"):
			during = true
		case strings.Contains(line, "operation "+id) && strings.Contains(line, " ended"):
			during = false
		case during && (strings.HasPrefix(line, "Started ") || strings.HasPrefix(line, "Starting ")):
			count++
		}
	}
	return count
}

// workingIn lists the processes that work at or below a path.
func workingIn(path string) (users []string) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if at, err := os.Readlink(link); err == nil && strings.HasPrefix(at, path) {
			users = append(users, link+" "+at)
		}
	}
	return users
}

// TestPurgeAgainstSwaps: somebody exchanges the directory of the VM that is
// purged with that of one that is kept, without pause. The kept one is never
// lost.
func TestPurgeAgainstSwaps(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	for _, vm := range []string{"web", "precious"} {
		host.Create(vm)
		furnish(t, host.Dir(vm))
	}
	host.Register()
	precious, web := &subject{Host: host, vm: "precious"}, &subject{Host: host, vm: "web"}
	precious.files, web.files = manifest(t, host.Dir("precious")), manifest(t, host.Dir("web"))
	inode := inodeOf(t, host.Dir("precious"))

	wholes := 3
	if long() {
		wholes = 20
	}
	purges, refused, swaps := 0, 0, 0
	for tries := 0; purges < wholes && tries < 100*wholes; tries++ {
		c := begin(t, host, "purge", "web", "--confirm", "web")
		id := c.id
		stop := keepDoing(func() {
			// The right one is in its place three quarters of the time: else hardly
			// a purge would come as far as the move.
			for _, dwell := range []int{1, 3} {
				if unix.Renameat2(unix.AT_FDCWD, host.Dir("web"), unix.AT_FDCWD, host.Dir("precious"), unix.RENAME_EXCHANGE) == nil {
					swaps++
				}
				for range dwell * 20 {
					_, _ = os.Lstat(host.Dir("web"))
				}
			}
		})
		status := c.end(t)
		stop()
		o := operationOf(t, id)
		var at []string
		for _, dir := range []string{host.Dir("web"), host.Dir("precious"), "/var/lib/microtui/trash/" + id + ".1/state"} {
			if is := inodeOf(t, dir); is == inode {
				at = append(at, dir)
			}
		}
		if len(at) != 1 || strings.Contains(at[0], "trash") {
			t.Fatalf("the kept directory is at %q; status %d, %+v", at, status, o)
		}
		precious.isWhole(t, "in the middle of it", at[0])
		if at[0] != host.Dir("precious") { // as they were before
			if err := unix.Renameat2(unix.AT_FDCWD, host.Dir("web"), unix.AT_FDCWD, host.Dir("precious"), unix.RENAME_NOREPLACE); err != nil {
				if err = unix.Renameat2(unix.AT_FDCWD, host.Dir("web"), unix.AT_FDCWD, host.Dir("precious"), unix.RENAME_EXCHANGE); err != nil {
					t.Fatal(err)
				}
			}
		}
		reached := slices.ContainsFunc(o.Steps, func(s struct{ Action, State string }) bool {
			return s.Action == "quarantine" && s.State != "waiting" && s.State != "skipped"
		})
		switch {
		case o.State == "done":
			purges++
			web.isWhole(t, "in the trash", "/var/lib/microtui/trash/"+id+".1/state")
			shell(t, lab.ProgramPath, "restore", "web")
		case reached:
			purges++
			refused++
		}
		web.isWhole(t, "after a try", host.Dir("web"))
		leavesNothing(t)
	}
	t.Logf("of %d that came to move a directory %d were refused, during %d swaps", purges, refused, swaps)
	if purges < wholes || swaps == 0 {
		t.Error("they never raced")
	}
}

// holdTap opens a TAP, until the test ends or closes it.
func holdTap(t *testing.T, name string) *os.File {
	t.Helper()
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), "/dev/net/tun")
	t.Cleanup(func() { file.Close() })
	request, err := unix.NewIfreq(name)
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		t.Fatalf("attach to %s: %v", name, err)
	}
	return file
}

// inodeOf is the inode of a path; 0: it is not there.
func inodeOf(t *testing.T, path string) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return 0
	}
	return st.Ino
}

// TestTapMadeAnew: a TAP that is deleted and made anew after the plan, or that a
// process has opened since, is left alone.
func TestTapMadeAnew(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Create("web", fixture.Tap("vm-web"))
	host.Register()
	cleanUp := func(i model.Inventory) model.Plan { return model.PlanCleanUp(i, model.CleanUpOptions{}) }
	for name, test := range map[string]struct {
		change func(tap string)
		stays  bool
	}{
		"as it was": {func(string) {}, false},
		"made anew": {func(tap string) { shell(t, "ip", "link", "delete", tap); host.LeakTap(tap) }, true},
		"held":      {func(tap string) { holdTap(t, tap) }, true},
		"another's": {func(tap string) { shell(t, "ip", "link", "delete", tap); host.ForeignTap(tap) }, true},
	} {
		host.LeakTap("vm-leak")
		id := recordOnly(t, cleanUp)
		test.change("vm-leak")
		shell(t, lab.ProgramPath, "operation", "run", id)
		_, err := os.Stat("/sys/class/net/vm-leak")
		want := map[bool]string{true: "failed", false: "done"}[test.stays]
		if o := operationOf(t, id); o.State != want || test.stays != (err == nil) {
			t.Errorf("%s: %+v; the TAP: %v", name, o, err)
		}
		if err == nil {
			shell(t, "ip", "link", "delete", "vm-leak")
		}
	}
	leavesNothing(t)
}
