package backend

import (
	"testing"
	"time"

	"microtui/lab"
	"microtui/model"
)

// calm is a rhythm that has read the host once and may go on without it.
func calm(t *testing.T, h *Host) *rhythm {
	t.Helper()
	r := &rhythm{host: h, interval: DefaultInterval}
	lab.Await(t, "a whole observation", func() bool {
		_, ok := r.observe(t.Context(), true)
		return ok && !lacksSizes(r.last.StateDir)
	})
	r.cost = time.Hour // no matter how long this test takes
	for at := range r.last.Units {
		if p := r.last.Units[at].Properties; p != nil {
			p.ActiveEnter = p.ActiveEnter.Add(-time.Hour) // as if it ran since then
		}
	}
	return r
}

// Who looks at a calm host gets newer figures of what he looks at, and the rest
// as it was; where something happened, or somebody called, the whole is read.
func TestRhythm(t *testing.T) {
	vmHost(t)
	h := openHost(t, Options{})
	r := calm(t, h)
	lo := 0
	for _, link := range r.last.Links {
		if link.Name == "lo" {
			lo = link.Index
		}
	}
	next := func(called bool) model.Observation {
		o, ok := r.observe(t.Context(), called)
		if !ok {
			t.Fatalf("not well: %v", o.Faults)
		}
		return o
	}
	if o := next(false); o.Pulse != nil || o.Number != r.last.Number {
		t.Fatalf("nobody looks: %+v", o.Pulse)
	}
	r = calm(t, h)
	h.Focus(model.Focus{VMs: []model.Raw{"web"}, Links: []int{lo}})
	number := r.last.Number
	o := next(false)
	if o.Pulse == nil || o.Number != number || len(o.Pulse.Usage) != 1 || o.Pulse.Usage[0].Unit != vmUnit || len(o.Pulse.Links) != 1 || !o.Pulse.At.After(o.At) {
		t.Fatalf("a calm host: number %d, %+v", o.Number, o.Pulse)
	}
	h.Focus(model.Focus{All: true})
	if o := next(false); o.Pulse == nil || len(o.Pulse.Usage) != 1 || len(o.Pulse.VMs) != 1 {
		t.Errorf("everything: %+v", o.Pulse)
	}
	if o := next(true); o.Pulse != nil || o.Number != number+1 {
		t.Errorf("called: number %d, %+v", o.Number, o.Pulse)
	}

	// A guest that is frozen, or gone, is seen even without a word from systemd.
	for _, verb := range []string{"freeze", "thaw", "stop"} {
		r = calm(t, h)
		before := r.last.Number
		run(t, "systemctl", verb, vmUnit)
		if o := next(false); o.Number == before {
			t.Errorf("%s was not seen", verb)
		}
	}
}

// What runs as a whole again and again costs a small part of our time.
func TestRhythmIsOfItsCost(t *testing.T) {
	r := &rhythm{host: &Host{}, interval: DefaultInterval, ok: true, last: model.Observation{}}
	for _, test := range []struct {
		cost, age time.Duration
		calm      bool
	}{
		{time.Millisecond, time.Second, true},
		{time.Millisecond, DefaultInterval, false},
		{50 * time.Millisecond, 10 * time.Second, true},
		{50 * time.Millisecond, 16 * time.Second, false},
		{time.Second, 59 * time.Second, true},
		{time.Second, time.Minute, false},
	} {
		r.cost, r.begun = test.cost, time.Now().Add(-test.age)
		if got := r.isCalm(); got != test.calm {
			t.Errorf("a whole one that cost %s is good after %s: %v", test.cost, test.age, got)
		}
	}
}
