package demo_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// TestWatch: the first at once, then one an interval; a refresh sooner; the
// simulated clock moves by one interval each time.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := demo.Open(1)
		defer l.Close()
		began := time.Now()
		seen := l.Watch(t.Context(), 2*time.Second)
		first := <-seen
		equal(t, "first after", time.Since(began), 0)
		second := <-seen
		equal(t, "second after", time.Since(began), 2*time.Second)
		equal(t, "simulated", second.At.Sub(first.At), 2*time.Second)
		l.Refresh()
		third := <-seen
		equal(t, "refresh after", time.Since(began), 2*time.Second)
		equal(t, "simulated", third.At.Sub(second.At), 2*time.Second)
		equal(t, "uptime grows", third.At.After(second.At), true)
	})
}

// TestWatchLate: a late reader finds the newest observation, and only it.
func TestWatchLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := demo.Open(1)
		defer l.Close()
		start, err := l.Observe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen := l.Watch(t.Context(), time.Second)
		synctest.Wait()
		for range 10 {
			<-time.After(time.Second) // of the bubble's clock
			synctest.Wait()
		}
		equal(t, "newest", (<-seen).At.Sub(start.At), 10*time.Second)
		equal(t, "next", (<-seen).At.Sub(start.At), 11*time.Second)
	})
}

// TestWatchEnds: with its context, and with the host.
func TestWatchEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := demo.Open(1)
		ctx, cancel := context.WithCancel(t.Context())
		first, second := l.Watch(ctx, time.Second), l.Watch(t.Context(), time.Second)
		<-first
		<-second
		cancel()
		for range first {
		}
		l.Close()
		for range second {
		}
		l.Close()
	})
}

// TestWatchIsDeterministic: the nth observation is the same, whenever a
// refresh is asked for.
func TestWatchIsDeterministic(t *testing.T) {
	record := func(t *testing.T, refresh bool) (out []string) {
		l := demo.Open(5)
		defer l.Close()
		seen := l.Watch(t.Context(), time.Second)
		for range 8 {
			data, err := json.Marshal(<-seen)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(data))
			if refresh {
				l.Refresh()
			}
		}
		return out
	}
	synctest.Test(t, func(t *testing.T) {
		plain, hurried := record(t, false), record(t, true)
		for i := range plain {
			equal(t, "observation", plain[i] == hurried[i], true)
		}
	})
}

// TestDo: what happens to a live host is seen.
func TestDo(t *testing.T) {
	l := demo.Open(1)
	defer l.Close()
	l.Do(func(h *demo.Host) { h.Stop("db") })
	o, err := l.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range model.Interpret(o).VMs {
		if v.Name == "db" {
			equal(t, "db", v.State, model.StateStopped)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Observe(cancelled); err == nil {
		t.Error("observed after its context ended")
	}
}
