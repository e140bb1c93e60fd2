package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/tui/logview"
)

func TestLogTimes(t *testing.T) {
	th := newTheatre(t, 110, 24, Options{})
	th.observe(hostel()) // at 12:04:30
	th.journalOf(10)
	th.loaded()
	th.press("T")
	th.shows("since █  10:00, -1h, yesterday .. 12:00")
	th.typeText("10:00")
	th.press("enter")
	th.shows("since 10:00")
	day := func(h, m int) time.Time { return time.Date(2026, 11, 3, h, m, 0, 0, time.UTC) }
	if q := th.asked(); !q.Since.Equal(day(10, 0)) || !q.Until.IsZero() || !q.Follow || q.Last != logview.FirstLines {
		t.Errorf("asked for %+v", q)
	}
	th.press("T")
	th.shows("since 10:00█")
	th.typeText(" .. 9:99")
	th.press("enter")
	th.shows("9:99 is not a time such as 10:00, -1h or 2026-11-21")
	th.press("backspace", "backspace", "backspace", "backspace")
	th.hides("no time such as")
	th.typeText("9:00")
	th.press("enter")
	th.shows("the end is before the start")
	th.press("backspace", "backspace", "backspace", "backspace")
	th.typeText("11:30")
	th.press("enter")
	th.shows("since 10:00 until 11:30")
	if q := th.asked(); !q.Since.Equal(day(10, 0)) || !q.Until.Equal(day(11, 30)) || q.Follow {
		t.Errorf("asked for %+v", q)
	}
	th.until("the end", func() bool { return strings.Contains(th.screen(), "ended") })
	th.press("esc") // peels the times, and no more
	th.shows("following")
	th.hides("since 10:00")
	if q := th.asked(); !q.Since.IsZero() || !q.Until.IsZero() || !q.Follow {
		t.Errorf("asked for %+v", q)
	}
	th.press("T")
	th.typeText(".. yesterday")
	th.send(tea.PasteMsg{Content: "!\nx"})
	th.shows("since .. yesterday!█")
	th.press("esc")
	th.hides("█")
	th.press("T")
	th.typeText("..yesterday")
	th.press("enter")
	th.shows("until 2026-11-02 00:00")
	th.press("esc", "esc")
	th.shows("NAME▴")
}

// The clock that times are read by is the host's, as old as its data is.
func TestLogTimesOfTheHost(t *testing.T) {
	th := newTheatre(t, 110, 24, Options{})
	th.observe(hostel())
	th.journalOf(10)
	th.loaded()
	th.press("T")
	th.typeText("-1h")
	th.press("enter") // six keys, a second each, after the data
	if want := now.Add(6*time.Second - time.Hour); !th.asked().Since.Equal(want) {
		t.Errorf("an hour ago is %v, want %v", th.asked().Since, want)
	}
}
