package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	groups = "/sys/fs/cgroup"
	own    = groups + "/bench" // of the program that is measured
	driver = groups + "/entered"
)

// cost is CPU time, by who spent it.
type cost struct {
	Own     time.Duration // the program and all that it started
	PID1    time.Duration
	Bus     time.Duration // dbus-daemon
	Journal time.Duration // journald
	Whole   time.Duration // everything in the lab but what measures
}

func (c cost) minus(d cost) cost {
	return cost{c.Own - d.Own, c.PID1 - d.PID1, c.Bus - d.Bus, c.Journal - d.Journal, c.Whole - d.Whole}
}

// each is one of n.
func (c cost) each(n float64) cost {
	part := func(d time.Duration) time.Duration { return time.Duration(float64(d) / n) }
	return cost{part(c.Own), part(c.PID1), part(c.Bus), part(c.Journal), part(c.Whole)}
}

// meter measures one program at a time, which runs in a cgroup of its own.
type meter struct{ group *os.File }

func openMeter() (*meter, error) {
	m := &meter{}
	return m, m.renew()
}

// renew makes the cgroup.
func (m *meter) renew() (err error) {
	if err := os.Mkdir(own, 0o755); err != nil {
		return err
	}
	m.group, err = os.Open(own)
	return err
}

// start starts a command in the meter's cgroup.
func (m *meter) start(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.UseCgroupFD, cmd.SysProcAttr.CgroupFD = true, int(m.group.Fd())
	return cmd.Start()
}

// read is what was spent since the lab began.
func (m *meter) read() (c cost, err error) {
	var measuring time.Duration
	for _, part := range []struct {
		group string
		into  *time.Duration
	}{
		{own, &c.Own}, {groups + "/init.scope", &c.PID1}, {groups + "/system.slice/dbus.service", &c.Bus},
		{groups + "/system.slice/systemd-journald.service", &c.Journal},
		{driver, &measuring}, {groups, &c.Whole},
	} {
		if *part.into, err = usage(part.group); err != nil {
			return c, err
		}
	}
	c.Whole -= measuring
	return c, nil
}

// during is what is spent while something is done.
func (m *meter) during(do func() error) (cost, error) {
	before, err := m.read()
	if err != nil {
		return cost{}, err
	}
	if err := do(); err != nil {
		return cost{}, err
	}
	after, err := m.read()
	return after.minus(before), err
}

// usage is the CPU time of a cgroup's processes, ended ones included.
func usage(group string) (time.Duration, error) {
	text, err := os.ReadFile(filepath.Join(group, "cpu.stat"))
	if err != nil {
		return 0, err
	}
	return parseUsage(string(text))
}

// parseUsage reads cpu.stat.
func parseUsage(text string) (time.Duration, error) {
	for line := range strings.Lines(text) {
		if value, found := strings.CutPrefix(line, "usage_usec "); found {
			n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			return time.Duration(n) * time.Microsecond, err
		}
	}
	return 0, fmt.Errorf("cpu.stat has no usage_usec: %q", text)
}

// awaitCalm waits until the host does as good as nothing.
func (m *meter) awaitCalm() error {
	for range 120 {
		c, err := m.during(func() error { time.Sleep(time.Second); return nil })
		if err != nil || c.Whole < 10*time.Millisecond {
			return err
		}
	}
	return errors.New("the host does not come to rest")
}

// processes are those of the program that is measured.
func processes() ([]string, error) {
	text, err := os.ReadFile(own + "/cgroup.procs")
	return strings.Fields(string(text)), err
}

// end kills the program with all that it started, and waits. The cgroup is made
// anew: Linux kills whoever is cloned into one that was killed before (6.18).
func (m *meter) end() error {
	if err := os.WriteFile(own+"/cgroup.kill", []byte("1"), 0); err != nil {
		return err
	}
	m.group.Close()
	for range 1000 {
		err := os.Remove(own)
		if err == nil {
			return m.renew()
		}
		if !errors.Is(err, syscall.EBUSY) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.New("processes do not end")
}

// resident is the memory of the program's processes.
func resident() (bytes int64, err error) {
	pids, err := processes()
	for _, pid := range pids {
		text, err := os.ReadFile("/proc/" + pid + "/smaps_rollup")
		if err != nil {
			continue // it has ended
		}
		n, err := parseResident(string(text))
		if err != nil {
			return 0, err
		}
		bytes += n
	}
	return bytes, err
}

// parseResident reads smaps_rollup.
func parseResident(text string) (int64, error) {
	for line := range strings.Lines(text) {
		if value, found := strings.CutPrefix(line, "Rss:"); found {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("smaps_rollup has no Rss: %q", text)
}

// wakeUps is how often each thread of the program slept and woke, by thread.
func wakeUps() (map[string]int64, error) {
	pids, err := processes()
	if err != nil {
		return nil, err
	}
	all := map[string]int64{}
	for _, pid := range pids {
		threads, err := filepath.Glob("/proc/" + pid + "/task/*/status")
		if err != nil {
			return nil, err
		}
		for _, path := range threads {
			if text, err := os.ReadFile(path); err == nil {
				all[path] = parseWakeUps(string(text))
			}
		}
	}
	return all, nil
}

// parseWakeUps reads a thread's status.
func parseWakeUps(text string) int64 {
	for line := range strings.Lines(text) {
		if value, found := strings.CutPrefix(line, "voluntary_ctxt_switches:"); found {
			n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			return n
		}
	}
	return 0
}

// more is by how much counters grew. Those of threads that have ended are lost.
func more(before, after map[string]int64) (n int64) {
	for thread, count := range after {
		n += count - before[thread]
	}
	return n
}
