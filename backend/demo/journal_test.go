package demo_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// logOf asks for the log of VMs, without end or limit.
func logOf(vms ...model.Raw) model.LogQuery {
	q := model.LogQuery{Last: -1, Priority: model.NoPriority}
	for _, vm := range vms {
		for _, role := range model.Roles {
			q.Units = append(q.Units, model.UnitName(role, vm))
		}
	}
	return q
}

// readLog reads a log to its end.
func readLog(t *testing.T, l *demo.Live, q model.LogQuery) model.LogBatch {
	t.Helper()
	log := l.Log(t.Context(), q)
	defer log.Close()
	var all []model.LogEntry
	batch, err := log.Next(t.Context())
	for ; err == nil && !batch.Done; batch, err = log.Next(t.Context()) {
		all = append(all, batch.Entries...)
	}
	if batch.Entries = append(all, batch.Entries...); err != nil || batch.Counters.Read != uint64(len(batch.Entries)) {
		t.Fatalf("%v, %+v", err, batch.Counters)
	}
	if _, err := log.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("after the last batch: %v", err)
	}
	return batch
}

func texts(entries []model.LogEntry) string {
	var all strings.Builder
	for _, e := range entries {
		all.WriteString(string(e.Message) + "\n")
	}
	return all.String()
}

// inOrder: every line has its own cursor, and they come in the order of time.
func inOrder(t *testing.T, entries []model.LogEntry) {
	t.Helper()
	for i := 1; i < len(entries); i++ {
		if before, e := entries[i-1], entries[i]; e.Cursor <= before.Cursor || e.At.Before(before.At) {
			t.Fatalf("line %d, %+v, after %+v", i, e, before)
		}
	}
}

// Each VM says what fits its state, and the same on each host of a seed.
func TestLogTells(t *testing.T) {
	l, same := demo.Open(1), demo.Open(1)
	defer l.Close()
	defer same.Close()
	for _, test := range []struct {
		vm    model.Raw
		last  int // lines
		wants []string
	}{
		{"lab", -1, []string{"Started MicroVM 'lab'.", "Linux version", "logrotate"}},
		{"web", 50, []string{"nginx["}},
		{"crash", -1, []string{"cannot start without its token", "status=3/n/a", "restart counter is at 411.", "restart counter is at 412."}},
		{"queue", 10, []string{"reboot: Power down", "Stopped MicroVM 'queue'."}},
		{"mail", -1, []string{"microvm-virtiofsd@mail.service: Failed with result 'exit-code'."}},
	} {
		vm, q := test.vm, logOf(test.vm)
		q.Last = test.last
		got := readLog(t, l, q)
		for _, want := range test.wants {
			if !strings.Contains(texts(got.Entries), want) {
				t.Errorf("%s: %q is missing", vm, want)
			}
		}
		inOrder(t, got.Entries)
		if again := readLog(t, same, q); !slices.Equal(got.Entries, again.Entries) {
			t.Errorf("%s: the same seed says something else", vm)
		}
	}
	if got := readLog(t, l, logOf("scratch")); len(got.Entries) > 0 || got.Empty == "" {
		t.Errorf("a VM that never ran under its unit: %d lines, %q", len(got.Entries), got.Empty)
	}
}

// What a query leaves out.
func TestLogQueries(t *testing.T) {
	l := demo.Open(1)
	defer l.Close()
	all := readLog(t, l, logOf("crash", "lab")).Entries
	end := len(all)
	for name, test := range map[string]struct {
		change func(*model.LogQuery)
		want   []model.LogEntry
	}{
		"the last":       {func(q *model.LogQuery) { q.Last = 30 }, all[end-30:]},
		"none":           {func(q *model.LogQuery) { q.Last = 0 }, nil},
		"before one":     {func(q *model.LogQuery) { q.Last, q.Before = 20, all[end-30].Cursor }, all[end-50 : end-30]},
		"since a time":   {func(q *model.LogQuery) { q.Since = all[end-7].At }, only(all, func(e model.LogEntry) bool { return !e.At.Before(all[end-7].At) })},
		"until a time":   {func(q *model.LogQuery) { q.Until = all[9].At }, all[:10]},
		"another boot":   {func(q *model.LogQuery) { q.Boot = "0123" }, nil},
		"one unit":       {func(q *model.LogQuery) { q.Units = q.Units[:1] }, only(all, func(e model.LogEntry) bool { return e.Unit == logOf("crash").Units[0] })},
		"starts":         {func(q *model.LogQuery) { q.Starts = true }, only(all, isStart)},
		"the last start": {func(q *model.LogQuery) { q.Starts, q.Last = true, 1 }, lastOf(only(all, isStart))},
		"warnings alone": {func(q *model.LogQuery) { q.Priority = 4 }, only(all, func(e model.LogEntry) bool { return e.Console || e.Priority <= 4 })},
	} {
		q := logOf("crash", "lab")
		test.change(&q)
		if got := readLog(t, l, q).Entries; !slices.Equal(got, test.want) {
			t.Errorf("%s: %d lines, want %d", name, len(got), len(test.want))
		}
	}
}

func isStart(e model.LogEntry) bool {
	return e.From == "systemd" && strings.HasPrefix(string(e.Message), "Started MicroVM ")
}

func lastOf(entries []model.LogEntry) []model.LogEntry { return entries[len(entries)-1:] }

func only(entries []model.LogEntry, which func(model.LogEntry) bool) (some []model.LogEntry) {
	for _, e := range entries {
		if which(e) {
			some = append(some, e)
		}
	}
	return some
}

// news is what a log has to tell until nothing comes for a while.
func news(t *testing.T, log *demo.Log) (entries []model.LogEntry) {
	t.Helper()
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
		batch, err := log.Next(ctx)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, batch.Entries...)
	}
}

// A followed log gives each line once, while VMs come and go: in the end it has
// given what one finds who reads it then.
func TestLogFollows(t *testing.T) {
	onDemo(t, func(t *testing.T, l *demo.Live) {
		start, err := l.Observe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		watched := l.Watch(t.Context(), time.Second)
		q := logOf("db", "crash", "web")
		q.Follow, q.Last = true, 0
		log := l.Log(t.Context(), q)
		var followed []model.LogEntry
		for step := range 90 {
			switch step {
			case 10:
				last(t, l.Act(t.Context(), model.Order{Action: model.ActionStop, VM: "db"}))
			case 30:
				last(t, l.Act(t.Context(), model.Order{Action: model.ActionKill, VM: "web"}))
			case 40:
				last(t, l.Act(t.Context(), model.Order{Action: model.ActionStart, VM: "db"}))
			case 60:
				last(t, l.Act(t.Context(), model.Order{Action: model.ActionStop, VM: "crash"}))
			}
			<-watched
			followed = append(followed, news(t, log)...)
		}
		inOrder(t, followed)
		q = logOf("db", "crash", "web")
		q.Since = start.At.Add(1)
		fresh := readLog(t, l, q).Entries
		if !slices.Equal(followed, fresh) {
			t.Errorf("followed:\n%s\nread afterwards:\n%s", texts(followed), texts(fresh))
		}
		for _, want := range []string{"Stopped MicroVM 'db'.", "Started MicroVM 'db'.", "status=9/KILL", "cannot start without its token"} {
			if !strings.Contains(texts(followed), want) {
				t.Errorf("%q is missing", want)
			}
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
		if _, err := log.Next(t.Context()); !errors.Is(err, io.EOF) {
			t.Errorf("after it was closed: %v", err)
		}
	})
}
