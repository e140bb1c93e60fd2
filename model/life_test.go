package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/model"
)

// life is one that ended so long ago, after so long.
func life(invocation, result string, ago, took time.Duration) model.Life {
	l := model.Life{Invocation: invocation, Result: result, Ended: now.Add(-ago), Began: now.Add(-ago - took)}
	if result == "exit-code" {
		l.Code, l.Status = "exited", 3
	}
	return l
}

// hasLives gives db's unit lives, and the invocation "now".
func hasLives(whole bool, lives ...model.Life) func(h *host) {
	return func(h *host) {
		h.unitOf("microvm@db.service").Properties.Invocation = "now"
		h.o.Lives = append(h.o.Lives, model.UnitLives{Unit: "microvm@db.service", Invocation: "now", Ended: lives, Whole: whole})
	}
}

func (h *host) unitOf(name model.Raw) *model.Unit {
	at := slices.IndexFunc(h.o.Units, func(u model.Unit) bool { return u.Name == name })
	return &h.o.Units[at]
}

// TestLoopOfThisStart: what the journal says of the lives before decides
// whether a unit that systemd has restarted often crashes in a loop, at any
// moment of a turn.
func TestLoopOfThisStart(t *testing.T) {
	bad := func(n int, before ...model.Life) []model.Life {
		for ; n > 0; n-- {
			before = append(before, life(strings.Repeat("x", n), "exit-code", time.Duration(n)*7*time.Second, time.Second))
		}
		return before
	}
	clean := life("c", "success", time.Minute, 45*time.Second)
	noSocket := life("s", "exit-code", time.Minute, 2*time.Second) // microvm-shutdown found no socket any more
	noSocket.Code, noSocket.Status = "", 0
	young := func(h *host) {
		h.main("db", "active", "running").Properties.ActiveEnter = now.Add(-5 * time.Second)
	}
	waiting := func(h *host) { h.main("db", "activating", "auto-restart") }
	between := func(h *host) { h.main("db", "inactive", "dead").Job = &model.Job{Type: "start"} }
	for name, test := range map[string]struct {
		unit     func(*host)
		lives    func(*host)
		state    model.State
		restarts uint32
		note     string
	}{
		"it crashed three times":               {young, hasLives(true, bad(3)...), model.StateCrashLoop, 3, "3 restarts: exit code 3"},
		"it crashed more often than is read":   {young, hasLives(false, bad(8)...), model.StateCrashLoop, 9, "9 restarts: exit code 3"},
		"it waits after the third":             {waiting, hasLives(true, append(bad(2), life("now", "signal", time.Second, time.Second))...), model.StateCrashLoop, 2, "2 restarts: signal"},
		"its helpers are made anew":            {between, hasLives(true, bad(3)...), model.StateCrashLoop, 3, "3 restarts"},
		"repaired and started":                 {young, hasLives(true), model.StateRunning, 0, ""},
		"repaired, and crashed once more":      {young, hasLives(true, bad(1)...), model.StateRunning, 1, ""},
		"the guest reboots":                    {young, hasLives(true, clean, clean, clean, clean), model.StateRunning, 4, ""},
		"the guest reboots, and waits":         {waiting, hasLives(true, clean, clean, life("now", "success", time.Second, time.Second)), model.StateStarting, 2, ""},
		"the guest reboots at once":            {young, hasLives(true, life("a", "success", 9e9, 1e9), life("b", "success", 6e9, 1e9), life("c", "success", 3e9, 1e9)), model.StateRunning, 3, ""},
		"the guest reboots, its script fails":  {young, hasLives(true, noSocket, noSocket, noSocket, noSocket), model.StateRunning, 4, ""},
		"it crashed, then rebooted":            {young, hasLives(true, bad(4, clean)[:4]...), model.StateCrashLoop, 4, "4 restarts"},
		"it rebooted after its crashes":        {young, hasLives(true, append(bad(3), clean)...), model.StateRunning, 4, ""},
		"its crashes are far apart":            {young, hasLives(true, life("a", "signal", 99*time.Hour, 40*time.Hour), life("b", "signal", 50*time.Hour, 40*time.Hour), life("c", "signal", time.Minute, 40*time.Hour)), model.StateRunning, 3, ""},
		"it never comes up":                    {waiting, hasLives(true, life("a", "timeout", 9*time.Minute, 150*time.Second), life("b", "timeout", 5*time.Minute, 150*time.Second), life("now", "timeout", time.Second, 150*time.Second)), model.StateCrashLoop, 2, "2 restarts: timeout"},
		"what was read is of another life":     {young, func(h *host) { hasLives(true)(h); h.o.Lives[0].Invocation = "old" }, model.StateCrashLoop, 9, "9 restarts"},
		"the journal could not be read":        {young, func(*host) {}, model.StateCrashLoop, 9, "9 restarts"},
		"it was not read, and reboots cleanly": {waiting, func(*host) {}, model.StateStarting, 9, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost().declared("db").do(test.unit)
			h.unitOf("microvm@db.service").Properties.Restarts = 9
			vm := h.do(test.lives).vm(t, "db")
			var notes []string
			for _, note := range vm.Notes {
				notes = append(notes, string(note))
			}
			said := strings.Join(notes, "; ")
			if vm.State != test.state || !strings.Contains(said, test.note) || test.note == "" && said != "" {
				t.Errorf("%s (%q), want %s (%q)", vm.State, said, test.state, test.note)
			}
			if vm.Restarts == nil || *vm.Restarts != test.restarts {
				t.Errorf("restarts: %v, want %d", vm.Restarts, test.restarts)
			}
		})
	}
}

// TestLoopBegins: where the journal was not read, a unit that lives for a moment
// crashes in a loop from its third restart on.
func TestLoopBegins(t *testing.T) {
	for restarts, want := range map[uint32]model.State{2: model.StateRunning, 3: model.StateCrashLoop} {
		h := newHost().declared("db")
		p := h.main("db", "active", "running").Properties
		p.Restarts, p.ActiveEnter = restarts, now.Add(-5*time.Second)
		if vm := h.vm(t, "db"); vm.State != want {
			t.Errorf("%d restarts: %s, want %s", restarts, vm.State, want)
		}
	}
}

// TestWorthLives: the journal is looked into only where properties do not tell.
func TestWorthLives(t *testing.T) {
	often := func(active, sub string) func(*host) {
		return func(h *host) {
			p := h.main("db", active, sub).Properties
			p.Restarts, p.Invocation, p.ActiveEnter = 3, "a", now.Add(-time.Second)
		}
	}
	hasty := func(took time.Duration) func(*host) {
		return func(h *host) {
			waits := false
			h.runner("db").Shutdown = model.Shutdown{Asks: model.AsksCtrlAltDel, Waits: &waits}
			p := h.main("db", "inactive", "dead").Properties
			p.Invocation, p.ActiveExit, p.InactiveEnter = "a", now, now.Add(took)
		}
	}
	for name, test := range map[string]struct {
		host  func(*host)
		worth bool
	}{
		"lives":                        {often("active", "running"), true},
		"waits":                        {often("activating", "auto-restart"), true},
		"was stopped in its loop":      {often("inactive", "dead"), false},
		"restarted twice":              {func(h *host) { often("active", "running")(h); h.unitOf("microvm@db.service").Properties.Restarts = 2 }, false},
		"runs":                         {func(h *host) { h.running("db") }, false},
		"was off too soon":             {hasty(time.Second), true},
		"took its time":                {hasty(4 * time.Second), false},
		"too soon, but was waited for": {func(h *host) { hasty(time.Second)(h); *h.runner("db").Shutdown.Waits = true }, false},
		"without properties":           {func(h *host) { h.main("db", "active", "running").Properties = nil }, false},
	} {
		h := newHost().declared("db").do(test.host)
		if got := model.WorthLives(&h.o); (len(got) == 1) != test.worth {
			t.Errorf("%s: %q", name, got)
		}
	}
}
