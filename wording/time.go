package wording

import (
	"time"

	"microtui/model"
	"microtui/model/text"
)

// stamp is how a moment is written in full, in the reader's time zone.
const stamp = "2006-01-02 15:04:05"

// Moment writes a moment in full; empty: it is unknown.
func Moment(t time.Time) text.SafeText {
	if t.IsZero() {
		return ""
	}
	return text.Safe(t.Local().Format(stamp))
}

// Length writes a length of time that does not move: "150 s", "12 min".
func Length(d time.Duration) text.SafeText {
	if d < 10*time.Minute {
		return text.Safef("%g s", d.Seconds())
	}
	return text.Safef("%g min", d.Minutes())
}

// Elapsed is how long an order has taken, of what it may take: "12 s of 150 s";
// "12 s" where nothing limits it.
func Elapsed(p model.Progress, now time.Time) text.SafeText {
	took := max(0, now.Sub(p.Since))
	if p.Since.IsZero() {
		took = 0
	}
	words := text.Safef("%d s", took/time.Second)
	switch limit := p.Limit.Sub(p.Since).Round(time.Second); {
	case p.Limit.IsZero() || limit <= 0:
		return words
	case took > limit:
		return words + text.Safef(", past its %d s", limit/time.Second)
	default:
		return words + text.Safef(" of %d s", limit/time.Second)
	}
}

// TimeLimits are the parts of what a VM's unit gives its guest, and what systemd
// does when they are over; empty: no limits are known.
func TimeLimits(p *model.UnitProperties) (limits []text.SafeText) {
	if p.TimeoutStart > 0 {
		limits = append(limits, Length(p.TimeoutStart)+" to come up")
	}
	if stop := Length(p.TimeoutStop); p.TimeoutStop > 0 {
		limits = append(limits, stop+" to shut down; then up to "+stop+" for each of SIGTERM, SIGKILL and what the unit cleans up")
	}
	return limits
}

// Age writes an age that moves: seconds while they matter.
func Age(d time.Duration) text.SafeText {
	switch {
	case d < 2*time.Minute:
		return text.Safef("%d s", d/time.Second)
	case d < 2*time.Hour:
		return text.Safef("%d min", d/time.Minute)
	}
	return text.Safef("%d h", d/time.Hour)
}

// Up is how long a VM has been up at a moment; empty: it is not, or that is
// unknown.
func Up(vm *model.VM, at time.Time) text.SafeText {
	if vm.Since.IsZero() || at.Before(vm.Since) {
		return ""
	}
	return model.FormatAge(at.Sub(vm.Since))
}
