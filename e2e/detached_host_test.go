package e2e

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/lab/seeds"
	"microtui/tui/screentest"
)

// TestClientGoes: whatever becomes of who asked for an operation, and of the
// terminal, it goes on to its end. Who interrupts it is told its id.
func TestClientGoes(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	for _, vm := range []string{"int", "term", "hup", "kill", "pty"} {
		host.Create(vm, fixture.Tap("vm-"+vm))
	}
	host.Register()
	host.Start("int", "term", "hup", "kill", "pty")
	for vm, test := range map[string]struct {
		signal syscall.Signal
		status int
	}{
		"int": {syscall.SIGINT, 130}, "term": {syscall.SIGTERM, 130}, "hup": {syscall.SIGHUP, 130}, "kill": {syscall.SIGKILL, -1},
	} {
		c := begin(t, host, "purge", vm, "--confirm", vm)
		if test.signal == syscall.SIGKILL { // before its service is asked for, nobody begins it
			awaitExecutor(t, host, c.id)
		}
		if err := c.Process.Signal(test.signal); err != nil {
			t.Fatal(err)
		}
		status := c.end(t)
		goesOn(t, host, c.id, vm)
		if status != test.status || status == 130 && !strings.Contains(c.err.String(), "operation "+c.id+" continues") {
			t.Errorf("%s: status %d, %q", test.signal, status, c.err.String())
		}
	}

	master, tty := screentest.Open(t, 100, 24)
	before := recordedIDs(t)
	c := program("purge", "pty")
	c.Stdin, c.Stdout, c.Stderr = tty, tty, tty
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := master.WriteString("pty\r"); err != nil {
		t.Fatal(err)
	}
	id := ""
	host.Await("the purge to begin", func() bool {
		for _, is := range recordedIDs(t) {
			if !slices.Contains(before, is) {
				id = is
			}
		}
		return id != ""
	})
	tty.Close()
	master.Close()
	if err := c.Wait(); err == nil {
		t.Error("it did not notice that its terminal was closed")
	}
	goesOn(t, host, id, "pty")
	leavesNothing(t)
}

func awaitExecutor(t *testing.T, host *fixture.Host, id string) {
	t.Helper()
	host.Await("operation "+id+" to be begun", func() bool { return executors(t, id) > 0 })
}

// goesOn waits until a purge is done, by itself.
func goesOn(t *testing.T, host *fixture.Host, id, vm string) {
	t.Helper()
	host.Await("operation "+id+" to end", func() bool { return operationOf(t, id).State != "running" })
	if o := operationOf(t, id); o.State != "done" {
		t.Errorf("%s: %+v", vm, o)
	}
	if _, err := os.Lstat(host.Dir(vm)); err == nil {
		t.Errorf("%s is still there", vm)
	}
	if ops := shell(t, lab.ProgramPath, "ops"); !strings.Contains(ops, id) {
		t.Errorf("ops does not show %s:\n%s", id, ops)
	}
}

// TestCancelled: an operation that is asked to end, and asked again and again,
// is taken back before its directory is moved.
func TestCancelled(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	for _, signals := range []int{1, 5} {
		c := begin(t, s.Host, "purge", "web", "--confirm", "web")
		s.Await("its first step", func() bool {
			text, _ := os.ReadFile("/var/lib/microtui/operations/" + c.id + "/steps.jsonl")
			return strings.Contains(string(text), `"event":"step"`)
		})
		for range signals {
			shell(t, "systemctl", "kill", "--kill-whom=main", "--signal=TERM", "microtui-"+c.id+".service")
		}
		status := c.end(t)
		if state := s.settled(t, "cancelled", c.id); state != "undone" || status != 1 || executors(t, c.id) != 1 {
			t.Errorf("%d signals: status %d, it is %s, by %d executors\n%s", signals, status, state, executors(t, c.id), c.err.String())
		}
	}
}

// TestScreenGoes: an operation that was begun from the screen goes on when the
// screen is killed or hung up, or its terminal closed, at whatever moment; the
// next screen shows it.
func TestScreenGoes(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Declare("stays")
	goes := map[string]func(s *screentest.Screen){
		"killed": func(s *screentest.Screen) { s.Signal(syscall.SIGKILL) },
		"hungup": func(s *screentest.Screen) { s.Signal(syscall.SIGHUP) },
		"closed": func(s *screentest.Screen) { s.HangUp() },
	}
	for vm := range goes {
		host.Declare(vm, fixture.Tap("vm-"+vm))
	}
	host.Switch()
	for vm := range goes {
		host.Start(vm)
		host.Undeclare(vm)
	}
	host.Switch()
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	for vm, end := range goes {
		before := recordedIDs(t)
		screen := screentest.Start(t, 120, 30, program())
		screen.WaitFor("orphan: declared until generation")
		screen.Type("/" + vm + "\r")
		screen.Type("D")
		screen.WaitFor("move the directory of " + vm + " to the trash")
		id, typed := "", time.Now()
		host.Await("the purge of "+vm+" to begin", func() bool {
			if time.Since(typed) > 400*time.Millisecond { // sooner it counts as pasted
				screen.Type("y")
				typed = time.Now()
			}
			for _, is := range recordedIDs(t) {
				if !slices.Contains(before, is) {
					id = is
				}
			}
			return id != ""
		})
		awaitExecutor(t, host, id) // see TestClientKilledAtEverySystemCall for what is before
		<-time.After(time.Duration(random.Int64N(int64(300 * time.Millisecond))))
		end(screen)
		goesOn(t, host, id, vm)

		next := screentest.Start(t, 120, 30, program())
		next.WaitFor("stays")
		next.Type("4")
		next.WaitFor("purge")
		next.WaitFor(vm)
		next.Type("qq")
	}
	leavesNothing(t)
}
