package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// refresh is the time between two refreshes of most programs.
const refresh = 2 * time.Second

// calls counts the system calls of a viewer and its children in the time of a
// refresh, in a run that nothing else is measured in. Without strace it counts
// none.
func (m *meter) calls(v viewer) (float64, error) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		return 0, nil
	}
	t, _, err := m.begin(v)
	if err != nil {
		return 0, err
	}
	time.Sleep(settling)
	report, err := os.CreateTemp("", "calls")
	if err != nil {
		return 0, err
	}
	defer os.Remove(report.Name())
	defer report.Close()
	trace := exec.Command(strace, "--follow-forks", "--summary-only", "--output="+report.Name(), "--attach="+strconv.Itoa(t.command.Process.Pid))
	if err := trace.Start(); err != nil {
		return 0, err
	}
	time.Sleep(counting)
	if err := trace.Process.Signal(syscall.SIGINT); err != nil {
		return 0, err
	}
	_ = trace.Wait() // strace ends by the signal that ended it
	text, err := os.ReadFile(report.Name())
	if err != nil {
		return 0, err
	}
	if err := m.finish(t); err != nil {
		return 0, err
	}
	n, err := parseCalls(string(text))
	return float64(n) * float64(refresh) / float64(counting), err
}

// parseCalls reads how many calls strace counted.
func parseCalls(text string) (int, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil // none was made
	}
	for line := range strings.Lines(text) {
		// % time, seconds, microseconds a call, calls, errors if any, name
		if fields := strings.Fields(line); len(fields) >= 5 && fields[len(fields)-1] == "total" {
			return strconv.Atoi(fields[3])
		}
	}
	return 0, fmt.Errorf("strace wrote no total: %q", text)
}
