package tui

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microtui/styles"
	"microtui/tui/screentest"
)

// A screen leaves no goroutine and no file behind, however it ends.
func TestRunLeavesNothingBehind(t *testing.T) {
	for name, end := range map[string]struct {
		by   func(cancel context.CancelFunc, master *os.File)
		want func(error) bool
	}{
		"q":       {func(_ context.CancelFunc, master *os.File) { _, _ = master.WriteString("q") }, func(err error) bool { return err == nil }},
		"context": {func(cancel context.CancelFunc, _ *os.File) { cancel() }, func(err error) bool { return errors.Is(err, context.Canceled) }},
		"hang-up": {func(_ context.CancelFunc, master *os.File) { _ = master.Close() }, func(err error) bool {
			var signal *SignalError
			return errors.As(err, &signal)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			files := 0
			for i := range 10 {
				if err := showOnce(t, end.by); !end.want(err) {
					t.Fatalf("ended with %v", err)
				}
				if i == 0 {
					files = openFiles(t) // with the two of Go's poller, which are never closed
				}
			}
			if err := goleak.Find(goleak.IgnoreCurrent()); err != nil {
				t.Error(err)
			}
			if now := openFiles(t); now > files {
				t.Errorf("%d files are open, %d were", now, files)
			}
		})
	}
}

// showOnce shows a screen until it is on the terminal, and ends it.
func showOnce(t *testing.T, end func(context.CancelFunc, *os.File)) error {
	t.Helper()
	master, tty := screentest.Open(t, 80, 24)
	defer tty.Close()
	defer master.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	host := &scriptedHost{step: scenarios["busy"], refreshed: make(chan struct{}, 1)}
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, host, Options{Terminal: TerminalCaps{Term: "xterm", Theme: styles.Basic}, Input: tty, Output: tty})
	}()
	shown := make(chan struct{})
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		buffer := make([]byte, 1<<16)
		for total := 0; ; {
			n, err := master.Read(buffer)
			if err != nil {
				return
			}
			if total += n; total > 500 && total-n <= 500 {
				close(shown)
			}
		}
	}()
	<-shown
	end(cancel, master)
	select {
	case err := <-done:
		_ = master.Close()
		<-drained
		return err
	case <-time.After(5 * time.Second):
		t.Fatal("it does not end")
		return nil
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("needs /proc")
	}
	return len(entries)
}
