package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// needed lists the programs and files that a lab and its fixtures are made of,
// with the Debian package that has each.
var needed = map[string]string{
	"/boot/vmlinuz-*-cloud-amd64": "linux-image-cloud-amd64",
	"/usr/lib/qemu/virtiofsd":     "qemu-system-common",
	"busybox":                     "busybox-static",
	"pgrep":                       "procps",
	"qemu-system-x86_64":          "qemu-system-x86",
	"/lib/systemd/systemd":        "systemd",
	"dbus-daemon":                 "dbus",
	"ip":                          "iproute2",
	"nsenter":                     "util-linux",
	"setpriv":                     "util-linux",
	"nix":                         "nix-bin",
	"cpio":                        "cpio",
	"mkfs.btrfs":                  "btrfs-progs",
}

// Unavailable says why no lab can be booted here; empty: one can.
func Unavailable() string {
	if runtime.GOOS != "linux" {
		return "a lab needs Linux"
	}
	if os.Geteuid() != 0 {
		return "a lab needs root"
	}
	if missing := missingPackages(); len(missing) > 0 {
		return "a lab needs the Debian packages " + strings.Join(missing, " ")
	}
	if _, err := cgroupTree(); err != nil {
		return err.Error()
	}
	return ""
}

func missingPackages() []string {
	var missing []string
	for program, pkg := range needed {
		if !isThere(program) && !slices.Contains(missing, pkg) {
			missing = append(missing, pkg)
		}
	}
	slices.Sort(missing)
	return missing
}

func isThere(program string) bool {
	if found, _ := filepath.Glob(program); len(found) > 0 {
		return true
	}
	_, err := exec.LookPath(program)
	return err == nil
}
