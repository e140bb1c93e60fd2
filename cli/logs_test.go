package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/backend/demo"
	"microtui/model"
	"microtui/styles"
)

// told is a log that gives some batches, and then waits, or ends.
type told struct {
	batches []model.LogBatch
	ended   func() // called when all are given; the log then waits for its context
	closed  bool
}

func (l *told) Next(ctx context.Context) (model.LogBatch, error) {
	if len(l.batches) > 0 {
		batch := l.batches[0]
		l.batches = l.batches[1:]
		return batch, nil
	}
	if l.ended == nil {
		return model.LogBatch{}, io.EOF
	}
	l.ended()
	<-ctx.Done()
	return model.LogBatch{}, ctx.Err()
}

func (l *told) Close() error { l.closed = true; return nil }

// logging runs microtui logs on the demo host with a log of the test's.
type logging struct {
	log   *told
	style OutputStyle
	out   io.Writer
	ctx   context.Context
}

func (l logging) run(t *testing.T, args ...string) (status int, out, errs string, query model.LogQuery) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := Program{
		Open: func(context.Context, Choice) (Host, error) { return demo.Open(1), nil },
		Log: func(_ context.Context, _ Host, q model.LogQuery) Log {
			query = q
			if l.log == nil {
				return nil
			}
			return l.log
		},
		Out: &stdout, Err: &stderr, Style: l.style,
	}
	if l.out != nil {
		p.Out = l.out
	}
	ctx := l.ctx
	if ctx == nil {
		ctx = t.Context()
	}
	status = p.Run(ctx, append([]string{"logs"}, args...))
	if l.log != nil && query.Units != nil && !l.log.closed {
		t.Error("the log is not closed")
	}
	return status, stdout.String(), stderr.String(), query
}

// inZone shows times as in a zone.
func inZone(t *testing.T, name string) {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	before := time.Local
	time.Local = zone
	t.Cleanup(func() { time.Local = before })
}

func sampleLines() []model.LogEntry {
	at := time.Date(2026, 11, 21, 10, 0, 0, 123456000, time.UTC)
	return []model.LogEntry{
		{Cursor: "s=1", At: at, Boot: "b1", Unit: "microvm@web.service", From: "systemd", PID: 1, Priority: 6, Message: "Started MicroVM 'web'."},
		{Cursor: "s=2", At: at.Add(time.Second), Boot: "b1", Unit: "microvm@web.service", From: "microvm@web", PID: 77, Priority: 6, Console: true, Message: "\x1b[31mred\x1b[0m \x1b]0;owned\x07\xff a\\b\r"},
		{Cursor: "s=3", At: at.Add(2 * time.Second), Boot: "b2", Unit: "microvm-tap-interfaces@db.service", From: "ip", Priority: 3, Message: "two\nlines", Cut: 9},
		{Cursor: "s=4", At: at.Add(3 * time.Second), Boot: "b2", Unit: "odd.scope", Priority: model.NoPriority, Message: "é\u202e"},
	}
}

func TestLogText(t *testing.T) {
	inZone(t, "Europe/Berlin")
	done := func() *told {
		return &told{batches: []model.LogBatch{{Entries: sampleLines()[:2]}, {Entries: sampleLines()[2:], Gap: true, Done: true}}}
	}
	status, out, errs, _ := logging{log: done()}.run(t, "web")
	want := `2026-11-21 11:00:00 vm       systemd: Started MicroVM 'web'.
2026-11-21 11:00:01 console  red ^[]0;owned^G‹FF› a\b
-- lines may be missing here --
-- host booted --
2026-11-21 11:00:02 tap      ip: two
                             lines… (+9 bytes)
2026-11-21 11:00:03 unit     é‹U+202E›
`
	if diff := cmp.Diff(want, out); diff != "" || status != 0 || errs != "" {
		t.Errorf("status %d, errors %q\n%s", status, errs, diff)
	}
	_, out, _, _ = logging{log: done()}.run(t, "web", "db", "vault")
	if !strings.Contains(out, "11:00:01 web   console  red") || !strings.Contains(out, "11:00:02 db    tap      ip: two\n                                   lines") {
		t.Errorf("of several VMs:\n%s", out)
	}
	_, out, _, _ = logging{log: done(), style: OutputStyle{ASCII: true}}.run(t, "web")
	if i := strings.IndexFunc(out, func(r rune) bool { return r > 0x7e || r < ' ' && r != '\n' }); i >= 0 {
		t.Errorf("on a terminal without UTF-8: %q", out[i:])
	}
}

func TestGuestColoursOnlyWhereAskedForAndShown(t *testing.T) {
	for _, test := range []struct {
		style OutputStyle
		args  []string
		red   bool
	}{
		{OutputStyle{Theme: styles.Basic, Colour: true}, []string{"web", "--colours"}, true},
		{OutputStyle{Theme: styles.Basic, Colour: true}, []string{"web"}, false},
		{OutputStyle{Theme: styles.Basic}, []string{"web", "--colours"}, false},
		{OutputStyle{Theme: styles.Mono, Colour: true}, []string{"web", "--colours"}, false},
	} {
		_, out, _, _ := logging{log: &told{batches: []model.LogBatch{{Entries: sampleLines()[:2], Done: true}}}, style: test.style}.run(t, test.args...)
		if strings.Contains(out, "mred\x1b[") != test.red {
			t.Errorf("%+v %q: %q", test.style, test.args, out)
		}
		if strings.Contains(out, "\x1b]") || !test.style.Colour && strings.Contains(out, "\x1b") {
			t.Errorf("%+v %q: escapes in %q", test.style, test.args, out)
		}
	}
}

func TestLogJSON(t *testing.T) {
	status, out, errs, _ := logging{log: &told{batches: []model.LogBatch{{Entries: sampleLines()[1:2]}, {Entries: sampleLines()[3:], Gap: true}, {Done: true}}}}.run(t, "web", "--json")
	want := `{"schema":1,"time":"2026-11-21T10:00:01.123456Z","vm":"web","unit":"microvm@web.service","role":"vm","from":"microvm@web","priority":6,"pid":77,"console":true,"message":"\u001b[31mred\u001b[0m \u001b]0;owned\u0007\\xff a\\\\b\r","cut":0,"boot":"b1","cursor":"s=2"}
{"schema":1,"time":"2026-11-21T10:00:03.123456Z","vm":null,"unit":"odd.scope","role":null,"from":null,"priority":null,"pid":null,"console":false,"message":"é\u202e","cut":0,"boot":"b2","cursor":"s=4"}
`
	if diff := cmp.Diff(want, out); diff != "" || status != 0 || errs != "microtui: logs web: lines may be missing before s=4\n" {
		t.Errorf("status %d, errors %q\n%s", status, errs, diff)
	}
	var back struct{ Message model.Raw }
	if err := json.Unmarshal([]byte(out[:strings.IndexByte(out, '\n')]), &back); err != nil || back.Message != sampleLines()[1].Message {
		t.Errorf("read back: %v %q", err, back.Message)
	}
}

func TestLogQuery(t *testing.T) {
	now := time.Now()
	for _, test := range []struct {
		args  []string
		check func(q model.LogQuery) bool
	}{
		{nil, func(q model.LogQuery) bool {
			return q.Last == 100 && !q.Follow && q.Priority == model.NoPriority && len(q.Units) == 7
		}},
		{[]string{"-f", "-n", "0"}, func(q model.LogQuery) bool { return q.Last == 0 && q.Follow }},
		{[]string{"-n", "all"}, func(q model.LogQuery) bool { return q.Last == -1 }},
		{[]string{"--since", "-1h"}, func(q model.LogQuery) bool {
			return q.Last == -1 && q.Since.Sub(now.Add(-time.Hour)).Abs() < time.Minute
		}},
		{[]string{"-S", "-1h", "-n", "5", "-U", "now"}, func(q model.LogQuery) bool { return q.Last == 5 && !q.Until.IsZero() }},
		{[]string{"-p", "err"}, func(q model.LogQuery) bool { return q.Priority == 3 }},
		{[]string{"-p", "7"}, func(q model.LogQuery) bool { return q.Priority == 7 }},
		{[]string{"-u", "vm", "--unit", "virtiofs", "-u", "vm"}, func(q model.LogQuery) bool {
			return slices.Equal(q.Units, []model.Raw{"microvm@web.service", "microvm-virtiofsd@web.service"})
		}},
	} {
		status, _, errs, query := logging{log: &told{}}.run(t, append(test.args, "web")...)
		if status != 0 || errs != "" || !test.check(query) {
			t.Errorf("%q: status %d, errors %q, query %+v", test.args, status, errs, query)
		}
	}
	for args, text := range map[string]string{
		"-n -1 web":                    `--lines: "-1" is neither a number of lines nor all`,
		"-p loud web":                  `--priority: "loud" is neither one of emerg, `,
		"-u nosuch web":                `--unit: "nosuch" is not one of vm, `,
		"--since then web":             `--since: "then" is not a time such as `,
		"-f --until now web":           `use only one of --follow and --until`,
		"-S 10:00 -U yesterday web":    `--until is before --since`,
		"":                             `logs: missing VM name`,
		"a/b":                          `logs a/b: expected a name, not a path`,
		"--lines web extra --until ''": `--lines: "web" is neither a number`,
	} {
		status, out, errs, _ := logging{log: &told{}}.run(t, strings.Fields(args)...)
		if status != 2 || out != "" || !strings.HasPrefix(errs, "microtui: "+text) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: status %d, output %q, errors %q", args, status, out, errs)
		}
	}
}

func TestLogOfUnknownNames(t *testing.T) {
	status, _, errs, query := logging{log: &told{}}.run(t, "web", "nosuch", "web", "import-2025", "gone")
	if status != 3 || errs != "microtui: logs nosuch: unknown VM; see microtui list\n" || len(query.Units) != 3*7 {
		t.Errorf("status %d, errors %q, units %q", status, errs, query.Units)
	}
	if status, _, errs, _ = (logging{}).run(t, "web"); status != 3 || errs != "microtui: logs web: this host has no journal\n" {
		t.Errorf("without a journal: status %d, errors %q", status, errs)
	}
}

func TestWhyALogEnds(t *testing.T) {
	for _, test := range []struct {
		last   model.LogBatch
		status int
		errs   string
	}{
		{model.LogBatch{Empty: "no line: it never ran"}, 0, "no line: it never ran"},
		{model.LogBatch{Empty: "not permitted to read the journal"}, 3, "not permitted to read the journal"},
		{model.LogBatch{Empty: "there is no journal", Fault: "exit 1"}, 1, "there is no journal"},
		{model.LogBatch{Fault: "journalctl: not found"}, 1, "journalctl: not found"},
		{model.LogBatch{Counters: model.LogCounters{Suppressed: 7}}, 0, "7 lines suppressed by journald's rate limit"},
	} {
		before := test.last // an unfinished log may tell the same before its end
		test.last.Done = true
		status, _, errs, _ := logging{log: &told{batches: []model.LogBatch{before, test.last}}}.run(t, "web")
		if status != test.status || errs != "microtui: logs web: "+test.errs+"\n" {
			t.Errorf("%+v: status %d, errors %q", test.last, status, errs)
		}
	}
}

func TestFollowingTellsWhatIsLost(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	log := &told{ended: cancel, batches: []model.LogBatch{
		{Empty: "no line since today"},
		{Empty: "no line since today"},
		{Entries: sampleLines()[:1], Counters: model.LogCounters{Read: 5, Dropped: 4}},
		{Fault: "journalctl ended"},
		{Fault: "journalctl ended", Counters: model.LogCounters{Read: 5, Dropped: 4}},
		{Counters: model.LogCounters{Read: 50, Dropped: 40, Cut: 2}},
	}}
	status, out, errs, _ := logging{log: log, ctx: ctx}.run(t, "-f", "web")
	want := `microtui: logs web: no line since today
microtui: logs web: 4 lines dropped: output could not keep up
microtui: logs web: journalctl ended
microtui: logs web: 40 lines dropped: output could not keep up
microtui: logs web: 2 lines shortened
`
	if diff := cmp.Diff(want, errs); diff != "" || status != 130 || strings.Count(out, "\n") != 1 {
		t.Errorf("status %d, output %q\n%s", status, out, diff)
	}
	status, _, errs, _ = logging{log: &told{ended: cancel}, ctx: ctx}.run(t, "web")
	if status != 130 || errs != "microtui: interrupted\n" {
		t.Errorf("not followed: status %d, errors %q", status, errs)
	}
}

func TestAReaderThatLeaves(t *testing.T) {
	for err, want := range map[error]struct {
		status int
		errs   string
	}{
		syscall.EPIPE:                 {0, ""},
		errors.New("no space left"):   {1, "microtui: write output: no space left\n"},
		&wrapped{"|1", syscall.EPIPE}: {0, ""},
	} {
		log := &told{batches: []model.LogBatch{{Entries: sampleLines()}, {Entries: sampleLines()}}}
		status, _, errs, _ := logging{log: log, out: refusing{err}}.run(t, "web")
		if status != want.status || errs != want.errs || len(log.batches) != 1 {
			t.Errorf("%v: status %d, errors %q, %d batches left", err, status, errs, len(log.batches))
		}
	}
}

// A followed log that is silent ends all the same when its reader leaves.
func TestAReaderThatLeavesASilentLog(t *testing.T) {
	t.Parallel()
	silent := make(chan struct{})
	log := &told{ended: func() { close(silent) }}
	var stdout, stderr bytes.Buffer
	p := Program{
		Open: func(context.Context, Choice) (Host, error) { return demo.Open(1), nil },
		Log:  func(context.Context, Host, model.LogQuery) Log { return log },
		Out:  &stdout, Err: &stderr, AwaitReaderGone: func() { <-silent },
	}
	if status := p.Run(t.Context(), []string{"logs", "-f", "web"}); status != 0 || stderr.Len() > 0 || !log.closed {
		t.Errorf("status %d, errors %q, closed: %t", status, stderr.String(), log.closed)
	}
}

type wrapped struct {
	text string
	error
}

func (w *wrapped) Unwrap() error { return w.error }

// refusing takes nothing but nothing.
type refusing struct{ err error }

func (r refusing) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return 0, r.err
}
