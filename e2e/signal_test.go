package e2e

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestSecondSignalKills: a command that cannot be interrupted where it is, here
// in reading what nobody writes to the end, ends at the next signal.
func TestSecondSignalKills(t *testing.T) {
	observation, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer observation.Close()
	defer writer.Close()
	cmd := exec.Command(buildProgram(t), "--observation", "-", "list")
	cmd.Stdin = observation
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() })

	limit, tick := time.After(2*time.Minute), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	// It reads from when what is written first is gone from the pipe.
	if _, err := writer.WriteString("{"); err != nil {
		t.Fatal(err)
	}
	for unread := 1; unread > 0; {
		select {
		case <-tick.C:
			if unread, err = unix.IoctlGetInt(int(observation.Fd()), unix.TIOCINQ); err != nil {
				t.Fatal(err)
			}
		case <-limit:
			t.Fatal("nobody reads the observation")
		}
	}
	for signals := 0; ; {
		select {
		case <-tick.C:
			_ = cmd.Process.Signal(syscall.SIGINT) // it takes a moment to be heard
			signals++
		case err := <-ended:
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGINT || signals < 2 {
				t.Errorf("after %d signals: %v", signals, err)
			}
			return
		case <-limit:
			t.Fatalf("%d signals did not end it", signals)
		}
	}
}
