package backend

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"microtui/backend/wait"
	"microtui/model"
)

// pretended is a host for the poller that notes when it is observed.
type pretended struct {
	begun []time.Duration // since the start
	start time.Time
	takes func(n int) time.Duration
	fails func(n int) bool
}

func (h *pretended) observe(ctx context.Context, _ bool) (model.Observation, bool) {
	n := len(h.begun)
	h.begun = append(h.begun, time.Since(h.start))
	if h.takes != nil {
		wait.Pause(ctx, h.takes(n))
	}
	return model.Observation{Schema: n}, h.fails == nil || !h.fails(n)
}

// poll runs a poller on the host for a time, with a reader that takes
// everything, while drive does what it likes.
func poll(t *testing.T, h *pretended, length time.Duration, drive func(hints, asked chan struct{})) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	asked := make(chan struct{}, 1)
	hints := make(chan struct{}, 1)
	p := poller{observe: h.observe, interval: 2 * time.Second, hints: hints, asked: asked}
	newest := make(chan model.Observation, 1)
	h.start = time.Now()
	go p.run(ctx, newest)
	if drive != nil {
		go drive(hints, asked)
	}
	for range newest {
	}
}

func seconds(list ...float64) (out []time.Duration) {
	for _, s := range list {
		out = append(out, time.Duration(s*float64(time.Second)))
	}
	return out
}

func TestPollerCadence(t *testing.T) {
	took := func(list ...float64) func(int) time.Duration {
		durations := seconds(list...)
		return func(n int) time.Duration { return durations[min(n, len(durations)-1)] }
	}
	for _, test := range []struct {
		name  string
		host  pretended
		drive func(hints, asked chan struct{})
		want  []time.Duration
	}{
		{name: "steady", want: seconds(0, 2, 4, 6, 8)},
		{name: "work counts as part of the interval", host: pretended{takes: took(0.5)}, want: seconds(0, 2, 4, 6, 8)},
		{name: "slow work leaves a gap", host: pretended{takes: took(3)}, want: seconds(0, 3.25, 6.5, 9.75)},
		{name: "a hint comes early", want: seconds(0, 0.7, 2.7, 4.7, 6.7, 8.7), drive: func(hints, _ chan struct{}) {
			pauseFor(700 * time.Millisecond)
			hints <- struct{}{}
		}},
		{name: "somebody asks", want: seconds(0, 0.7, 2.7, 4.7, 6.7, 8.7), drive: func(_, asked chan struct{}) {
			pauseFor(700 * time.Millisecond)
			asked <- struct{}{}
		}},
		{name: "hints without end, four times a second", want: append(seconds(0, 0.25, 0.5, 0.75, 1), seconds(3, 5, 7, 9)...),
			drive: func(hints, _ chan struct{}) {
				for range 80 {
					wait.Signal(hints)
					pauseFor(10 * time.Millisecond)
				}
			}},
		{name: "a hint during work is not lost", host: pretended{takes: took(1, 0)}, want: seconds(0, 1.25, 3.25, 5.25, 7.25, 9.25),
			drive: func(hints, _ chan struct{}) {
				pauseFor(500 * time.Millisecond)
				wait.Signal(hints)
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				poll(t, &test.host, 9999*time.Millisecond, test.drive)
				if !slices.Equal(test.host.begun, test.want) {
					t.Errorf("observed at %v, want %v", test.host.begun, test.want)
				}
			})
		})
	}
}

func TestPollerBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &pretended{fails: func(n int) bool { return n < 5 }}
		poll(t, h, 45*time.Second, nil)
		want := seconds(0, 4, 12, 22, 32, 42, 44)
		if !slices.Equal(h.begun, want) {
			t.Errorf("observed at %v, want %v", h.begun, want)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		h := &pretended{fails: func(n int) bool { return n < 2 }}
		poll(t, h, 5900*time.Millisecond, func(hints, _ chan struct{}) {
			pauseFor(time.Second)
			hints <- struct{}{} // the bus is back
			pauseFor(time.Second)
			hints <- struct{}{}
		})
		if want := seconds(0, 1, 2, 4); !slices.Equal(h.begun, want) {
			t.Errorf("with hints observed at %v, want %v", h.begun, want)
		}
	})
}

// A reader that comes late gets the newest observation, and the poller never
// waited for it.
func TestPollerKeepsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := &pretended{start: time.Now()}
		p := poller{observe: h.observe, interval: 2 * time.Second}
		newest := make(chan model.Observation, 1)
		go p.run(ctx, newest)
		pauseFor(21 * time.Second)
		if got := (<-newest).Schema; got != 10 || len(h.begun) != 11 {
			t.Errorf("got observation %d of %d", got, len(h.begun))
		}
		cancel()
		if _, open := <-newest; open {
			t.Error("an observation after the end")
		}
	})
}

// pauseFor lets the bubble's time pass.
func pauseFor(d time.Duration) { <-time.After(d) }
