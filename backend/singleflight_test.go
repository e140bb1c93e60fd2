package backend

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestSingleFlight(t *testing.T) {
	type step struct {
		after   time.Duration // since the step before
		takes   time.Duration // of a call that begins now
		waits   time.Duration
		failed  bool
		begun   int // calls so far
		content int // the number of the call whose result comes
	}
	for _, test := range []struct {
		name  string
		steps []step
	}{
		{"quick", []step{
			{takes: 10 * time.Millisecond, waits: 10 * time.Millisecond, begun: 1, content: 1},
			{takes: 20 * time.Millisecond, waits: 20 * time.Millisecond, begun: 2, content: 2},
		}},
		{"slow, and its result comes late", []step{
			{takes: 5 * time.Second, waits: patience, failed: true, begun: 1},
			{after: 4 * time.Second, begun: 1, content: 1},
			{takes: time.Second, waits: time.Second, begun: 2, content: 2},
		}},
		{"hangs", []step{
			{takes: time.Hour, waits: patience, failed: true, begun: 1},
			{after: time.Second, waits: overduePatience, failed: true, begun: 1},
			{after: time.Minute, waits: overduePatience, failed: true, begun: 1},
			{after: time.Hour, begun: 1, content: 1},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, begun := &singleFlight[int]{}, 0
				for i, s := range test.steps {
					pauseFor(s.after)
					start := time.Now()
					got, err := l.read(t.Context(), func(context.Context) int {
						begun++
						n := begun
						pauseFor(s.takes)
						return n
					})
					synctest.Wait()
					if waited := time.Since(start); waited != s.waits || (err != nil) != s.failed || begun != s.begun || got != s.content {
						t.Errorf("step %d: waited %s, error %v, %d calls, content %d; want %+v", i, waited, err, begun, got, s)
					}
				}
			})
		})
	}
}

// The end of an observation does not wait for its sources.
func TestSingleFlightEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := &singleFlight[int]{}
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := l.read(ctx, func(ctx context.Context) int { <-ctx.Done(); return 0 })
		if err != context.Canceled || time.Since(start) != time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}
