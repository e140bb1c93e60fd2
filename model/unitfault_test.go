package model_test

import (
	"strings"
	"testing"

	"microtui/model"
)

// settings gives a VM's unit settings of its own beside microvm.nix's template.
func (h *host) settings(vm model.Raw, role model.Role, change func(*model.UnitSettings)) *host {
	template := model.UnitSettings{Name: model.UnitName(role, ""), Fragment: "/etc/systemd/system/" + model.UnitName(role, ""), Runs: true}
	if role == model.RoleVM || role == model.RoleSetBooted {
		template.User, template.Group = "microvm", "kvm"
	}
	own := template.Instance(model.UnitName(role, vm))
	change(&own)
	h.o.UnitSettings = append(h.o.UnitSettings, template, own)
	return h
}

func TestUnitFaults(t *testing.T) {
	in := func(folder string, change func(*model.UnitSettings)) func(*model.UnitSettings) {
		return func(s *model.UnitSettings) {
			s.Own, s.Fragment = true, model.Raw(folder)+s.Name
			change(s)
		}
	}
	mask := func(s *model.UnitSettings) { s.Masked, s.Runs = true, false }
	hollow := func(s *model.UnitSettings) { s.Runs = false }
	const etc, runtime = "/etc/systemd/system/", "/run/systemd/system/"
	for _, test := range []struct {
		name         string
		role         model.Role
		change       func(*model.UnitSettings)
		reason, note string
	}{
		{"masked", model.RoleVM, in(etc, mask), "microvm@twin.service is masked by /etc/systemd/system/microvm@twin.service: systemctl unmask microvm@twin.service", "its unit is masked"},
		{"masked until the next boot", model.RoleVM, in(runtime, mask), "systemctl unmask --runtime microvm@twin.service", "its unit is masked"},
		{"a masked helper", model.RoleTap, in(etc, mask), "microvm-tap-interfaces@twin.service is masked", "tap-interfaces is masked"},
		{"a file of its own", model.RoleVM, in(etc, hollow),
			`/etc/systemd/system/microvm@twin.service leaves microvm@twin.service without ExecStart=: set systemd.services."microvm@twin".overrideStrategy = "asDropin"; in the host's configuration`, "its unit has no ExecStart="},
		{"a file of its own that starts something", model.RoleVM, in(etc, func(*model.UnitSettings) {}), "", ""},
		{"another user", model.RoleVM, func(s *model.UnitSettings) { s.User = "alice" }, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := twins().settings("twin", test.role, test.change)
			i := h.inventory()
			got := model.Reason(i, model.ActionStart, "twin")
			if !strings.Contains(string(got), test.reason) || test.reason == "" && got != "" {
				t.Errorf("start: %q, want %q", got, test.reason)
			}
			if got := model.Reason(i, model.ActionStop, "twin"); got != "" {
				t.Errorf("stop: %q", got)
			}
			if got := model.Reason(i, model.ActionStart, "db"); got != "" {
				t.Errorf("start of the other: %q", got)
			}
			vm := h.vm(t, "twin")
			noted := len(vm.Notes) > 0 && string(vm.Notes[0]) == test.note
			if test.note != "" && !noted || test.note == "" && len(vm.Notes) > 0 {
				t.Errorf("notes %q, want %q", vm.Notes, test.note)
			}
		})
	}
	// What systemd itself says counts where the files cannot be read.
	h := twins()
	h.main("twin", "inactive", "dead").Load = "masked"
	if got := model.Reason(h.inventory(), model.ActionStart, "twin"); got != "" {
		t.Logf("masked in memory: %q", got)
	} else {
		t.Error("masked for systemd, and not refused")
	}
}

// A template's settings become an instance's.
func TestInstance(t *testing.T) {
	template := model.UnitSettings{Name: "microvm@.service", User: "%i", NetworkNamespacePath: "/run/netns/%i",
		RequiresMountsFor: []model.Raw{"/srv/%I/%p"}, BindPaths: []model.BindMount{{Source: "/a/%N", Destination: "/b/100%%i"}}}
	got := template.Instance("microvm@a-b.service")
	if got.User != "a-b" || got.NetworkNamespacePath != "/run/netns/a-b" || got.RequiresMountsFor[0] != "/srv/a/b/microvm" ||
		got.BindPaths[0] != (model.BindMount{Source: "/a/microvm@a-b", Destination: "/b/100%i"}) {
		t.Errorf("%+v", got)
	}
	if template.RequiresMountsFor[0] != "/srv/%I/%p" || template.BindPaths[0].Source != "/a/%N" {
		t.Errorf("the template was changed: %+v", template)
	}
}
