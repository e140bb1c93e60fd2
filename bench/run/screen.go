package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"microtui/lab"
)

// viewer is a program that shows something on a terminal and goes on.
type viewer struct {
	name     string
	argv     []string
	peer     bool                     // of others: it is measured where it is on the PATH
	row      func(screen string) bool // the first VM is on the screen; nil: it shows none
	complete func(screen string) bool // every figure is; nil: nobody can tell
	down, up string                   // keys that move the cursor; empty: it has none
	prepare  func() error             // what it needs to be there
}

// Names that ratios are made of.
const (
	screenOwn     = "microtui"
	screenBeside  = "the other build"
	screenWatch   = "watch -n2 systemctl"
	screenLazygit = "lazygit"
)

func screens() []viewer {
	table := viewer{row: shows(vmName(0)), complete: rowsComplete, down: "j", up: "k"}
	own, beside := table, table
	own.name, own.argv = screenOwn, []string{lab.ProgramPath}
	beside.name, beside.argv = screenBeside, []string{besidePath}
	return []viewer{
		own,
		beside,
		{name: screenWatch, argv: []string{"watch", "-n2", "systemctl list-units 'microvm@*'"}, row: shows(vmName(0))},
		{name: "htop", argv: []string{"htop"}, peer: true, down: "\x1b[B", up: "\x1b[A"},
		{name: "k9s", argv: []string{"k9s"}, peer: true, down: "j", up: "k"},
		{name: "dry", argv: []string{"dry"}, peer: true, down: "j", up: "k"},
		{name: screenLazygit, argv: []string{"lazygit", "--path", repository}, peer: true, down: "j", up: "k", prepare: makeRepository},
		{name: "lazyjournal", argv: []string{"lazyjournal"}, peer: true, down: "\x1b[B", up: "\x1b[A"},
	}
}

func (v viewer) program() string { return v.argv[0] }

// isThere reports whether it can be measured here.
func (v viewer) isThere(p plan) bool {
	if v.name == screenBeside {
		return p.Beside
	}
	return v.path() != ""
}

// path is where it lies: those of others are copied to the lab.
func (v viewer) path() string {
	if v.peer {
		if _, err := os.Stat(lab.Folder + "/" + v.program()); err != nil {
			return ""
		}
		return lab.Folder + "/" + v.program()
	}
	path, _ := exec.LookPath(v.program())
	return path
}

func (v viewer) command() *exec.Cmd {
	cmd := exec.Command(v.path(), v.argv[1:]...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8", "HOME=/root")
	cmd.Dir = "/root"
	return cmd
}

var (
	vmRow   = regexp.MustCompile(`\bvm-\d{4}\b`)
	figures = regexp.MustCompile(`\bvm-\d{4}\b.*\d %.*\d[KMG]`)
)

// rowsComplete reports whether each VM on the screen has its CPU and memory,
// and the screen is full of them.
func rowsComplete(screen string) bool {
	rows := 0
	for line := range strings.Lines(screen) {
		if vmRow.MatchString(line) {
			rows++
			if !figures.MatchString(line) {
				return false
			}
		}
	}
	return rows >= 10
}

// repository is what lazygit looks at.
const repository = "/root/repository"

func makeRepository() error {
	if _, err := os.Stat(repository); err == nil {
		return nil
	}
	script := `git init -q "$1" && cd "$1" && git config user.name bench && git config user.email bench@localhost
for n in $(seq 100); do echo $n > file-$n; git add .; git commit -q -m "commit $n"; done
for n in $(seq 40); do echo more >> file-$n; done
mkdir -p /root/.config/lazygit; echo 'disableStartupPopups: true' > /root/.config/lazygit/config.yml`
	out, err := exec.Command("bash", "-ec", script, "bash", repository).CombinedOutput()
	if err != nil {
		return fmt.Errorf("make repository: %w: %s", err, out)
	}
	return nil
}

// screen is what a viewer costs.
type screen struct {
	Name string

	First, Row, Figure time.Duration // from exec; zero: never seen

	Watching cost    // of a second
	Bytes    float64 // a second, to the terminal
	WakeUps  float64 // a second
	Resident int64   // bytes, at the end of watching
	Calls    float64 // system calls in two seconds; zero: not counted
	Changing cost    // of a second in which VMs change, with what that costs anyway

	Key      cost
	KeyBytes int
	KeyTime  time.Duration // p50, to the first byte; zero: no key was answered
}

// Times.
const (
	starting = 60 * time.Second      // how long anything may take to appear
	settling = 5 * time.Second       // after the start, before watching is measured
	keys     = 60                    // how many are pressed
	pause    = 50 * time.Millisecond // between two keys
	counting = 20 * time.Second      // of system calls
)

// watch measures a viewer: its starts, then watching, keys, VMs that change, and
// in a run of its own the system calls.
func (m *meter) watch(v viewer, p plan) (s screen, err error) {
	tell("%d VMs: %s", p.VMs, v.name)
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", v.name, err)
		}
	}()
	if v.prepare != nil {
		if err := v.prepare(); err != nil {
			return s, err
		}
	}
	var starts []screen
	for range p.Runs {
		t, s, err := m.begin(v)
		if err != nil {
			return s, err
		}
		if err := m.finish(t); err != nil {
			return s, err
		}
		starts = append(starts, s)
	}
	t, s, err := m.begin(v)
	if err != nil {
		return s, err
	}
	s.First = median(starts, func(s screen) time.Duration { return s.First }).First
	s.Row = median(starts, func(s screen) time.Duration { return s.Row }).Row
	s.Figure = median(starts, func(s screen) time.Duration { return s.Figure }).Figure
	time.Sleep(settling)
	if err := m.look(t, &s, p.For); err != nil {
		return s, err
	}
	if v.down != "" {
		if err := m.press(t, v, &s); err != nil {
			return s, err
		}
	}
	if v.row != nil && p.VMs >= changing {
		if s.Changing, err = m.whileChanging(p.For); err != nil {
			return s, err
		}
	}
	if err := m.finish(t); err != nil {
		return s, err
	}
	s.Calls, err = m.calls(v)
	return s, err
}

// begin starts a viewer and waits for what is to appear.
func (m *meter) begin(v viewer) (*terminal, screen, error) {
	s := screen{Name: v.name}
	t, err := m.open(v.command())
	if err != nil {
		return nil, s, err
	}
	for _, sight := range []struct {
		what  string
		holds func(string) bool
		into  *time.Duration
	}{{"a frame", showsSomething, &s.First}, {"a row", v.row, &s.Row}, {"every figure", v.complete, &s.Figure}} {
		if sight.holds == nil {
			continue
		}
		after, ok := t.await(sight.holds, starting)
		if !ok {
			return nil, s, fmt.Errorf("%s does not appear; the screen (%d bytes received):\n%s", sight.what, t.received(), strings.TrimRight(t.text(), " \n"))
		}
		*sight.into = after
	}
	return t, s, nil
}

// finish ends a viewer and waits until the host has done with it.
func (m *meter) finish(t *terminal) error {
	if err := m.end(); err != nil {
		return err
	}
	t.close()
	return m.awaitCalm()
}

// look measures watching: nobody touches a key.
func (m *meter) look(t *terminal, s *screen, period time.Duration) error {
	bytes := t.received()
	before, err := wakeUps()
	if err != nil {
		return err
	}
	start := time.Now()
	spent, err := m.during(func() error { time.Sleep(period); return nil })
	if err != nil {
		return err
	}
	seconds := time.Since(start).Seconds()
	after, err := wakeUps()
	if err != nil {
		return err
	}
	s.Watching = spent.each(seconds)
	s.Bytes = float64(t.received()-bytes) / seconds
	s.WakeUps = float64(more(before, after)) / seconds
	s.Resident, err = resident()
	return err
}

// keypress is what one key costs until the next one.
type keypress struct {
	cost  cost
	bytes int
	time  time.Duration // to the first byte
}

// press measures keys: down and up again. Of each figure the median counts, so
// that a refresh that comes between two keys is none of theirs.
func (m *meter) press(t *terminal, v viewer, s *screen) error {
	var all []keypress
	for n := range keys {
		var k keypress
		var answered bool
		bytes := t.received()
		spent, err := m.during(func() error {
			k.time, answered = t.press([]string{v.down, v.up}[n%2])
			time.Sleep(pause)
			return nil
		})
		if err != nil {
			return err
		}
		k.cost, k.bytes = spent, t.received()-bytes
		if answered {
			all = append(all, k)
		}
	}
	if len(all) < keys/2 {
		return nil // they mean nothing to it
	}
	s.Key = median(all, func(k keypress) time.Duration { return k.cost.Own }).cost
	s.KeyBytes = median(all, func(k keypress) int { return k.bytes }).bytes
	s.KeyTime = median(all, func(k keypress) time.Duration { return k.time }).time
	return nil
}
