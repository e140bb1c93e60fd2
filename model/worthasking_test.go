package model_test

import (
	"slices"
	"testing"

	"microtui/model"
)

// An install unit is worth asking where it left no runner, and nothing was asked
// of it yet.
func TestWorthAsking(t *testing.T) {
	h := newHost().declared("web").declared("db").declared("old")
	h.dir("db").Current = nil
	h.removeDir("old")
	for _, vm := range []model.Raw{"web", "db", "old"} {
		h.unit(model.UnitName(model.RoleInstall, vm), "inactive", "dead").Properties.Brief = true
		h.main(vm, "inactive", "dead")
	}
	if got, want := model.WorthAsking(&h.o), []model.Raw{"install-microvm-db.service", "install-microvm-old.service"}; !slices.Equal(got, want) {
		t.Errorf("worth asking are %v, want %v", got, want)
	}
	for at := range h.o.Units {
		h.o.Units[at].Properties.Brief = false
	}
	if got := model.WorthAsking(&h.o); len(got) > 0 {
		t.Errorf("asked already, and worth it again: %v", got)
	}
}
