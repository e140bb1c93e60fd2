package model_test

import (
	"fmt"
	"strings"
	"testing"

	"microtui/model"
)

func TestProgramName(t *testing.T) {
	for _, test := range []struct{ comm, argv0, want model.Raw }{
		{"virtiofsd", "/nix/store/0000-virtiofsd/bin/virtiofsd", "virtiofsd"},
		{".virtiofsd-wrap", "/nix/store/0000-virtiofsd/bin/virtiofsd", "virtiofsd"},
		{".virtiofsd-wrap", "", "virtiofsd"},
		{".supervisord-wr", "/nix/store/2zkd6vjxq1sg5mgz5wzvqk1nq0h3rvxl-python3/bin/python3", "supervisord"},
		{".qemu-system-x8", "qemu-system-x86_64", "qemu-system-x86_64"},
		{".qemu-system-x8", "microvm@web", "qemu-system-x8"},
		{"qemu-system-x86", "microvm@web", "qemu-system-x86"},
		{"2zkd6vjxq1sg5mg", "/nix/store/2zkd6vjxq1sg5mgz5wzvqk1nq0h3rvxl-virtiofsd-run", "virtiofsd-run"},
		{"2zkd6vjxq1sg5mg", "/nix/store/2zkd6vjxq1sg5mgz5wzvqk1nq0h3rvxl-bash-5.2/bin/bash", "bash"},
		{"2zkd6vjxq1sg5mg", "", "2zkd6vjxq1sg5mg"},
		{"stratovirt", "unbuffer", "stratovirt"},
		{"passbyaccident0", "x", "passbyaccident0"},
		{"", "", ""},
	} {
		if got := model.ProgramName(test.comm, test.argv0); got != test.want {
			t.Errorf("%q, %q: %q, want %q", test.comm, test.argv0, got, test.want)
		}
	}
}

// TestProcessesAreNamed: what is said of a process names its program, not what
// is left of a path in the store.
func TestProcessesAreNamed(t *testing.T) {
	const name = "(qemu-system-x86_64)"
	wrapped := func(p *model.Process) {
		p.Comm, p.Argv0 = ".qemu-system-x8", "/nix/store/0000-qemu/bin/qemu-system-x86_64"
	}
	loses := holding(model.RoleVM, deleted(stateDir+"/web/data.img"))
	wrapped(loses.processIn(model.RoleVM, "web"))
	if lost := loses.inventory().Losses("web"); len(lost) != 1 || !strings.Contains(string(lost[0].Words()), name) {
		t.Errorf("what is lost: %+v", lost)
	}
	unknown := newHost().declared("db").undeclared("x")
	wrapped(unknown.looseProcess("", "db"))
	if vm := unknown.unseen().vm(t, "x"); vm.Verdict != unclear || !strings.Contains(fmt.Sprint(vm.Evidence), name) {
		t.Errorf("what may run there: %s, %q", vm.Verdict, vm.Evidence)
	}
}
