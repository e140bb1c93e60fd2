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
