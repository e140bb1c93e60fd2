package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// The terminal's size.
const width, height = 160, 50

// terminal runs a program and knows what its screen shows and since when. It
// answers what a terminal is asked.
type terminal struct {
	master  *os.File
	command *exec.Cmd
	started time.Time

	mu      sync.Mutex
	screen  *vt.Emulator
	bytes   int
	last    time.Time // bytes came
	changed chan struct{}
	ended   bool
}

// open starts a program on a terminal, in the meter's cgroup.
func (m *meter) open(cmd *exec.Cmd) (*terminal, error) {
	master, tty, err := pty.Open()
	if err != nil {
		return nil, err
	}
	defer tty.Close()
	if err := pty.Setsize(master, &pty.Winsize{Rows: height, Cols: width}); err != nil {
		return nil, err
	}
	t := &terminal{master: master, command: cmd, screen: vt.NewEmulator(width, height), changed: make(chan struct{})}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	t.started = time.Now()
	if err := m.start(cmd); err != nil {
		return nil, err
	}
	go func() { _, _ = io.Copy(master, t.screen) }() // its answers
	go t.read()
	return t, nil
}

func (t *terminal) read() {
	buffer := make([]byte, 64<<10)
	for {
		n, err := t.master.Read(buffer)
		now := time.Now()
		t.mu.Lock()
		t.bytes += n
		if n > 0 {
			t.last = now
		}
		_, _ = t.screen.Write(buffer[:n])
		t.ended = err != nil
		close(t.changed)
		t.changed = make(chan struct{})
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// await waits until the screen fulfils a condition and says how long after the
// start what fulfilled it came; false: not in time.
func (t *terminal) await(holds func(screen string) bool, limit time.Duration) (after time.Duration, ok bool) {
	timeout := time.After(limit)
	for {
		t.mu.Lock()
		text, at, changed, ended := t.screen.String(), t.last, t.changed, t.ended
		t.mu.Unlock()
		if holds(text) {
			return at.Sub(t.started), true
		}
		if ended {
			return 0, false
		}
		select {
		case <-changed:
		case <-timeout:
			return 0, false
		}
	}
}

// text is what the screen shows.
func (t *terminal) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.screen.String()
}

// received is how many bytes the terminal got.
func (t *terminal) received() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes
}

// press sends a key and gives the time until the first byte comes back; false:
// none came in time.
func (t *terminal) press(key string) (time.Duration, bool) {
	t.mu.Lock()
	changed := t.changed
	t.mu.Unlock()
	start := time.Now()
	if _, err := t.master.WriteString(key); err != nil {
		return 0, false
	}
	select {
	case <-changed:
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.last.Sub(start), true
	case <-time.After(time.Second):
		return 0, false
	}
}

// close takes the terminal away when the program has been ended.
func (t *terminal) close() {
	_ = t.command.Wait()
	_ = t.master.Close()
	_ = t.screen.Close()
}

// showsSomething is the first frame.
func showsSomething(screen string) bool { return strings.TrimSpace(screen) != "" }

// shows is a text on the screen.
func shows(text string) func(screen string) bool {
	return func(screen string) bool { return strings.Contains(screen, text) }
}
