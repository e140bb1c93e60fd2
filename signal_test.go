package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestSecondSignalKills: a command that cannot be interrupted where it is, here
// in reading a pipe that nobody writes to, ends at the next signal.
func TestSecondSignalKills(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "observation")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(buildProgram(t), "--observation", pipe, "list")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() })

	limit, tick := time.After(2*time.Minute), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	// There is a writer from when there is a reader.
	var writer *os.File
	for writer == nil {
		select {
		case <-tick.C:
			writer, _ = os.OpenFile(pipe, os.O_WRONLY|unix.O_NONBLOCK, 0)
		case <-limit:
			t.Fatal("nobody reads the observation")
		}
	}
	defer writer.Close()
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
