package terminal_test

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"microtui/tui/screentest"
	"microtui/tui/terminal"
)

// receiver is what a terminal got so far.
type receiver struct {
	mu    sync.Mutex
	bytes bytes.Buffer
	came  chan struct{}
}

func (r *receiver) listen(master *os.File) {
	buffer := make([]byte, 4096)
	for {
		n, err := master.Read(buffer)
		r.mu.Lock()
		r.bytes.Write(buffer[:n])
		r.mu.Unlock()
		select {
		case r.came <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (r *receiver) waitFor(t *testing.T, text string, times int) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		r.mu.Lock()
		got := r.bytes.String()
		r.mu.Unlock()
		if strings.Count(got, text) >= times {
			return
		}
		select {
		case <-r.came:
		case <-limit:
			t.Fatalf("%q did not come %d times: %q", text, times, got)
		}
	}
}

// What the mouse did before the terminal was given away is typing for nobody;
// without the mouse, what was typed ahead is the next reader's.
func TestReportsThatNobodyReadAreThrownAway(t *testing.T) {
	for _, test := range []struct {
		mouse bool
		want  string
	}{{true, "x"}, {false, "\x1b[<0;1;1Mx"}} {
		master, tty := screentest.Open(t, 80, 24)
		got := &receiver{came: make(chan struct{}, 1)}
		listening := make(chan struct{})
		go func() { got.listen(master); close(listening) }()
		on, err := terminal.Open(tty, tty, "xterm-256color", terminal.NoColours)
		if err != nil {
			t.Fatal(err)
		}
		on.Mouse(test.mouse)
		on.Show(terminal.Frame{Width: 80, Height: 24, Lines: []string{"a frame"}})
		got.waitFor(t, "a frame", 1)
		send := func(text string) {
			if _, err := master.WriteString(text); err != nil {
				t.Fatal(err)
			}
		}
		send("\x1b[<0;1;1M")
		if err := on.Leave(); err != nil {
			t.Fatal(err)
		}
		if err := on.Enter(); err != nil {
			t.Fatal(err)
		}
		send("x")
		read, buffer := "", make([]byte, 100)
		for !strings.HasSuffix(read, "x") {
			n, err := on.Read(buffer)
			if err != nil {
				t.Fatal(err)
			}
			read += string(buffer[:n])
		}
		if read != test.want {
			t.Errorf("mouse %v: %q was read, want %q", test.mouse, read, test.want)
		}
		if test.mouse {
			got.waitFor(t, "\x1b[?1000h\x1b[?1006h", 2)
		}
		if err := on.Close(); err != nil {
			t.Fatal(err)
		}
		got.waitFor(t, "\x1b[?1000l\x1b[?1006l", 2)
		_, _ = master.Close(), tty.Close()
		<-listening
	}
}
