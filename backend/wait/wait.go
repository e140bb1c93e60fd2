// Package wait is how all that works in the background waits for time to pass,
// and tells another that something happened.
//
// It knows channels and timers. It must not know what is waited for.
package wait

import (
	"context"
	"time"
)

// Pause waits, and reports whether it was to the end.
func Pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Signal tells who waits on a channel that holds one signal that something
// happened, and never waits itself: one that was not taken yet says the same.
func Signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
