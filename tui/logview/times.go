package logview

import (
	"strings"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/intent"
	"microtui/tui/prompt"
)

// The times that a log is narrowed to: FROM, FROM .. TO, or .. TO.

// TimesHint is what stands where nothing is typed yet.
const TimesHint = "10:00, -1h, yesterday .. 12:00"

// timesBetween separates the two times.
const timesBetween = ".."

// OpenTimes opens the prompt for times, with what was typed before.
func (p *Pane) OpenTimes() intent.Intent {
	if p.Why != "" {
		return intent.Warn("Since, until: " + p.Why)
	}
	p.Times.Open, p.TimesWhy = true, ""
	return nil
}

// KeepTimes narrows the log to what was typed. What is not understood is told,
// and the prompt stays.
func (p *Pane) KeepTimes(now time.Time) {
	since, until, why := parseTimes(p.Times.Text(), now)
	if p.TimesWhy = why; why == "" {
		p.Times.Open, p.Filter.since, p.Filter.until = false, since, until
	}
}

// ClearTimes leaves the prompt and takes the bounds away.
func (p *Pane) ClearTimes() {
	p.Times, p.TimesWhy, p.Filter.since, p.Filter.until = prompt.Prompt{}, "", time.Time{}, time.Time{}
}

// parseTimes reads times as they are typed, and says why it cannot.
func parseTimes(both string, now time.Time) (since, until time.Time, why text.SafeText) {
	from, to, _ := strings.Cut(both, timesBetween)
	read := func(typed string, at *time.Time) {
		if typed = strings.TrimSpace(typed); typed == "" || why != "" {
			return
		}
		t, ok := model.ParseTime(typed, now)
		if !ok {
			why = text.Safe(typed) + " is not a time such as 10:00, -1h or 2026-11-21"
		}
		*at = t
	}
	read(from, &since)
	read(to, &until)
	if why == "" && !until.IsZero() && until.Before(since) {
		why = "the end is before the start"
	}
	return since, until, why
}

// timesText says what a log is narrowed to; empty: to no time.
func (f *Filter) timesText(now time.Time) text.SafeText {
	var words []string
	if !f.since.IsZero() {
		words = append(words, "since "+shortTime(f.since, now))
	}
	if !f.until.IsZero() {
		words = append(words, "until "+shortTime(f.until, now))
	}
	return text.Safe(strings.Join(words, " "))
}

// shortTime is a time without what goes without saying.
func shortTime(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	layout := "2006-01-02 15:04"
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		layout = "15:04"
	}
	if at.Second() != 0 {
		layout += ":05"
	}
	return at.Format(layout)
}
