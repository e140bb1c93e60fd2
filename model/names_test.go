package model_test

import (
	"strings"
	"testing"

	"microtui/model"
)

func TestParseUnitName(t *testing.T) {
	tests := []struct {
		unit model.Raw
		role model.Role
		vm   model.Raw
		ok   bool
	}{
		{"microvm@db.service", model.RoleVM, "db", true},
		{"microvm-set-booted@db.service", model.RoleSetBooted, "db", true},
		{"microvm-tap-interfaces@db.service", model.RoleTap, "db", true},
		{"microvm-macvtap-interfaces@db.service", model.RoleMacvtap, "db", true},
		{"microvm-pci-devices@db.service", model.RolePCI, "db", true},
		{"microvm-virtiofsd@db.service", model.RoleVirtiofsd, "db", true},
		{"install-microvm-db.service", model.RoleInstall, "db", true},
		{"install-microvm-template-web.service", model.RoleInstall, "template-web", true},
		{"microvm@booted-x.service", model.RoleVM, "booted-x", true},
		{"microvm@a@b.service", model.RoleVM, "a@b", true},
		{"install-microvm-a@b.service", model.RoleInstall, "a@b", true},
		{"microvm@db.service.service", model.RoleVM, "db.service", true},
		{"microvm@é.service", model.RoleVM, "é", true},
		{"microvm@.service", "", "", false},
		{"install-microvm-.service", "", "", false},
		{"microvm.service", "", "", false},
		{"microvms.target", "", "", false},
		{"microvm-other@db.service", "", "", false},
		{"xmicrovm@db.service", "", "", false},
		{"microvm@db.socket", "", "", false},
		{"microvm@db", "", "", false},
		{"install-microvm@db.service", "", "", false},
		{"", "", "", false},
	}
	for _, test := range tests {
		role, vm, ok := model.ParseUnitName(test.unit)
		if ok != test.ok || ok && (role != test.role || vm != test.vm) {
			t.Errorf("ParseUnitName(%q) = %q, %q, %v; want %q, %q, %v", test.unit, role, vm, ok, test.role, test.vm, test.ok)
		}
	}
}

func FuzzUnitNameRoundTrip(f *testing.F) {
	for _, name := range []string{"db", "template-web", "booted-x", "a@b", "x.service", "@", "\xff", ".service", "microvm@x"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, role := range append([]model.Role{model.RoleInstall}, model.Roles...) {
			gotRole, got, ok := model.ParseUnitName(model.UnitName(role, model.Raw(name)))
			if ok != (name != "") || ok && (gotRole != role || string(got) != name) {
				t.Errorf("%s of %q reads back as %q, %q, %v", role, name, gotRole, got, ok)
			}
		}
	})
}

// FuzzParseUnitName starts from a unit: what is taken apart goes together again.
func FuzzParseUnitName(f *testing.F) {
	f.Add("microvm@db.service")
	f.Add("install-microvm-a@b.service")
	f.Fuzz(func(t *testing.T, unit string) {
		role, vm, ok := model.ParseUnitName(model.Raw(unit))
		if ok && string(model.UnitName(role, vm)) != unit {
			t.Errorf("%q becomes %q", unit, model.UnitName(role, vm))
		}
	})
}

func TestParseName(t *testing.T) {
	for _, name := range []model.Raw{"db", "DB-1", "a.b", "_x", "0", "template-web", "booted-x", model.Raw(strings.Repeat("a", 63))} {
		if !model.ParseName(name) {
			t.Errorf("ParseName(%q) refuses it", name)
		}
	}
	for _, name := range []model.Raw{"", ".", "..", ".hidden", "-rf", "--help", "a b", "a/b", "é", "a\nb", "a\x00b", "a\x1b[31m",
		"a@b", `a\x2db`, "a%i", "a:b", "lost+found", model.Raw(strings.Repeat("a", 64))} {
		if model.ParseName(name) {
			t.Errorf("ParseName(%q) allows it", name)
		}
	}
}

// The gcroot link booted-x is that of x's `booted` as well as of the VM
// booted-x: only the target tells.
func TestBootedCollision(t *testing.T) {
	h := newHost().imperative("x").undeclared("booted-x")
	if got := h.vm(t, "booted-x").Verdict; got != model.VerdictOrphan {
		t.Errorf("booted-x, which no link points to, is %s", got)
	}
	h = newHost().imperative("booted-x").undeclared("x")
	if got := h.vm(t, "x").Verdict; got != model.VerdictOrphan {
		t.Errorf("x is %s", got)
	}
	if vm := h.vm(t, "booted-x"); vm.Origin != model.OriginImperative || vm.Verdict != model.VerdictKept {
		t.Errorf("booted-x is %s, %s", vm.Origin, vm.Verdict)
	}
}

// A VM may be called template-web; a unit that installs a template of that
// name is no declaration.
func TestTemplateName(t *testing.T) {
	if got := newHost().declared("template-web").vm(t, "template-web"); got.Verdict != model.VerdictKept {
		t.Errorf("the VM template-web is %s", got.Verdict)
	}
	h := newHost().imperative("api")
	h.unit("install-microvm-template-web.service", "inactive", "dead")
	if got := len(h.inventory().Leftovers) + len(h.inventory().VMs); got != 1 {
		t.Errorf("%d things listed beside an install unit of a template: %v", got, h.verdicts())
	}
	h.unit("install-microvm-template-web.service", "failed", "failed")
	if got := h.verdicts()["unit install-microvm-template-web.service"]; got != model.VerdictUnclear {
		t.Errorf("a failed install unit that is still there is %s", got)
	}
}
