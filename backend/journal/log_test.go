package journal

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

// A VM's units and its console come as one log, in order, and nothing else.
func TestUnitsTogether(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, prints(t, "booting\n<3>it burns\nlogin:\n"))
	service(t, share, prints(t, "serving\n"))
	service(t, "microvm@webcam.service", prints(t, "somebody else\n"))
	runUnit(t, share, "microvm@webcam.service", web)

	entries, last := readAll(t, all(web, share))
	type line struct {
		Unit, From, Message model.Raw
		Priority            model.Priority
		Console             bool
	}
	var got []line
	for i, e := range entries {
		got = append(got, line{e.Unit, e.From, e.Message, e.Priority, e.Console})
		if i > 0 && e.At.Before(entries[i-1].At) {
			t.Errorf("%q is before the line before it", e.Message)
		}
		if e.Cursor == "" || len(e.Boot) != 32 || e.PID == 0 || time.Since(e.At) > time.Minute || e.Cut != 0 {
			t.Errorf("incomplete: %+v", e)
		}
	}
	want := []line{
		{share, "systemd", "Starting microvm-virtiofsd@web.service...", 6, false},
		{share, "microvm-virtiofsd@web", "serving", 6, false},
		{share, "systemd", "microvm-virtiofsd@web.service: Deactivated successfully.", 6, false},
		{share, "systemd", "Finished microvm-virtiofsd@web.service.", 6, false},
		{web, "systemd", "Starting microvm@web.service...", 6, false},
		{web, "microvm@web", "booting", 6, true},
		{web, "microvm@web", "it burns", 3, true},
		{web, "microvm@web", "login:", 6, true},
		{web, "systemd", "microvm@web.service: Deactivated successfully.", 6, false},
		{web, "systemd", "Finished microvm@web.service.", 6, false},
	}
	// systemd and the unit write to the journal side by side.
	byUnit := func(a, b line) int {
		return strings.Compare(string(a.Unit)+fmt.Sprint(a.From == "systemd"), string(b.Unit)+fmt.Sprint(b.From == "systemd"))
	}
	slices.SortStableFunc(got, byUnit)
	slices.SortStableFunc(want, byUnit)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	counters := model.LogCounters{Read: uint64(len(want))}
	if last.Counters != counters || last.Fault != "" || last.Empty != "" || last.Gap {
		t.Errorf("last batch: %+v", last)
	}
}

// A name is a name, whatever is in it.
func TestNamesAreNoPatterns(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, prints(t, "here\n"))
	runUnit(t, web)
	for _, unit := range []model.Raw{"microvm@*.service", "microvm@we[b].service", "microvm@web", "-n1", "--help", "+", "a\nb", "", "\xff", "/etc/passwd"} {
		entries, last := readAll(t, all(unit))
		if len(entries) > 0 || last.Fault != "" || last.Empty == "" {
			t.Errorf("%q: %q, %+v", unit, messages(entries), last)
		}
	}
	if _, last := readAll(t, all("a\x00b")); last.Fault == "" {
		t.Error("an impossible name is no fault")
	}
}

// A priority hides what is less important, but never the console.
func TestPriority(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, prints(t, "console\n"))
	service(t, share, prints(t, "chatter\n<4>warning\n<3>error\n<2>critical\n"))
	runUnit(t, share, web)
	q := all(web, share)
	q.Priority = 3
	if diff := cmp.Diff([]string{"error", "critical", "console"}, readLines(t, q)); diff != "" {
		t.Error(diff)
	}
	// What is hidden does not count as one of the last lines.
	q.Last = 2
	if diff := cmp.Diff([]string{"critical", "console"}, readLines(t, q)); diff != "" {
		t.Error(diff)
	}
}

// The bounds of a query, alone and together, on lines that partly have the
// same time.
func TestBounds(t *testing.T) {
	journald(t, unlimited...)
	service(t, share, writes(t, 40)...)
	for range 3 {
		runUnit(t, share)
	}
	entries, _ := readAll(t, all(share))
	since, until := entries[len(entries)/3].At, entries[len(entries)*2/3].At
	boot := entries[0].Boot
	for _, last := range []int{-1, 0, 1, 7, 1000} {
		for bounds := range 8 {
			q := all(share)
			q.Last = last
			if bounds&1 != 0 {
				q.Since = since
			}
			if bounds&2 != 0 {
				q.Until = until
			}
			if bounds&4 != 0 {
				q.Boot = boot
			}
			var want []string
			for _, e := range entries {
				if !isOutside(q, e.At) {
					want = append(want, string(e.Message))
				}
			}
			if last >= 0 {
				want = want[max(0, len(want)-last):]
			}
			if got := readLines(t, q); !slices.Equal(got, want) {
				t.Errorf("last %d, bounds %03b: %d lines %.60q, want %d lines %.60q", last, bounds, len(got), got, len(want), want)
			}
		}
	}
	other := all(share)
	other.Boot = strings.Repeat("0", 31) + "1"
	if got := readLines(t, other); len(got) > 0 {
		t.Errorf("of another boot: %q", got)
	}
}

// Page by page backwards gives every line, in order, once.
func TestScrollBack(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, writes(t, 500)...)
	service(t, share, writes(t, 300)...)
	runUnit(t, share, web)
	whole, _ := readAll(t, all(web, share))
	q := all(web, share)
	q.Last = 97
	page, _ := readAll(t, q)
	var got []model.LogEntry
	for len(page) > 0 {
		if len(page) > q.Last {
			t.Fatalf("%d lines", len(page))
		}
		got = append(page, got...)
		q.Before = got[0].Cursor
		var last model.LogBatch
		page, last = readAll(t, q)
		if len(page) == 0 && last.Empty != "the log begins here" {
			t.Errorf("before the first line: %+v", last)
		}
	}
	if diff := cmp.Diff(whole, got); diff != "" {
		t.Error(diff)
	}
	// Filters hold there too.
	q.Before, q.Last, q.Since = whole[700].Cursor, -1, whole[10].At
	page, _ = readAll(t, q)
	first := slices.IndexFunc(whole, func(e model.LogEntry) bool { return !e.At.Before(q.Since) })
	if diff := cmp.Diff(whole[first:700], page); diff != "" {
		t.Error(diff)
	}
	q.Before = "nonsense"
	if _, last := readAll(t, q); !strings.HasPrefix(string(last.Fault), "journalctl: ") || last.Empty != "" {
		t.Errorf("a cursor that is none: %+v", last)
	}
}

// A cursor whose entry is gone still has lines before it, or none.
func TestScrollBackBeyondVacuum(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, writes(t, 50)...)
	runUnit(t, web)
	first, _ := readAll(t, all(web))
	command(t, "journalctl", "--rotate")
	runUnit(t, web)
	command(t, "journalctl", "--vacuum-files=1")
	rest, _ := readAll(t, all(web))
	if len(rest) == 0 || rest[0].Cursor == first[0].Cursor {
		t.Fatalf("nothing was vacuumed: %d lines of %d", len(rest), len(first))
	}
	q := all(web)
	q.Before = first[30].Cursor
	if entries, last := readAll(t, q); len(entries) > 0 || last.Empty != "the log begins here" {
		t.Errorf("%q, %+v", messages(entries), last)
	}
}

// A followed log gives the last lines and then new ones, without one missing
// in between, and is paced.
func TestFollow(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, writes(t, 200)...)
	runUnit(t, web)
	q := follow(web)
	q.Last = 5
	l := open(t, q)
	n := newNumbers()
	start, batches := time.Now(), 0
	for n.lines < 5 {
		n.check(t, next(t, l))
		batches++
	}
	if n.lines != 5 {
		t.Errorf("%d lines at first", n.lines)
	}
	for range 5 {
		runUnit(t, web)
		want := n.lines + 203
		for n.lines < want {
			n.check(t, next(t, l))
			batches++
		}
	}
	if n.missing > 0 {
		t.Errorf("%d lines are missing", n.missing)
	}
	if most := int(time.Since(start)/pace) + 1; batches > most {
		t.Errorf("%d batches in %s", batches, time.Since(start))
	}
}

// Only new lines, from the moment of opening.
func TestFollowFromNow(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, prints(t, "line\n"))
	runUnit(t, web)
	q := follow(web)
	q.Last = 0
	l := open(t, q)
	before := time.Now()
	runUnit(t, web)
	entries := readUntil(t, l, has("line"))
	for _, e := range entries {
		if e.At.Before(before) {
			t.Errorf("an old line: %+v", e)
		}
	}
}

// What a guest prints arrives byte for byte, as far as journald keeps it.
func TestGuestBytes(t *testing.T) {
	journald(t, unlimited...)
	lines := []string{
		"\x1b]52;c;aGVsbG8=\x07 clipboard",
		"\x1b]8;;http://evil/\x1b\\link\x1b]8;;\x1b\\",
		"\x1b]0;title\x07", "\x1bP$qm\x1b\\", "\x9b31m C1 \u009b31m",
		"\xff\xfe\xc0 invalid \xed\xa0\x80 surrogate", "rtl \u202e\u2066 tags \U000e0041",
		"tab\there", "=", "MESSAGE=forged", "__CURSOR=forged", "bell\x07 backspace\x08 form\x0c",
	}
	long := strings.Repeat("0123456789abcde\u00e9", 1<<16) // 17 bytes, 1.06 MiB
	text := strings.Join(lines, "\n") + "\nbefore\x00after\n" + long + "\n"
	service(t, web, prints(t, text))
	runUnit(t, web)
	entries, last := readAll(t, all(web))
	var got []string
	cut, whole := 0, 0
	for _, e := range entries {
		switch {
		case !e.Console:
		case len(e.Message) > 4096 || e.Cut > 0:
			if len(e.Message) > maxLine || len(e.Message) < maxLine-3 && e.Cut > 0 {
				t.Errorf("a line of %d bytes, %d cut", len(e.Message), e.Cut)
			}
			if !strings.Contains(long+long, string(e.Message)) {
				t.Errorf("changed: %.60q", e.Message)
			}
			if e.Cut > 0 {
				cut++
			}
			whole += len(e.Message) + e.Cut
		default:
			got = append(got, string(e.Message))
		}
	}
	if diff := cmp.Diff(append(lines, "before", "after"), got[:min(len(got), len(lines)+2)]); diff != "" {
		t.Error(diff)
	}
	for _, rest := range got[min(len(got), len(lines)+2):] {
		whole += len(rest)
	}
	if whole != len(long) {
		t.Errorf("of the long line's %d bytes %d are accounted for", len(long), whole)
	}
	if cut == 0 || last.Counters.Cut != uint64(cut) {
		t.Errorf("%d lines cut, counted %d", cut, last.Counters.Cut)
	}
}

// Lines that journald did not store are counted from its own reports.
func TestSuppressed(t *testing.T) {
	journald(t, "RateLimitIntervalSec=1s", "RateLimitBurst=50")
	service(t, web, writes(t, 3000)...)
	service(t, share, writes(t, 3000)...)
	q := follow(web, share)
	q.Priority = 3
	l := open(t, q)
	runUnit(t, web)
	next(t, l)
	runUnit(t, share)
	// journald reports when it lets the next line through.
	var last model.LogBatch
	for deadline := time.Now().Add(longest); last.Counters.Suppressed < 2 && time.Now().Before(deadline); {
		runUnit(t, web)
		last, _ = nextWithin(t, l, 500*time.Millisecond)
	}
	l.Close()
	var counted uint64
	report := all(web)
	report.Priority = 3
	whole, end := readAll(t, report)
	for _, e := range whole {
		var lines uint64
		if _, err := fmt.Sscanf(string(e.Message), "Suppressed %d messages from "+string(web), &lines); err == nil {
			counted += lines
		}
	}
	if counted == 0 || end.Counters.Suppressed != counted || last.Counters.Suppressed == 0 {
		t.Errorf("the reports say %d, counted %d, while following %d", counted, end.Counters.Suppressed, last.Counters.Suppressed)
	}
}

// What looks like a report of journald and is none does not count.
func TestForgedSuppression(t *testing.T) {
	journald(t, unlimited...)
	path := t.TempDir() + "/entry"
	service(t, web, "ExecStart=/bin/sh -c '/usr/bin/logger --journald < "+path+"'")
	must(t, writeFile(path, "MESSAGE=Suppressed 9 messages\nMESSAGE_ID="+droppedID+"\nN_DROPPED=9\nUNIT="+string(share)+"\n"))
	// journald knows the unit of who wrote an entry only where it reads the
	// entry before the writer has ended.
	entries, last := []model.LogEntry(nil), model.LogBatch{}
	for tries := 0; !slices.Contains(messages(entries), "Suppressed 9 messages"); tries++ {
		if tries == 50 {
			t.Fatalf("%q, %+v", messages(entries), last)
		}
		runUnit(t, web)
		entries, last = readAll(t, all(web, share))
	}
	if last.Counters.Suppressed != 0 {
		t.Errorf("%+v", last)
	}
	// And it is a line of who wrote it.
	for _, e := range entries {
		if e.Unit != web {
			t.Errorf("forged: %+v", e)
		}
	}
}

// An entry that is too large to be read is stepped over, and a gap.
func TestUnreadableEntry(t *testing.T) {
	journald(t, unlimited...)
	path := t.TempDir() + "/entry"
	must(t, writeFile(path, "MESSAGE="+strings.Repeat("x", maxField+1)+"\n"))
	service(t, web, "ExecStart=/bin/echo before", "ExecStart=/bin/sh -c '/usr/bin/logger --journald < "+path+"'", "ExecStart=/bin/echo after")
	runUnit(t, web)
	for _, q := range []model.LogQuery{all(web), follow(web)} {
		t.Run(fmt.Sprintf("followed %v", q.Follow), func(t *testing.T) {
			gap := false
			var last model.LogBatch
			entries := readUntil(t, open(t, q), func(e []model.LogEntry, b model.LogBatch) bool {
				gap, last = gap || b.Gap, b
				return has("after")(e, b)
			})
			got := slices.DeleteFunc(messages(entries), func(m string) bool { return m != "before" && m != "after" })
			if diff := cmp.Diff([]string{"before", "after"}, got); diff != "" {
				t.Error(diff)
			}
			if !gap || last.Fault != "" || last.Counters.Gaps != 1 {
				t.Errorf("gap %v, %+v, %s", gap, last.Counters, last.Fault)
			}
		})
	}
}

// Logs that come and go leave nothing behind, at whatever moment they end.
func TestOpenAndClose(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, writes(t, 5000)...)
	runUnit(t, web)
	open(t, all(web)) // compares, at the end of the test, with now
	for i := range 60 {
		l := Open(t.Context(), follow(web))
		if i%3 > 0 {
			nextWithin(t, l, time.Duration(i)*time.Millisecond)
		}
		l.Close()
		l.Close()
	}
}

// Each run of a hypervisor's unit has an invocation of its own, on its lines
// and on those of systemd about it; helpers have none.
func TestInvocations(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, prints(t, "a guest\n"))
	service(t, share, prints(t, "a daemon\n"))
	runUnit(t, web, share, web)
	entries, _ := readAll(t, all(web, share))
	var runs []string
	for _, e := range entries {
		switch known := e.Invocation != ""; {
		case e.Unit != web && known, e.From == "systemd" && e.Unit == web && !known:
			t.Errorf("%q of %s has invocation %q", e.Message, e.Unit, e.Invocation)
		case !known: // journald may look at a process's unit when that is gone (252)
		case !slices.Contains(runs, e.Invocation):
			runs = append(runs, e.Invocation)
		}
	}
	if len(runs) != 2 || len(runs[0]) != 32 {
		t.Errorf("the invocations of two runs are %q", runs)
	}
}

// What systemd says of the starts of a hypervisor's unit is found alone, from
// the end and from a line on.
func TestStarts(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, prints(t, strings.Repeat("a guest\n", 100)))
	service(t, share, prints(t, "a daemon\n"))
	runUnit(t, share, web, share, web)
	q := all(share, web)
	q.Starts = true
	starts, _ := readAll(t, q)
	// Of what runs once systemd says "Finished" in place of "Started".
	want := []string{"Starting microvm@web.service...", "Finished microvm@web.service."}
	if diff := cmp.Diff(slices.Concat(want, want), messages(starts)); diff != "" {
		t.Fatal(diff)
	}
	first, second := starts[:2], starts[2:]
	if first[0].Invocation != first[1].Invocation || second[0].Invocation != second[1].Invocation || first[0].Invocation == second[0].Invocation {
		t.Errorf("the runs of two starts: %+v", starts)
	}
	q.Last, q.Before = 4, second[0].Cursor
	if before, _ := readAll(t, q); cmp.Diff(first, before) != "" {
		t.Errorf("before the second: %+v", before)
	}
	q.Last, q.Before, q.Since = -1, "", second[0].At
	if after, _ := readAll(t, q); cmp.Diff(second, after) != "" {
		t.Errorf("from the second on: %+v", after)
	}
}
