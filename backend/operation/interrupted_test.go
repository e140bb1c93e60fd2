package operation_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/backend/operation"
	"microtui/model"
)

// scenario is an operation on the embedded host.
type scenario struct {
	name string
	// before is done to the host first, each by an operation of its own.
	before []planner
	plan   planner
}

type planner func(i model.Inventory) model.Plan

func purgeOf(names ...model.Raw) planner {
	return func(i model.Inventory) model.Plan { return model.PlanPurge(i, names, model.PurgeOptions{}) }
}

func purgeNow(names ...model.Raw) planner {
	return func(i model.Inventory) model.Plan { return model.PlanPurge(i, names, model.PurgeOptions{Now: true}) }
}

func restoreOf(names ...model.Raw) planner {
	return func(i model.Inventory) model.Plan { return model.PlanRestore(i, names) }
}

func cleanUp(i model.Inventory) model.Plan {
	return model.PlanCleanUp(i, model.CleanUpOptions{Data: true, Running: true}).TickOnly(func(model.Ref) bool { return true })
}

func updateOf(restart bool, names ...model.Raw) planner {
	return func(i model.Inventory) model.Plan {
		var built []model.Built
		for _, name := range names {
			built = append(built, model.Built{VM: name, Runner: builtFor[name]})
		}
		return model.PlanUpdate(i, built, restart)
	}
}

// builtFor is what the build before an update brought about.
var builtFor map[model.Raw]model.Raw

func buildOf(names ...model.Raw) planner {
	return func(i model.Inventory) model.Plan { return model.PlanBuild(i, names) }
}

var scenarios = []scenario{
	{name: "purge of one that is stopped", plan: purgeOf("media")},
	{name: "purge of one that runs", plan: purgeOf("api")},
	{name: "purge of a proven orphan that runs", plan: purgeOf("removed")},
	{name: "purge of several", plan: purgeOf("api", "media")},
	{name: "purge for good", plan: purgeNow("api", "media")},
	{name: "clean-up of everything", plan: cleanUp},
	{name: "restore", before: []planner{purgeOf("api", "media")}, plan: restoreOf("api", "media")},
	{name: "emptying", before: []planner{purgeOf("api", "media")}, plan: func(i model.Inventory) model.Plan { return model.PlanEmpty(i, nil) }},
	{name: "build", plan: buildOf("api", "build")},
	{name: "update", before: []planner{buildOf("api", "build")}, plan: updateOf(true, "api", "build")},
	{name: "rollback", before: []planner{buildOf("api", "build"), updateOf(true, "api", "build")}, plan: func(i model.Inventory) model.Plan {
		return model.PlanRollback(i, []model.Raw{"api", "build"}, true)
	}},
}

// stage is the embedded host right before the operation of a scenario.
type stage struct {
	live   *demo.Live
	header operation.Header
}

func (s scenario) stage(t *testing.T) stage {
	t.Helper()
	live := demo.Open(1)
	live.Do(func(h *demo.Host) { h.Edit("api", false); h.Edit("build", false) })
	builtFor = make(map[model.Raw]model.Raw)
	for n, planOf := range s.before {
		o, err := operation.Run(t.Context(), header(n, planOf(inventory(t, live))), live.World(), &notebook{})
		if err != nil || o.State != model.OperationDone {
			t.Fatalf("%s: before: %v, %+v", s.name, err, o)
		}
		for _, b := range o.Built() {
			builtFor[b.VM] = b.Runner
		}
	}
	plan := s.plan(inventory(t, live)).Chosen()
	if len(plan.Items) == 0 || len(plan.Refused) > 0 {
		t.Fatalf("%s: the plan has %d items, and refuses %+v", s.name, len(plan.Items), plan.Refused)
	}
	return stage{live, header(99, plan)}
}

func header(n int, plan model.Plan) operation.Header {
	return operation.Header{ID: fmt.Sprintf("20261103-120411-%04x", n), Plan: plan, By: "admin", At: time.Unix(1793707451, 0).UTC()}
}

func inventory(t *testing.T, live *demo.Live) model.Inventory {
	t.Helper()
	return model.Interpret(observe(t, live))
}

func observe(t *testing.T, live *demo.Live) model.Observation {
	t.Helper()
	o, err := live.Observe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// errKilled stands for the end of the process.
var errKilled = errors.New("killed")

// notebook is a record that may fail once: at its nth event, before or after
// that is on disk.
type notebook struct {
	events  []operation.Event
	appends int
	failAt  int // 0: never
	written bool
}

func (n *notebook) Append(e operation.Event) error {
	n.appends++
	if n.appends == n.failAt {
		if n.written {
			n.events = append(n.events, e)
		}
		return errKilled
	}
	n.events = append(n.events, e)
	return nil
}

func (n *notebook) Events() ([]operation.Event, error) { return slices.Clone(n.events), nil }

// again is the same record for the next executor.
func (n *notebook) again() *notebook { return &notebook{events: slices.Clone(n.events)} }

// mortal is a world in which the executor dies at its nth change of the host,
// right before or right after it.
type mortal struct {
	operation.World
	changes, dieAt int
	after          bool
}

func (m *mortal) dies(change func()) {
	m.changes++
	if m.changes == m.dieAt && !m.after {
		panic(errKilled)
	}
	change()
	if m.changes == m.dieAt {
		panic(errKilled)
	}
}

func (m *mortal) Apply(ctx context.Context, t operation.Task, tell func(model.Raw)) (done operation.Done, err error) {
	m.dies(func() { done, err = m.World.Apply(ctx, t, tell) })
	return done, err
}

func (m *mortal) Undo(ctx context.Context, t operation.Task) (err error) {
	m.dies(func() { err = m.World.Undo(ctx, t) })
	return err
}

// Lock gives the locks back by itself when the process has died, as the kernel
// does.
func (m *mortal) Lock(operation.Header, []model.Raw, bool) (func(), error) { return func() {}, nil }

// runUntilDeath runs an operation and reports whether the executor died.
func runUntilDeath(h operation.Header, w operation.World, n *notebook) (o model.Operation, died bool) {
	defer func() {
		if p := recover(); p == errKilled {
			died = true
		} else if p != nil {
			panic(p)
		}
	}()
	o, err := operation.Run(context.Background(), h, w, n)
	return o, err != nil
}

// TestInterrupted: an executor dies at each write of its record, and right
// before and after each change of the host, and the one that takes the
// operation up again dies at each of those too. The next one leaves the host as
// it was, or as if nothing had happened; and the one after that does nothing.
func TestInterrupted(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			first := s.stage(t)
			ends := ends{before: standing(observe(t, first.live))}
			whole, world := &notebook{}, &mortal{World: first.live.World()}
			if o, died := runUntilDeath(first.header, world, whole); died || o.State != model.OperationDone {
				t.Fatalf("without interruption: %s: %s", o.State, o.Reason)
			}
			ends.after = standing(observe(t, first.live))
			var undone, done int
			seconds := deaths(7, 7)
			for n, first := range deaths(whole.appends, world.changes) {
				for m, second := range seconds {
					if chosen := n%4 == 0 && m == 1+n/4%(len(seconds)-1); m > 0 && !chosen && os.Getenv("MICROTUI_LONG") == "" {
						continue
					}
					switch s.interrupt(t, ends, first, second) {
					case model.OperationUndone:
						undone++
					case model.OperationDone:
						done++
					}
				}
			}
			t.Logf("%d events; %d ended undone, %d done", whole.appends, undone, done)
			if undone == 0 || done == 0 {
				t.Error("no executor died early, or none late")
			}
		})
	}
}

// ends are the two states that a host may be left in.
type ends struct{ before, after []string }

// death is where an executor dies.
type death struct {
	write   int // at its nth write
	written bool
	change  int // at its nth change of the host
	after   bool
}

// deaths are all of an executor with so many writes and changes of the host; at
// first, that it does not die.
func deaths(writes, changes int) []death {
	all := []death{{}}
	for n := 1; n <= writes; n++ {
		all = append(all, death{write: n}, death{write: n, written: true})
	}
	for n := 1; n <= changes; n++ {
		all = append(all, death{change: n}, death{change: n, after: true})
	}
	return all
}

// interrupt lets two executors die, and looks at what the next two make of it.
func (s scenario) interrupt(t *testing.T, ends ends, first, second death) model.OperationState {
	t.Helper()
	at := s.stage(t)
	record := &notebook{}
	for _, d := range []death{first, second} {
		record = record.again()
		record.failAt, record.written = d.write, d.written
		runUntilDeath(at.header, &mortal{World: at.live.World(), dieAt: d.change, after: d.after}, record)
	}
	record = record.again()
	o, died := runUntilDeath(at.header, &mortal{World: at.live.World()}, record)
	if died || o.EndedAt.IsZero() {
		t.Fatalf("%+v, %+v: it has not ended: %s", first, second, o.State)
	}
	wanted := ends.after
	if o.State == model.OperationUndone {
		wanted = ends.before
	}
	now := standing(observe(t, at.live))
	if diff := differs(wanted, now); diff != "" || o.State != model.OperationUndone && o.State != model.OperationDone {
		t.Fatalf("%+v, %+v: %s (%s), and the host is\n%s\nsteps %+v", first, second, o.State, o.Reason, diff, o.Steps)
	}
	events := len(record.events)
	if again, died := runUntilDeath(at.header, &mortal{World: at.live.World()}, record); died || again.State != o.State || len(record.events) != events {
		t.Fatalf("%+v, %+v: once more it is %s, with %d more events", first, second, again.State, len(record.events)-events)
	}
	if diff := differs(now, standing(observe(t, at.live))); diff != "" {
		t.Fatalf("%+v, %+v: once more changes\n%s", first, second, diff)
	}
	return o.State
}
