package journal

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"microtui/lab"
	"microtui/model"
)

// Each reason for an empty log has its line, whether it is followed or not.
func TestEmpty(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, prints(t, "line\n"))
	service(t, share, prints(t, "<6>line\n"))
	runUnit(t, share)
	later := time.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		change func(*model.LogQuery)
		want   string
	}{
		"never ran":              {func(q *model.LogQuery) { q.Units = []model.Raw{web} }, "no lines: it has not run since 20"},
		"never ran, and a bound": {func(q *model.LogQuery) { q.Units, q.Since = []model.Raw{web}, later }, "no lines: it has not run since 20"},
		"since":                  {func(q *model.LogQuery) { q.Since = later }, "no lines since " + clock(later) + "; the last one is from 20"},
		"priority":               {func(q *model.LogQuery) { q.Priority = 3 }, "no lines of priority err or higher; the last one is from 20"},
		"both":                   {func(q *model.LogQuery) { q.Priority, q.Since = 2, later }, "no lines since " + clock(later) + ", of priority crit or higher; the last"},
		"boot":                   {func(q *model.LogQuery) { q.Boot = strings.Repeat("1", 32) }, "no lines from boot 1111"},
		"no unit":                {func(q *model.LogQuery) { q.Units = nil }, "no unit was requested"},
	} {
		for _, followed := range []bool{false, true} {
			q := all(share)
			test.change(&q)
			q.Follow = followed
			b := next(t, open(t, q))
			if !strings.HasPrefix(string(b.Empty), test.want) || len(b.Entries) > 0 || b.Fault != "" || b.Done == (followed && q.Units != nil) {
				t.Errorf("%s: %+v, want %s", name, b, test.want)
			}
		}
	}
	until := all(share)
	until.Until = time.Now().Add(-time.Hour)
	if _, last := readAll(t, until); !strings.HasPrefix(string(last.Empty), "no lines until ") {
		t.Errorf("until: %+v", last)
	}
}

// A line ends the emptiness of a followed log.
func TestEmptyNoMore(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, prints(t, "line\n"))
	l := open(t, follow(web))
	if b := next(t, l); b.Empty == "" {
		t.Errorf("%+v", b)
	}
	runUnit(t, web)
	if b := next(t, l); b.Empty != "" || len(b.Entries) == 0 {
		t.Errorf("%+v", b)
	}
}

// A log that begins now is not called empty for it. (Another one, opened later,
// tells by when that would have been said.)
func TestEmptyFromNow(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, prints(t, "line\n"))
	runUnit(t, web)
	q := follow(web)
	q.Last = 0
	l := open(t, q)
	bounded := follow(web)
	bounded.Since = time.Now().Add(time.Hour)
	other := Open(t.Context(), bounded)
	defer other.Close()
	if b := next(t, other); !strings.HasPrefix(string(b.Empty), "no lines since ") {
		t.Errorf("from later on: %+v", b)
	}
	runUnit(t, web)
	if b := next(t, l); b.Empty != "" || len(b.Entries) == 0 {
		t.Errorf("from now on: %+v", b)
	}
}

// A journal that is only in memory says so.
func TestEmptyVolatile(t *testing.T) {
	journald(t, "RateLimitIntervalSec=0", "Storage=volatile")
	if _, last := readAll(t, all(web)); !strings.Contains(string(last.Empty), "kept in memory only") {
		t.Errorf("%+v", last)
	}
}

// Where there is no journal, that is the reason; when one comes, lines come.
func TestNoJournal(t *testing.T) {
	journald(t, "Storage=none")
	l := open(t, follow(web))
	for _, b := range []model.LogBatch{next(t, l), func() model.LogBatch { _, b := readAll(t, all(web)); return b }()} {
		if !strings.HasPrefix(string(b.Empty), "this host has no journal") {
			t.Errorf("%+v", b)
		}
	}
	journald(t, unlimited...)
	service(t, web, prints(t, "line\n"))
	runUnit(t, web)
	readUntil(t, l, has("line"))
}

// nobodyVariable makes TestEmptyForNobody the part of it that runs as nobody.
const nobodyVariable = "JOURNAL_TEST_NOBODY"

// Who may not read the journal is told so, and how to be able to.
func TestEmptyForNobody(t *testing.T) {
	if os.Getenv(nobodyVariable) != "" {
		for _, followed := range []bool{false, true} {
			q := all(web)
			q.Follow = followed
			l := open(t, q)
			b := next(t, l)
			for b.Empty == "" {
				b = next(t, l)
			}
			if b.Empty != "not permitted to read the journal: run as root or join the group systemd-journal" || b.Done == followed {
				t.Errorf("%+v", b)
			}
		}
		return
	}
	lab.Require(t)
	journald(t, unlimited...)
	self, err := os.Executable()
	must(t, err)
	var out bytes.Buffer
	cmd := exec.Command(self, "-test.run=^TestEmptyForNobody$", "-test.v")
	cmd.Dir, cmd.Env = "/", []string{nobodyVariable + "=1", "MICROTUI_LAB=off"}
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if err := cmd.Run(); err != nil || !strings.Contains(out.String(), "--- PASS: TestEmptyForNobody") {
		t.Errorf("%v: %s", err, out.String())
	}
}
