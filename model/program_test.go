package model_test

import (
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
