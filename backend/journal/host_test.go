package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microtui/lab"
	"microtui/model"
)

// writeVariable makes this binary a writer: it prints that many numbered lines
// as fast as it can.
const writeVariable = "JOURNAL_TEST_LINES"

func TestMain(m *testing.M) {
	if lines, err := strconv.Atoi(os.Getenv(writeVariable)); err == nil {
		out := bufio.NewWriterSize(os.Stdout, 8<<10)
		for i := range lines {
			fmt.Fprintf(out, "line %d of some ordinary length, as a service would write it\n", i)
		}
		out.Flush()
		os.Exit(0)
	}
	lab.Main(m, lab.Options{})
}

const (
	web   model.Raw = "microvm@web.service"
	share model.Raw = "microvm-virtiofsd@web.service"
)

// journald gives the lab a new, empty journal with these settings.
func journald(t testing.TB, settings ...string) {
	t.Helper()
	lab.Require(t)
	const dropIn = "/etc/systemd/journald.conf.d/zz-test.conf"
	text := "[Journal]\n" + strings.Join(settings, "\n") + "\n"
	must(t, os.WriteFile(dropIn, []byte(text), 0o644))
	units := []string{"systemd-journald.socket", "systemd-journald-dev-log.socket", "systemd-journald.service"}
	restart := func() {
		command(t, "systemctl", append([]string{"stop"}, units...)...)
		for _, folder := range []string{lasting, volatile} {
			files, err := filepath.Glob(folder + "/*/*.journal*")
			must(t, err)
			for _, file := range files {
				must(t, os.Remove(file))
			}
		}
		// Tests do this more often than systemd likes.
		command(t, "systemctl", append([]string{"reset-failed"}, units...)...)
		command(t, "systemctl", append([]string{"start"}, units...)...)
		command(t, "journalctl", "--flush")
	}
	restart()
	t.Cleanup(func() {
		must(t, os.RemoveAll(dropIn))
		restart()
	})
}

// unlimited are the settings of a journal that keeps every line.
var unlimited = []string{"RateLimitIntervalSec=0"}

// service makes a unit whose command runs once.
func service(t testing.TB, name model.Raw, lines ...string) {
	t.Helper()
	path := filepath.Join("/etc/systemd/system", string(name))
	identifier := strings.TrimSuffix(string(name), ".service")
	text := "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nSyslogIdentifier=" + identifier + "\n" + strings.Join(lines, "\n") + "\n"
	must(t, os.WriteFile(path, []byte(text), 0o644))
	command(t, "systemctl", "daemon-reload")
	t.Cleanup(func() {
		command(t, "systemctl", "stop", string(name))
		must(t, os.Remove(path))
	})
}

// prints is a command that prints a file with this content.
func prints(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "text")
	must(t, os.WriteFile(path, []byte(content), 0o644))
	return "ExecStart=/bin/cat " + path
}

// writes are the settings of a unit that writes numbered lines.
func writes(t testing.TB, lines int) []string {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	return []string{"ExecStart=" + self, fmt.Sprintf("Environment=%s=%d", writeVariable, lines)}
}

// runUnit runs a unit to its end and waits until its lines are in the journal.
func runUnit(t testing.TB, units ...model.Raw) {
	t.Helper()
	for _, unit := range units {
		command(t, "systemctl", "start", string(unit))
	}
	command(t, "journalctl", "--sync")
}

func command(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// all asks for all lines of units.
func all(units ...model.Raw) model.LogQuery {
	return model.LogQuery{Units: units, Last: -1, Priority: model.NoPriority}
}

// follow asks for all lines of units, and those to come.
func follow(units ...model.Raw) model.LogQuery {
	q := all(units...)
	q.Follow = true
	return q
}

// open opens a log for one test; nothing of it may be left at the end.
func open(t testing.TB, q model.LogQuery) *Log {
	t.Helper()
	files, routines, before := descriptors(t), goleak.IgnoreCurrent(), children(t)
	l := Open(context.Background(), q)
	t.Cleanup(func() {
		l.Close()
		goleak.VerifyNone(t, routines)
		if now := descriptors(t); now > files {
			t.Errorf("%d descriptors, before %d", now, files)
		}
		if left := children(t); len(left) > len(before) {
			t.Errorf("processes are left: %v", left)
		}
	})
	return l
}

func descriptors(t testing.TB) int {
	t.Helper()
	// The first pipe of a process makes it open what it polls with.
	r, w, err := os.Pipe()
	must(t, err)
	r.Close()
	w.Close()
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(entries)
}

// children are the process ids of this process's journalctls.
func children(t testing.TB) []int {
	t.Helper()
	var found []int
	files, err := filepath.Glob("/proc/self/task/*/children")
	must(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		must(t, err)
		for _, word := range strings.Fields(string(text)) {
			pid, err := strconv.Atoi(word)
			must(t, err)
			if name, _ := os.ReadFile("/proc/" + word + "/comm"); string(name) == "journalctl\n" {
				found = append(found, pid)
			}
		}
	}
	return found
}

// longest is how long a test waits for anything.
const longest = 20 * time.Second

// next is the next batch, which must come.
func next(t testing.TB, l *Log) model.LogBatch {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	batch, err := l.Next(ctx)
	must(t, err)
	return batch
}

// nextWithin is the next batch, if it comes in time.
func nextWithin(t testing.TB, l *Log, d time.Duration) (b model.LogBatch, came bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	b, err := l.Next(ctx)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return b, err == nil
}

// readAll reads a log that is not followed.
func readAll(t testing.TB, q model.LogQuery) ([]model.LogEntry, model.LogBatch) {
	t.Helper()
	l := open(t, q)
	var entries []model.LogEntry
	for {
		batch := next(t, l)
		entries = append(entries, batch.Entries...)
		if batch.Done {
			if _, err := l.Next(context.Background()); err != io.EOF {
				t.Errorf("after the last batch: %v", err)
			}
			return entries, batch
		}
	}
}

// read reads a log that is not followed and has nothing to complain of.
func readLines(t testing.TB, q model.LogQuery) []string {
	t.Helper()
	entries, last := readAll(t, q)
	if last.Fault != "" {
		t.Errorf("fault: %s", last.Fault)
	}
	return messages(entries)
}

// readUntil reads a followed log up to a batch.
func readUntil(t testing.TB, l *Log, enough func([]model.LogEntry, model.LogBatch) bool) []model.LogEntry {
	t.Helper()
	var entries []model.LogEntry
	for deadline := time.Now().Add(longest); time.Now().Before(deadline); {
		batch := next(t, l)
		entries = append(entries, batch.Entries...)
		if enough(entries, batch) {
			return entries
		}
	}
	t.Fatalf("not seen in time; %d lines: %.500q", len(entries), messages(entries))
	return nil
}

// has waits for a line.
func has(message string) func([]model.LogEntry, model.LogBatch) bool {
	return func(_ []model.LogEntry, b model.LogBatch) bool {
		for _, e := range b.Entries {
			if string(e.Message) == message {
				return true
			}
		}
		return false
	}
}

func messages(entries []model.LogEntry) []string {
	texts := make([]string, len(entries))
	for i, e := range entries {
		texts[i] = string(e.Message)
	}
	return texts
}

// numbers checks that entries come once, and the lines of each writer in
// order; it counts those that are missing where no gap was told.
type numbers struct {
	cursors map[string]bool  // nil: costs too much, order has to do
	last    map[int]numbered // by process
	lines   int
	missing int
}

type numbered struct {
	number int
	entry  model.LogEntry
}

func newNumbers() *numbers {
	return &numbers{cursors: map[string]bool{}, last: map[int]numbered{}}
}

// isRewritten tells an entry that journald wrote once more: it does when the
// file is full in the middle of writing, and then the journal has it under two
// numbers and otherwise the same (measured on 252).
func isRewritten(a, b model.LogEntry) bool {
	_, restA, _ := strings.Cut(a.Cursor, ";b=")
	_, restB, _ := strings.Cut(b.Cursor, ";b=")
	return restA == restB && a.Message == b.Message
}

func (n *numbers) check(t testing.TB, b model.LogBatch) {
	t.Helper()
	excused := map[int]bool{}
	for _, e := range b.Entries {
		if n.cursors != nil {
			if n.cursors[e.Cursor] {
				t.Fatalf("twice: %s %q", e.Cursor, e.Message)
			}
			n.cursors[e.Cursor] = true
		}
		n.lines++
		var number int
		if _, err := fmt.Sscanf(string(e.Message), "line %d of", &number); err != nil {
			continue
		}
		last, known := n.last[e.PID]
		switch {
		case !known, isRewritten(last.entry, e):
		case number <= last.number:
			t.Fatalf("line %d after %d: %+v after %+v", number, last.number, e, last.entry)
		case !b.Gap || excused[e.PID]:
			n.missing += number - last.number - 1
		}
		n.last[e.PID], excused[e.PID] = numbered{number, e}, true
	}
}

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o644) }

func scan(text string, values ...any) error {
	_, err := fmt.Sscan(text, values...)
	return err
}
