package operation

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

// planOf is a plan that resets so many units.
func planOf(units int) model.Plan {
	p := model.Plan{Action: model.ActionReset, StateDir: "/var/lib/microvms", Items: []model.Item{}, Refused: []model.Blocked{}}
	for n := range units {
		ref := model.Ref{Kind: model.KindUnit, Name: model.Raw(fmt.Sprintf("microvm@%d.service", n))}
		p.Items = append(p.Items, model.Item{Ref: ref, Ticked: true, Steps: []model.Step{{Action: model.StepResetFailed, Ref: ref, Conditions: []model.Condition{}}}})
	}
	return p
}

func folder(t *testing.T) Folder { return In(filepath.Join(t.TempDir(), "home")) }

func create(t *testing.T, f Folder) Header {
	t.Helper()
	h, asked, err := f.Create(model.Request{Plan: planOf(2), By: "anna", Environment: []string{"HOME=/root"}})
	if err != nil {
		t.Fatal(err)
	}
	asked()
	return h
}

func open(t *testing.T, f Folder, id string) *Journal {
	t.Helper()
	_, j, err := f.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

func write(t *testing.T, j *Journal, events ...Event) {
	t.Helper()
	if _, err := j.Events(); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := j.Append(e); err != nil {
			t.Fatal(err)
		}
	}
}

func stateOf(t *testing.T, f Folder, id string) model.OperationState {
	t.Helper()
	o, err := f.Read(id)
	if err != nil {
		t.Fatal(err)
	}
	return o.State
}

// TestRecord follows the record of an operation from its first day to its last.
func TestRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := folder(t)
		if all, err := f.List(); err != nil || len(all) != 0 {
			t.Errorf("before the first: %v, %v", all, err)
		}
		h, asked, err := f.Create(model.Request{Plan: planOf(2), By: "anna", Environment: []string{"HOME=/root"}})
		if err != nil {
			t.Fatal(err)
		}
		read, j, err := f.Open(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(h, read); diff != "" {
			t.Errorf("it is not what was recorded:\n%s", diff)
		}
		j.Close()

		if got := stateOf(t, f, h.ID); got != model.OperationRunning {
			t.Errorf("before its service runs: %s", got)
		}
		if f.HasBegun(h.ID) {
			t.Error("it has begun before its first event")
		}
		asked()
		if got := stateOf(t, f, h.ID); got != model.OperationInterrupted {
			t.Errorf("when nobody is about to have it begun any more: %s", got)
		}
		j = open(t, f, h.ID)
		if _, _, err := f.Open(h.ID); !errors.Is(err, model.ErrBusy) {
			t.Errorf("a second executor: %v", err)
		}
		if got := stateOf(t, f, h.ID); got != model.OperationRunning {
			t.Errorf("while an executor works: %s", got)
		}
		write(t, j, Event{Kind: EventBegin}, Event{Kind: EventStep, Item: 1}, Event{Kind: EventDoing, Item: 1, Text: "waits"})
		j.Output("said")
		j.Close()
		o, err := f.Read(h.ID)
		if err != nil || o.State != model.OperationInterrupted || o.Steps[1][0].State != model.StepRunning || o.Steps[1][0].Activity != "waits" {
			t.Errorf("when it was interrupted: %+v, %v", o, err)
		}
		if !f.HasBegun(h.ID) {
			t.Error("it has not begun after its first event")
		}
		before := f.Mark(h.ID)
		j = open(t, f, h.ID)
		write(t, j, Event{Kind: EventDone, Item: 1}, Event{Kind: EventEnd, State: model.OperationDone, At: time.Now()})
		if f.Mark(h.ID) == before {
			t.Error("its mark is as it was")
		}
		j.Close()
		if all, err := f.List(); err != nil || len(all) != 1 || all[0].State != model.OperationDone {
			t.Errorf("at last: %+v, %v", all, err)
		}
		if said, err := f.Output(h.ID); err != nil || said != "said\n" {
			t.Errorf("output: %q, %v", said, err)
		}
	})
}

// TestManyInOneSecond: an id is never given twice, and no record is lost to
// another one.
func TestManyInOneSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // in which no time passes
		f := folder(t)
		create(t, f)
		const many = 2000 // of 65536: some would be the same but for one in 10^13 runs
		for range many {
			if _, err := f.makeFolder(time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if ids, err := f.ids(); err != nil || len(ids) != many+1 {
			t.Errorf("%d ids, %v", len(ids), err)
		}
	})
}

// TestHalfWritten: what an executor that was killed has half written is cut
// off, and hides nothing that comes after it.
func TestHalfWritten(t *testing.T) {
	whole := `{"at":"2026-11-03T12:04:11Z","event":"begin"}` + "\n" + `{"at":"2026-11-03T12:04:12Z","event":"step","item":1}` + "\n"
	for name, torn := range map[string]string{
		"nothing": "", "a half line": `{"at":"2026-11-0`, "a line without its end": `{"event":"done","item":1}`,
		"zeros": strings.Repeat("\x00", 700), "zeros and a line break": strings.Repeat("\x00", 700) + "\n",
		"no JSON": "done\n", "lines after one that is broken": "{\n" + `{"event":"done","item":1}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := folder(t)
			h := create(t, f)
			if err := os.WriteFile(f.path(h.ID, stepsFile), []byte(whole+torn), 0o600); err != nil {
				t.Fatal(err)
			}
			o, err := f.Read(h.ID)
			if err != nil || o.State != model.OperationInterrupted || o.Steps[1][0].State != model.StepRunning {
				t.Errorf("read: %+v, %v", o, err)
			}
			j := open(t, f, h.ID)
			events, err := j.Events()
			if err != nil || len(events) != 2 {
				t.Fatalf("%d events, %v", len(events), err)
			}
			if err := j.Append(Event{Kind: EventUnchanged, Item: 1}); err != nil {
				t.Fatal(err)
			}
			if o, err := f.Read(h.ID); err != nil || o.Steps[1][0].State != model.StepUnchanged {
				t.Errorf("after it went on: %+v, %v", o, err)
			}
		})
	}
}

// TestStrangeEvents: events that fit no step of the plan tell nothing.
func TestStrangeEvents(t *testing.T) {
	h := Header{ID: "20261103-120411-a1b2", Plan: planOf(1)}
	for _, e := range []Event{{Item: 1}, {Item: -1}, {Step: 1}, {Step: -1}, {Item: 1 << 40}} {
		e.Kind = EventDone
		if o := Fold(h, []Event{e, {Kind: "sneezed"}}, false); o.Steps[0][0].State != model.StepWaiting {
			t.Errorf("%+v: %+v", e, o.Steps)
		}
	}
}

// TestHome: others can pass through the folder of what we keep, whoever made it
// and under whatever umask, and see nothing else of it.
func TestHome(t *testing.T) {
	for _, closed := range []bool{false, true} {
		f := folder(t)
		if closed {
			if err := os.Mkdir(f.home, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		id := create(t, f).ID
		_, j, err := f.Open(id)
		if err != nil {
			t.Fatal(err)
		}
		j.Close()
		for path, want := range map[string]os.FileMode{
			f.home: 0o711, f.spare(): 0o600, f.operations(): 0o700, f.path(id, ""): 0o700, f.path(id, planFile): 0o600, f.path(id, stepsFile): 0o600,
		} {
			if status, err := os.Stat(path); err != nil || status.Mode().Perm() != want {
				t.Errorf("%s: %v, %v, want %v", path, status.Mode(), err, want)
			}
		}
	}
}

// TestHostileFolder: nothing is recorded where others could write to it, and
// nothing carried out from there.
func TestHostileFolder(t *testing.T) {
	elsewhere := t.TempDir()
	for name, test := range map[string]struct {
		spoil   func(home string) error
		creates bool // that can be seen only when it is opened
	}{
		"home is open to others": {func(home string) error { return os.Chmod(home, 0o755) }, false},
		"operations are open":    {func(home string) error { return os.Chmod(home+"/operations", 0o770) }, false},
		"home is a link":         {func(home string) error { return errors.Join(os.Rename(home, home+"2"), os.Symlink(home+"2", home)) }, false},
		"operations lead elsewhere": {func(home string) error {
			return errors.Join(os.RemoveAll(home+"/operations"), os.Symlink(elsewhere, home+"/operations"))
		}, false},
		"the record is open to others": {func(home string) error { return chmodAll(home+"/operations/*", 0o755) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := folder(t)
			h := create(t, f)
			if err := test.spoil(f.home); err != nil {
				t.Fatal(err)
			}
			if _, j, err := f.Open(h.ID); !errors.Is(err, model.ErrRefused) && !errors.Is(err, model.ErrUnknown) {
				t.Errorf("opened: %v, %v", j, err)
			}
			if _, _, err := f.Create(model.Request{Plan: planOf(1)}); (err == nil) != test.creates || err != nil && !errors.Is(err, model.ErrRefused) {
				t.Errorf("created: %v", err)
			}
		})
	}
	if left, err := os.ReadDir(elsewhere); err != nil || len(left) != 0 {
		t.Errorf("elsewhere: %v, %v", left, err)
	}
}

func chmodAll(pattern string, mode os.FileMode) error {
	paths, err := filepath.Glob(pattern)
	for _, path := range paths {
		err = errors.Join(err, os.Chmod(path, mode))
	}
	return err
}

// TestListLeavesOut: a record that cannot be read hides no other one, and one
// whose plan was never written is none.
func TestListLeavesOut(t *testing.T) {
	f := folder(t)
	good, torn, bare := create(t, f), create(t, f), create(t, f)
	for _, err := range []error{
		os.WriteFile(f.path(torn.ID, planFile), []byte(`{"schema":1,`), 0o600),
		os.Rename(f.path(bare.ID, planFile), f.path(bare.ID, planFile+unfinished)),
		os.Mkdir(f.path("lost+found", ""), 0o700),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	all, err := f.List()
	if len(all) != 1 || all[0].ID != good.ID || err == nil || !strings.Contains(err.Error(), torn.ID) || strings.Contains(err.Error(), bare.ID) {
		t.Errorf("%+v, %v", all, err)
	}
	for _, id := range []string{bare.ID, "20000101-000000-0000", "../../etc", ""} {
		if _, err := f.Read(id); !errors.Is(err, model.ErrUnknown) {
			t.Errorf("%q: %v", id, err)
		}
		if _, _, err := f.Open(id); !errors.Is(err, model.ErrUnknown) {
			t.Errorf("open %q: %v", id, err)
		}
	}
}

// TestForgetsOld: only so many operations are remembered, and none that is open
// is forgotten.
func TestForgetsOld(t *testing.T) {
	f := folder(t)
	first := create(t, f)
	var open []string
	for n := range kept + 5 {
		id := fmt.Sprintf("20200101-000000-%04x", n) // older than the first
		h := Header{ID: id, Plan: planOf(1), At: time.Now().Add(-time.Hour)}
		if err := os.Mkdir(f.path(id, ""), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := f.write(h); err != nil {
			t.Fatal(err)
		}
		if n%10 == 0 {
			open = append(open, id)
			continue
		}
		end := `{"at":"2026-11-03T12:04:11Z","event":"end","state":"done"}` + "\n"
		if err := os.WriteFile(f.path(id, stepsFile), []byte(end), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bare := []string{f.path("20190101-000000-0000", ""), f.path("20991231-235959-0000", "")}
	for _, path := range bare {
		if err := errors.Join(os.Mkdir(path, 0o700), os.WriteFile(path+"/"+planFile+unfinished, nil, 0o600), os.Chtimes(path, time.Time{}, time.Now().Add(-2*abandoned))); err != nil {
			t.Fatal(err)
		}
	}
	last := create(t, f)
	ids, err := f.ids()
	if err != nil || len(ids) != kept+1 { // the oldest is open
		t.Errorf("%d are left, %v", len(ids), err)
	}
	for _, id := range append(open, first.ID, last.ID) {
		if _, err := f.Read(id); err != nil {
			t.Error(err)
		}
	}
	for _, path := range bare {
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s never was an operation, and is still there", path)
		}
	}
}
