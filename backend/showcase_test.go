package backend

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
	"microtui/model/doctor"
)

// A host with everything is read without a fault, and what was recorded of it
// replays as the same observation.
func TestObserveShowcase(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	fixture.Showcase(host)
	o := observe(t, openHost(t, Options{}))
	for _, fault := range o.Faults {
		t.Errorf("%s: %s", fault.Source, fault.Error)
	}
	if string(o.StateDir.Path) != host.StateDir() || len(o.StateDir.Directories) == 0 || len(o.Runners) == 0 ||
		len(o.GCRoots) == 0 || len(o.Systems) == 0 || len(o.Processes) == 0 || len(o.Usage) == 0 {
		t.Errorf("a source gave nothing: %+v", o)
	}
	if tp := o.Template; tp == nil || !tp.SetBooted || !tp.RunnerScripts || !tp.Registers || tp.Plain {
		t.Errorf("template: %+v", tp)
	}
	if uid := o.Host.MicrovmUID; uid == nil || *uid != fixture.UserID {
		t.Errorf("user microvm: %v", uid)
	}
	owned := 0
	for _, link := range o.Links {
		if link.Tap && link.Owner != nil && *link.Owner == fixture.UserID && link.Persistent {
			owned++
		}
	}
	if owned == 0 {
		t.Error("no TAP of user microvm")
	}
	for _, unit := range o.Units {
		if unit.Properties == nil {
			t.Errorf("%s has no properties", unit.Name)
		}
	}

	sameInBrief(t)

	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "o.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	recorded, err := Replay(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := recorded.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(o, again); diff != "" {
		t.Error(diff)
	}
}

// sameInBrief: what is known of a VM that runs well is enough for every rule.
func sameInBrief(t *testing.T) {
	t.Helper()
	close := openHost(t, Options{})
	close.AttendAll()
	whole, brief := observe(t, close), observe(t, openHost(t, Options{}))
	some := 0
	for at := range whole.Units {
		if whole.Units[at].Properties.Brief {
			t.Errorf("%s is brief though everything was asked for", whole.Units[at].Name)
		}
	}
	for at := range brief.Units {
		if brief.Units[at].Properties.Brief {
			some++
		}
	}
	if some == 0 {
		t.Error("nothing was brief")
	}
	if diff := cmp.Diff(said(whole), said(brief)); diff != "" {
		t.Error("rules say something else where less was asked (-whole +brief):", diff)
	}
	if diff := cmp.Diff(usedBy(whole), usedBy(brief)); diff != "" {
		t.Error("cgroups were found elsewhere (-whole +brief):", diff)
	}
}

// said is what the rules make of an observation.
func said(o model.Observation) (all []any) {
	i := doctor.Interpret(o)
	for at := range i.VMs {
		vm := &i.VMs[at]
		all = append(all, vm.Name, vm.State, vm.Verdict, vm.Evidence, vm.Notes, vm.Freshness, vm.Restarts)
	}
	for _, l := range i.Leftovers {
		all = append(all, l.Ref, l.Verdict, l.Evidence)
	}
	for _, f := range i.Findings {
		all = append(all, f.Rule, f.Subject, f.Severity, f.Summary)
	}
	return all
}

// usedBy are the units of which figures were read.
func usedBy(o model.Observation) (units []model.Raw) {
	for _, usage := range o.Usage {
		units = append(units, usage.Unit)
	}
	return units
}
