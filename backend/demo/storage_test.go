package demo

import (
	"slices"
	"testing"

	"microtui/model"
	"microtui/model/doctor"
)

func rulesAbout(h *Host, vm model.Raw) []string {
	var found []string
	for _, f := range doctor.Examine(model.Interpret(h.Observe())) {
		if f.Severity != model.SeverityInfo && slices.Contains(f.VMs, vm) {
			found = append(found, f.Rule)
		}
	}
	return found
}

// The doctor has something to say on the demo, and nothing about VMs that are
// well.
func TestShowcaseForTheDoctor(t *testing.T) {
	h := New(1)
	for vm, rule := range map[model.Raw]string{
		"web": "stale-share", "media": "macvtap-mode-missing", "vault": "interface-unconnected", "mail": "share-source-missing",
	} {
		if found := rulesAbout(h, vm); !slices.Contains(found, rule) {
			t.Errorf("%s: %q", vm, found)
		}
	}
	for _, vm := range []model.Raw{"api", "build", "cache", "edge", "git", "lab", "ntp"} {
		if found := rulesAbout(h, vm); len(found) != 0 {
			t.Errorf("%s: %q", vm, found)
		}
	}
	h.Stop("web")
	h.start("web")
	if found := rulesAbout(h, "web"); len(found) != 0 {
		t.Errorf("web after a restart: %q", found)
	}
	h.RotateSecrets()
	if found := rulesAbout(h, "web"); !slices.Contains(found, "stale-share") {
		t.Errorf("web after a switch: %q", found)
	}
}

// Without root, or without its source, nothing is told that could not be read.
func TestUnseenStorage(t *testing.T) {
	h := New(1)
	o := h.ObserveWith(Sight{Unprivileged: true})
	for _, p := range o.Processes {
		if p.Serves != nil {
			t.Errorf("%+v", p)
		}
	}
	if len(o.SecretStores) != 1 || o.SecretStores[0].Kept != nil {
		t.Errorf("%+v", o.SecretStores)
	}
	o = h.ObserveWith(Sight{Failed: []model.Source{model.SourceStorage}})
	if o.ShareSources != nil || o.VolumeFiles != nil || o.OtherRoots != nil || len(o.Faults) != 1 {
		t.Errorf("%+v, %+v", o.ShareSources, o.Faults)
	}
	if o := h.Observe(); len(o.Neighbours) == 0 || len(o.VolumeFiles) == 0 {
		t.Errorf("%+v, %+v", o.Neighbours, o.VolumeFiles)
	}
}
