package backend

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/lab"
	"microtui/lab/fixture"
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
