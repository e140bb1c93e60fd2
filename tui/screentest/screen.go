// Package screentest runs a program on a pseudo terminal and says what a
// person would see there. It is for tests only.
//
// It knows terminals, not the program: tests wait for conditions on the
// screen, never for bytes (a differ writes a changed digit as a cursor move
// and one character) and never for time.
package screentest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"golang.org/x/sys/unix"
)

// patience is how long a condition may take. Only a failing test waits so
// long.
const patience = 2 * time.Minute

// lastWords is how long what a program wrote may take to arrive after its end.
const lastWords = time.Second

// Screen is a program on a terminal.
type Screen struct {
	t       testing.TB
	command *exec.Cmd
	master  *os.File
	tty     *os.File // kept open, so that the terminal outlives the program
	before  *unix.Termios

	// mu is held for the emulator's Write and String, which must not meet.
	// Nothing calls its Read, which waits for answers we do not give.
	mu      sync.Mutex
	screen  *vt.Emulator
	raw     []byte
	changed chan struct{} // closed and replaced when something arrived
	stalled bool
	unstall *sync.Cond

	exited chan struct{}
	stderr strings.Builder
}

// Start runs a command on a terminal of a size. With the terminal the command
// gets a session of its own, whose terminal this is.
func Start(t testing.TB, width, height int, command *exec.Cmd) *Screen {
	t.Helper()
	return start(t, width, height, command, &syscall.SysProcAttr{Setsid: true, Setctty: true})
}

// StartApart is Start for a terminal that belongs to nobody's session: the
// kernel sends no SIGHUP when it hangs up.
func StartApart(t testing.TB, width, height int, command *exec.Cmd) *Screen {
	t.Helper()
	return start(t, width, height, command, &syscall.SysProcAttr{Setsid: true})
}

func start(t testing.TB, width, height int, command *exec.Cmd, attributes *syscall.SysProcAttr) *Screen {
	t.Helper()
	master, tty := Open(t, width, height)
	before, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	s := &Screen{
		t: t, command: command, master: master, tty: tty, before: before,
		screen: vt.NewEmulator(width, height), changed: make(chan struct{}), exited: make(chan struct{}),
	}
	s.unstall = sync.NewCond(&s.mu)
	command.Stdin, command.Stdout, command.Stderr = tty, tty, &s.stderr
	command.SysProcAttr = attributes
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	go s.read()
	go func() { _ = command.Wait(); close(s.exited) }()
	t.Cleanup(s.end)
	return s
}

func (s *Screen) end() {
	_ = s.command.Process.Kill()
	<-s.exited
	s.Stall(false)
	_ = s.tty.Close()
	_ = s.master.Close()
}

// read feeds the emulator, as long as the terminal is not stalled.
func (s *Screen) read() {
	buffer := make([]byte, 64<<10)
	for {
		s.mu.Lock()
		for s.stalled {
			s.unstall.Wait()
		}
		s.mu.Unlock()
		n, err := s.master.Read(buffer)
		s.mu.Lock()
		s.raw = append(s.raw, buffer[:n]...)
		_, _ = s.screen.Write(buffer[:n])
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Type sends keys, as the bytes a terminal would send.
func (s *Screen) Type(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatalf("type %q: %v", keys, err)
	}
}

// Signal sends the program a signal.
func (s *Screen) Signal(signal os.Signal) {
	s.t.Helper()
	if err := s.command.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// Resize changes the terminal's size.
func (s *Screen) Resize(width, height int) {
	s.t.Helper()
	s.mu.Lock()
	s.screen.Resize(width, height)
	s.mu.Unlock()
	if err := setSize(s.master, width, height); err != nil {
		s.t.Fatal(err)
	}
}

// Stall makes the terminal stop reading, or go on.
func (s *Screen) Stall(stalled bool) {
	s.mu.Lock()
	s.stalled = stalled
	s.mu.Unlock()
	s.unstall.Broadcast()
}

// HangUp takes the terminal away.
func (s *Screen) HangUp() {
	s.t.Helper()
	if err := s.master.Close(); err != nil {
		s.t.Fatal(err)
	}
	_ = s.tty.Close()
}

// Full reports whether the terminal takes no more: its buffer is full.
func (s *Screen) Full() bool {
	fds := []unix.PollFd{{Fd: int32(s.tty.Fd()), Events: unix.POLLOUT}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n == 0
}

// Text is what the screen shows, without trailing blanks.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text()
}

func (s *Screen) text() string {
	lines := strings.Split(s.screen.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// Raw is every byte the program has written to the terminal.
func (s *Screen) Raw() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.raw)
}

// InAltScreen reports whether the terminal shows the alternate screen.
func (s *Screen) InAltScreen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.screen.IsAltScreen()
}

// WaitFor waits until the screen shows a text.
func (s *Screen) WaitFor(text string) string {
	s.t.Helper()
	return s.Wait(fmt.Sprintf("%q on the screen", text), func(screen string) bool { return strings.Contains(screen, text) })
}

// WaitGone waits until the screen does not show a text.
func (s *Screen) WaitGone(text string) string {
	s.t.Helper()
	return s.Wait(fmt.Sprintf("%q gone", text), func(screen string) bool { return !strings.Contains(screen, text) })
}

// Wait waits until the screen fulfils a condition, and gives it.
func (s *Screen) Wait(what string, holds func(screen string) bool) string {
	s.t.Helper()
	limit, exited := time.After(patience), s.exited
	for {
		s.mu.Lock()
		screen, changed := s.text(), s.changed
		s.mu.Unlock()
		if holds(screen) {
			return screen
		}
		select {
		case <-changed:
		case <-exited:
			exited, limit = nil, time.After(lastWords) // what it wrote may still be on its way
		case <-limit:
			if exited == nil {
				s.t.Fatalf("the program ended without %s; it said %q; the screen:\n%s", what, s.stderr.String(), screen)
			}
			s.t.Fatalf("waited %v for %s; the screen:\n%s", patience, what, screen)
		}
	}
}

// Line is the line of a screen that holds a text, empty if none does.
func Line(screen, text string) string {
	for _, line := range strings.Split(screen, "\n") {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// Exit waits until the program has ended, for so long at most, and gives its
// exit code and what it wrote to standard error.
func (s *Screen) Exit(limit time.Duration) (code int, stderr string) {
	s.t.Helper()
	select {
	case <-s.exited:
	case <-time.After(limit):
		s.t.Fatalf("still running after %v; the screen:\n%s", limit, s.Text())
	}
	return s.command.ProcessState.ExitCode(), s.stderr.String()
}

// Process is the program's process.
func (s *Screen) Process() *os.Process { return s.command.Process }

// Sane fails the test unless the terminal is as it was before the program.
func (s *Screen) Sane() {
	s.t.Helper()
	now, err := unix.IoctlGetTermios(int(s.tty.Fd()), unix.TCGETS)
	if err != nil {
		s.t.Fatal(err)
	}
	if *now != *s.before {
		s.t.Errorf("the terminal's modes are %+v, were %+v", *now, *s.before)
	}
	s.Wait("the main screen", func(string) bool { return !s.InAltScreen() })
}
