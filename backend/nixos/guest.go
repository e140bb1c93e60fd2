package nixos

import (
	"path/filepath"
	"strings"

	"microtui/model"
)

// guestTraces lists what says that this machine is a microvm.nix guest. A
// `regInfo=` alone does not: nixpkgs' own test machines (qemu-vm.nix) boot
// with one too. microvm.nix adds the `reboot=` and `panic=` of its runners.
//
// booted: the kernel's command line says so, which is that of this boot.
func (r *Reader) guestTraces() (traces []model.Raw, booted bool) {
	text, err := readFile(r.paths.CommandLine, maxUnit, 0)
	if err == nil {
		traces = appendTrace(traces, "the kernel command line has ", commandLineTrace(string(text)))
		booted = len(traces) > 0
	}
	text, err = readFile(r.paths.Fstab, maxUnit, 0)
	if err == nil {
		traces = appendTrace(traces, "/etc/fstab has ", fstabTrace(string(text)))
	}
	return traces, booted
}

func appendTrace(traces []model.Raw, where, what string) []model.Raw {
	if what == "" {
		return traces
	}
	return append(traces, model.Raw(where+what))
}

func commandLineTrace(text string) string {
	registration, ends := "", false
	for word := range strings.FieldsSeq(text) {
		switch {
		case strings.HasPrefix(word, "regInfo=/nix/store/"):
			registration = word
		case word == "reboot=t", word == "reboot=k":
			ends = true
		}
	}
	if !ends {
		return ""
	}
	return registration
}

// fstabTrace finds the root that microvm.nix's guest module mounts by default:
// a tmpfs whose source is called rootfs. Other systems on a tmpfs call it none
// or tmpfs.
func fstabTrace(text string) string {
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) >= 3 && fields[0] == "rootfs" && fields[1] == "/" && fields[2] == "tmpfs" {
			return strings.Join(fields[:3], " ")
		}
	}
	return ""
}

// guestModuleTraces lists what microvm.nix's guest module left in a system.
func guestModuleTraces(path string) []model.Raw {
	text, err := readFile(filepath.Join(path, "etc/fstab"), maxUnit, 0)
	if err != nil {
		return nil
	}
	return appendTrace(nil, "its /etc/fstab has ", fstabTrace(string(text)))
}
