package operation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/model"
)

// script is a world that does what a test says and writes down what is done.
type script struct {
	did      []string
	released []string
	seen     model.Observation
	busy     time.Time                 // until then somebody has the locks
	fails    map[string]error          // by "apply stop db" and the like
	happened map[model.StepAction]bool // of begun steps
	during   map[string]func()         // what else happens in the middle of it
}

func (s *script) do(what string, t Task) error {
	what = fmt.Sprintf("%s %s %s", what, t.Step.Action, t.Step.VM)
	s.did = append(s.did, what)
	if s.during[what] != nil {
		s.during[what]()
	}
	return s.fails[what]
}

func (s *script) Lock(Header, []model.Raw, bool) (func(), error) {
	if time.Now().Before(s.busy) {
		return nil, fmt.Errorf("%w: start of db by anna", model.ErrBusy)
	}
	return func() { s.did = append(s.did, "release") }, nil
}

func (s *script) Inventory(context.Context) (model.Inventory, error) {
	return model.Interpret(s.seen), nil
}

func (s *script) Check(ctx context.Context, _ model.Plan, _ model.Item) error {
	if s.during["check"] != nil {
		s.during["check"]()
	}
	if err := s.fails["check"]; err != nil {
		return err
	}
	return ctx.Err()
}

func (s *script) Prepare(_ context.Context, t Task) error {
	return s.fails[fmt.Sprintf("prepare %s %s", t.Step.Action, t.Step.VM)]
}

func (s *script) Release(t Task) error {
	s.released = append(s.released, fmt.Sprintf("%s %s", t.Step.Action, t.Step.VM))
	return nil
}

func (s *script) Apply(ctx context.Context, t Task, tell func(model.Raw)) (Done, error) {
	tell("at it")
	if err := s.do("apply", t); err != nil {
		return Done{}, err
	}
	return Done{}, ctx.Err()
}

func (s *script) Happened(t Task) (bool, error) {
	return s.happened[t.Step.Action], s.fails[fmt.Sprintf("happened %s", t.Step.Action)]
}

func (s *script) Undo(_ context.Context, t Task) error { return s.do("undo", t) }

// memory is a record in memory.
type memory struct{ events []Event }

func (m *memory) Append(e Event) error     { m.events = append(m.events, e); return nil }
func (m *memory) Events() ([]Event, error) { return slices.Clone(m.events), nil }

// purge is a plan that purges VMs: stop, quarantine, remove_root.
func purge(names ...model.Raw) Header {
	h := Header{ID: "20261103-120411-a1b2", Plan: model.Plan{Action: model.ActionPurge}}
	for _, name := range names {
		item := model.Item{Ref: model.Ref{Kind: model.KindVM, Name: name}, Ticked: true, Running: true}
		for _, action := range []model.StepAction{model.StepStop, model.StepQuarantine, model.StepRemoveRoot} {
			item.Steps = append(item.Steps, model.Step{Action: action, Ref: item.Ref, VM: name})
		}
		h.Plan.Items = append(h.Plan.Items, item)
	}
	return h
}

func at(kind EventKind, item, step int) Event { return Event{Kind: kind, Item: item, Step: step} }

// stepsOf are the states of all steps.
func stepsOf(o model.Operation) string {
	var all []string
	for _, steps := range o.Steps {
		for _, s := range steps {
			all = append(all, string(s.State))
		}
	}
	return strings.Join(all, " ")
}

var errBroken = errors.New("it broke")

func TestRun(t *testing.T) {
	interrupted := func(events ...Event) []Event { return append([]Event{{Kind: EventBegin}}, events...) }
	both := purge("a", "b")
	stopping := purge("a", "b")
	stopping.Plan.StopAtFailure = true
	for _, test := range []struct {
		name   string
		header Header
		before []Event
		world  script
		did    string // what was done, but for release
		steps  string
		state  model.OperationState
		reason string
	}{
		{name: "all goes well", header: purge("a"),
			did: "apply stop a, apply quarantine a, apply remove_root a", steps: "done done done", state: model.OperationDone},
		{name: "a step fails before anything stays", header: both, world: script{fails: map[string]error{"apply quarantine a": errBroken}},
			did:   "apply stop a, apply quarantine a, undo quarantine a, undo stop a, apply stop b, apply quarantine b, apply remove_root b",
			steps: "undone failed skipped done done done", state: model.OperationFailed, reason: "it broke"},
		{name: "a step fails, and the rest is left alone", header: stopping, world: script{fails: map[string]error{"apply quarantine a": errBroken}},
			did:   "apply stop a, apply quarantine a, undo quarantine a, undo stop a",
			steps: "undone failed skipped skipped skipped skipped", state: model.OperationFailed, reason: "it broke"},
		{name: "a step fails after something stays", header: both, world: script{fails: map[string]error{"apply remove_root a": errBroken}},
			did:   "apply stop a, apply quarantine a, apply remove_root a, apply stop b, apply quarantine b, apply remove_root b",
			steps: "done done failed done done done", state: model.OperationFailed, reason: "it broke"},
		{name: "what failed cannot be taken back", header: purge("a"), world: script{fails: map[string]error{"apply quarantine a": errBroken, "undo stop a": errBroken}},
			did: "apply stop a, apply quarantine a, undo quarantine a, undo stop a", steps: "failed failed skipped", state: model.OperationFailed, reason: "it broke; not undone: it broke"},
		{name: "the check fails", header: both, world: script{fails: map[string]error{"check": fmt.Errorf("%w: mounted", model.ErrRefused)}},
			steps: "skipped skipped skipped skipped skipped skipped", state: model.OperationFailed, reason: "refused: mounted"},

		{name: "there is no room for one", header: both, world: script{fails: map[string]error{"prepare quarantine a": errBroken}},
			did:   "apply stop b, apply quarantine b, apply remove_root b",
			steps: "skipped skipped skipped done done done", state: model.OperationFailed, reason: "it broke"},
		{name: "there is no room for one, and the rest is left alone", header: stopping, world: script{fails: map[string]error{"prepare quarantine a": errBroken}},
			steps: "skipped skipped skipped skipped skipped skipped", state: model.OperationFailed, reason: "it broke"},
		{name: "there is no room for any", header: both,
			world: script{fails: map[string]error{"prepare quarantine a": fmt.Errorf("%w: full", model.ErrRefused), "prepare quarantine b": errBroken}},
			steps: "waiting waiting waiting waiting waiting waiting", state: model.OperationFailed, reason: "refused: full"},

		{name: "killed before the first step", header: purge("a"), before: interrupted(),
			steps: "skipped skipped skipped", state: model.OperationUndone, reason: "interrupted before anything permanent was done"},
		{name: "killed at the stop", header: purge("a"), before: interrupted(at(EventStep, 0, 0)),
			did: "undo stop a", steps: "undone skipped skipped", state: model.OperationUndone, reason: "interrupted before anything permanent was done"},
		{name: "killed at the move, which did not happen", header: purge("a"), before: interrupted(at(EventStep, 0, 0), at(EventDone, 0, 0), at(EventStep, 0, 1)),
			did: "undo quarantine a, undo stop a", steps: "undone undone skipped", state: model.OperationUndone, reason: "interrupted before anything permanent was done"},
		{name: "killed at the move, which happened", header: purge("a"), before: interrupted(at(EventStep, 0, 0), at(EventDone, 0, 0), at(EventStep, 0, 1)),
			world: script{happened: map[model.StepAction]bool{model.StepQuarantine: true}},
			did:   "apply quarantine a, apply remove_root a", steps: "done done done", state: model.OperationDone},
		{name: "killed at the move, which happened, and is put back by the next", header: purge("a"), before: interrupted(at(EventStep, 0, 0), at(EventDone, 0, 0), at(EventStep, 0, 1)),
			world: script{happened: map[model.StepAction]bool{model.StepQuarantine: true}, fails: map[string]error{"apply quarantine a": errBroken}},
			did:   "apply quarantine a, undo quarantine a, undo stop a", steps: "undone failed skipped", state: model.OperationFailed, reason: "it broke"},
		{name: "killed in the second item", header: both, before: interrupted(at(EventDone, 0, 0), at(EventDone, 0, 1), at(EventDone, 0, 2), at(EventStep, 1, 0)),
			world: script{happened: map[model.StepAction]bool{model.StepStop: true}},
			did:   "apply stop b, apply quarantine b, apply remove_root b", steps: "done done done done done done", state: model.OperationDone},
		{name: "killed while it was taken back", header: purge("a"), before: interrupted(at(EventDone, 0, 0), at(EventFailed, 0, 1), at(EventUndo, 0, 1), at(EventFailed, 0, 1), at(EventUndo, 0, 0)),
			world: script{happened: map[model.StepAction]bool{model.StepStop: true}},
			did:   "undo stop a", steps: "undone failed skipped", state: model.OperationUndone, reason: "interrupted before anything permanent was done"},
		{name: "killed while the second item was taken back", header: both,
			before: interrupted(at(EventDone, 0, 0), at(EventDone, 0, 1), at(EventDone, 0, 2), at(EventDone, 1, 0), at(EventFailed, 1, 1), at(EventUndo, 1, 1)),
			world:  script{happened: map[model.StepAction]bool{model.StepQuarantine: true, model.StepStop: true}},
			did:    "undo quarantine b, undo stop b", steps: "done done done undone undone skipped", state: model.OperationFailed, reason: "one of its steps failed"},
		{name: "what was undone is not undone again", header: purge("a"),
			before: interrupted(at(EventDone, 0, 0), at(EventFailed, 0, 1), at(EventUndo, 0, 1), at(EventFailed, 0, 1), at(EventUndo, 0, 0), at(EventUndone, 0, 0)),
			steps:  "undone failed skipped", state: model.OperationUndone, reason: "interrupted before anything permanent was done"},
	} {
		t.Run(test.name, func(t *testing.T) {
			record := &memory{events: test.before}
			o, err := Run(t.Context(), test.header, &test.world, record)
			if err != nil {
				t.Fatal(err)
			}
			did := strings.TrimSuffix(strings.Join(test.world.did, ", "), "release")
			if did = strings.TrimSuffix(did, ", "); did != test.did {
				t.Errorf("it did %s\nwanted    %s", did, test.did)
			}
			if got := stepsOf(o); got != test.steps {
				t.Errorf("steps are %s, want %s", got, test.steps)
			}
			if o.State != test.state || string(o.Reason) != test.reason {
				t.Errorf("it is %s: %q, want %s: %q", o.State, o.Reason, test.state, test.reason)
			}
			if diff := cmp.Diff(o, Fold(test.header, record.events, false), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("its record tells something else:\n%s", diff)
			}
		})
	}
}

// TestCancel: the item that is being done is undone, or finished where it is
// too far for that, and the rest left alone.
func TestCancel(t *testing.T) {
	for _, test := range []struct{ when, did, steps, state string }{
		{"check", "", "skipped skipped skipped skipped skipped skipped", "undone"},
		{"apply stop a", "apply stop a, undo stop a", "failed skipped skipped skipped skipped skipped", "undone"},
		{"apply quarantine a", "apply stop a, apply quarantine a, undo quarantine a, undo stop a", "undone failed skipped skipped skipped skipped", "undone"},
		{"apply remove_root a", "apply stop a, apply quarantine a, apply remove_root a", "done done done skipped skipped skipped", "failed"},
		{"apply stop b", "apply stop a, apply quarantine a, apply remove_root a, apply stop b, undo stop b", "done done done failed skipped skipped", "failed"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		w := &script{during: map[string]func(){test.when: cancel}}
		o, err := Run(ctx, purge("a", "b"), w, &memory{})
		did := strings.TrimSuffix(strings.TrimSuffix(strings.Join(w.did, ", "), "release"), ", ")
		if err != nil || did != test.did || stepsOf(o) != test.steps || string(o.State) != test.state {
			t.Errorf("at %s: %v, %s (%s), did %s, steps %s", test.when, err, o.State, o.Reason, did, stepsOf(o))
		}
		if o.State == model.OperationUndone && o.Reason != "cancelled" {
			t.Errorf("at %s: %q", test.when, o.Reason)
		}
	}
}

// TestReleased: what was prepared for steps that were never begun is given back,
// once, before the operation has ended; what was begun is not.
func TestReleased(t *testing.T) {
	for _, test := range []struct{ fails, released string }{
		{"", ""},
		{"prepare quarantine a", "stop a, quarantine a, remove_root a"},
		{"apply stop a", "quarantine a, remove_root a"},
		{"apply quarantine a", "remove_root a"},
	} {
		w := &script{fails: map[string]error{test.fails: errBroken}}
		if _, err := Run(t.Context(), purge("a", "b"), w, &memory{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(w.released, ", "); got != test.released {
			t.Errorf("%s fails: released %s", test.fails, got)
		}
	}
}

// TestLeftOpen: what cannot be looked at is neither finished nor undone, but
// left to be settled.
func TestLeftOpen(t *testing.T) {
	record := &memory{events: []Event{{Kind: EventBegin}, at(EventDone, 0, 0), at(EventStep, 0, 1)}}
	w := &script{fails: map[string]error{"happened quarantine": errBroken}}
	if o, err := Run(t.Context(), purge("a"), w, record); !errors.Is(err, errBroken) || !o.EndedAt.IsZero() {
		t.Errorf("%+v, %v", o, err)
	}
	if diff := cmp.Diff([]string{"release"}, w.did); diff != "" {
		t.Errorf("it did:\n%s", diff)
	}
}

// TestBusy: who has only just been asked is told who has a lock; an operation
// that was interrupted waits for it, though not for ever.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		o, err := Run(t.Context(), purge("a"), &script{busy: began.Add(time.Minute)}, &memory{})
		if err != nil || o.State != model.OperationFailed || !errors.Is(o.Kind, model.ErrBusy) || time.Since(began) > 0 {
			t.Errorf("asked for: %+v, %v after %s", o, err, time.Since(began))
		}
		taken := []Event{{Kind: EventBegin}, at(EventStep, 0, 0)}
		o, err = Run(t.Context(), purge("a"), &script{busy: began.Add(time.Minute)}, &memory{taken})
		if waited := time.Since(began); err != nil || o.State != model.OperationUndone || waited < time.Minute || waited > time.Minute+time.Second {
			t.Errorf("interrupted: %+v, %v after %s", o, err, waited)
		}
		record := &memory{taken}
		o, err = Run(t.Context(), purge("a"), &script{busy: began.Add(24 * time.Hour)}, record)
		if !errors.Is(err, model.ErrBusy) || !o.EndedAt.IsZero() || len(record.events) != len(taken) {
			t.Errorf("in vain: %+v, %v", o, err)
		}
	})
}

// TestBegunStep: a step that an executor was interrupted at is compared with
// the host again, but for what it may have changed itself.
func TestBegunStep(t *testing.T) {
	for _, test := range []struct {
		action model.StepAction
		fact   model.Fact
		done   bool
	}{
		{model.StepStop, model.FactState, true},
		{model.StepStop, model.FactInvocation, true},
		{model.StepStop, model.FactDeclared, false},
		{model.StepStop, model.FactKept, false},
		{model.StepRestart, model.FactInvocation, true},
		{model.StepRestart, model.FactDirectory, false},
		{model.StepQuarantine, model.FactDeclared, true}, // it is done, whatever came after
		{model.StepDelete, model.FactEntry, true},
	} {
		h := purge("a", "b")
		h.Plan.Items[1].Steps = []model.Step{{
			Action: test.action, Ref: model.Ref{Kind: model.KindVM, Name: "b"}, VM: "b",
			Conditions: []model.Condition{{Fact: test.fact, Value: "as it was"}},
		}}
		record := &memory{[]Event{{Kind: EventBegin}, at(EventDone, 0, 0), at(EventDone, 0, 1), at(EventDone, 0, 2), at(EventStep, 1, 0)}}
		w := &script{happened: map[model.StepAction]bool{test.action: true}}
		if _, err := Run(t.Context(), h, w, record); err != nil {
			t.Fatal(err)
		}
		if done := slices.Contains(w.did, fmt.Sprintf("apply %s b", test.action)); done != test.done {
			t.Errorf("%s, %q has changed: done %v, want %v", test.action, test.fact, done, test.done)
		}
	}
}

// TestUnbegunIsNotTakenBack: a step that does not fit the host any more was not
// begun. To take back a stop that never was would start what somebody else has
// stopped since.
func TestUnbegunIsNotTakenBack(t *testing.T) {
	h := purge("a", "b")
	h.Plan.Items[1].Steps[0].Conditions = []model.Condition{{Fact: model.FactKept}}
	w := &script{}
	w.during = map[string]func(){"apply remove_root a": func() {
		w.seen.Keep = []model.KeepEntry{{Kind: model.KindVM, Name: "b"}}
	}}
	o, err := Run(t.Context(), h, w, &memory{})
	const did = "apply stop a, apply quarantine a, apply remove_root a, release"
	if got := strings.Join(w.did, ", "); err != nil || got != did {
		t.Errorf("%v, did %s, want %s", err, got, did)
	}
	if got := stepsOf(o); got != "done done done failed skipped skipped" || !strings.Contains(string(o.Reason), "vm b: kept was") {
		t.Errorf("steps are %s: %s", got, o.Reason)
	}
}

// TestUnwritten: an executor whose record fails does nothing more.
func TestUnwritten(t *testing.T) {
	const all = 1 + 3*3 + 1 // begin, three events of each step, end
	for n := range all + 1 {
		w := &script{}
		_, err := Run(t.Context(), purge("a"), w, &failing{left: n})
		if (err == nil) != (n == all) {
			t.Errorf("after %d events: %v", n, err)
		}
		if did, want := len(w.did)-1, min((n+1)/3, 3); did != want {
			t.Errorf("after %d events it did %q, want %d steps", n, w.did, want)
		}
	}
}

// failing is a record that takes so many events.
type failing struct {
	memory
	left int
}

func (f *failing) Append(e Event) error {
	if f.left--; f.left < 0 {
		return errBroken
	}
	return f.memory.Append(e)
}

// TestSurvey: an item that something speaks against is refused, also where it
// could not be looked at.
func TestSurvey(t *testing.T) {
	plan := purge("a", "b", "c").Plan
	errs := map[model.Raw]error{"a": errBroken, "c": fmt.Errorf("%w: gone", model.ErrStale)}
	got := Survey(plan, func(i model.Item) error { return errs[i.Ref.Name] })
	if len(got.Items) != 1 || got.Items[0].Ref.Name != "b" || len(got.Refused) != 2 || len(plan.Items) != 3 {
		t.Fatalf("%+v", got)
	}
	if a, c := got.Refused[0], got.Refused[1]; a.Kind != model.ErrRefused || a.Reason != "it broke" || c.Kind != model.ErrStale {
		t.Errorf("%+v, %+v", a, c)
	}
}

// TestLeftOut: what has changed since the plan was made is left out with its
// reason, and the rest done; where the others wait for each, nothing is.
func TestLeftOut(t *testing.T) {
	for _, test := range []struct {
		name          string
		stopAtFailure bool
		did, steps    string
		reason        string
		leftOut       []bool
	}{
		{"one of three", false, "apply stop a, apply quarantine a, apply remove_root a, apply stop c, apply quarantine c, apply remove_root c, release",
			"done done done skipped skipped skipped done done done", "vm b: kept was on the keep list, is now none", []bool{false, true, false}},
		{"where the others wait", true, "release",
			"waiting waiting waiting waiting waiting waiting waiting waiting waiting", "vm b: kept was on the keep list, is now none", []bool{true, true, true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := purge("a", "b", "c")
			h.Plan.StopAtFailure = test.stopAtFailure
			h.Plan.Items[1].Steps[0].Conditions = []model.Condition{{Fact: model.FactKept, Value: "on the keep list"}}
			w, record := &script{}, &memory{}
			o, err := Run(t.Context(), h, w, record)
			if did := strings.Join(w.did, ", "); err != nil || did != test.did {
				t.Errorf("%v, it did %s\nwanted    %s", err, did, test.did)
			}
			if got := stepsOf(o); got != test.steps || !strings.HasSuffix(string(o.Reason), test.reason) {
				t.Errorf("steps are %s: %q", got, o.Reason)
			}
			for at, want := range test.leftOut {
				if got := o.LeftOut(at); got != want {
					t.Errorf("item %d is left out: %v", at, got)
				}
			}
			if diff := cmp.Diff(o, Fold(h, record.events, false), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("its record tells something else:\n%s", diff)
			}
		})
	}
}
