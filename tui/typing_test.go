package tui

import (
	"testing"

	"microtui/model"
)

// TestStopThatLosesDataAsksForTheName: where a stop loses what only a process
// still holds, no y does it, and no Enter on another word.
func TestStopThatLosesDataAsksForTheName(t *testing.T) {
	for key, action := range map[string]model.Action{"S": model.ActionStop, "r": model.ActionRestart} {
		th := newTheatre(t, 100, 30, Options{})
		host := hostel()
		vm := &host.VMs[0]
		vm.Losses = []model.Loss{{Process: 4242, Program: "qemu-system-x86", FD: 9, Path: "/var/lib/microvms/x/data.img"}}
		name := string(vm.Name)
		th.observe(host)
		th.press(key)
		th.shows("/proc/4242/fd/9")
		th.shows("Type " + name + ":")
		th.press("y", "enter")
		th.shows("does not match")
		if len(th.Work.Pending("")) > 0 {
			t.Fatalf("%s: a y does it", action)
		}
		th.press("ctrl+u")
		for _, letter := range name {
			th.press(string(letter))
		}
		th.press("enter")
		given := th.ordered(1)
		if given.Action != action || len(given.Despite) != 1 || !given.Despite[0].IsTyped() {
			t.Errorf("ordered %+v", given)
		}
	}
}
