package lab

import (
	"fmt"
	"os"
	"path/filepath"
)

// unitFolder is the lab's place for units: /etc/systemd/system belongs to the
// NixOS system that a fixture makes.
const unitFolder = "/usr/local/lib/systemd/system"

// readyFile appears inside when the lab is up.
const readyFile = Folder + "/ready"

// masked are units of the machine that would change what is not private to
// the lab (devices, kernel settings, modules, clocks), or only cost time.
var masked = []string{
	"cryptsetup.target", "dev-hugepages.mount", "dev-mqueue.mount", "e2scrub_all.timer",
	"integritysetup.target", "kmod-static-nodes.service", "modprobe@.service",
	"proc-sys-fs-binfmt_misc.automount", "proc-sys-fs-binfmt_misc.mount",
	"sys-fs-fuse-connections.mount", "sys-kernel-config.mount", "sys-kernel-debug.mount",
	"sys-kernel-tracing.mount", "systemd-ask-password-console.path",
	"systemd-ask-password-wall.path", "systemd-binfmt.service", "systemd-firstboot.service",
	"systemd-initctl.socket", "systemd-journald-audit.socket", "systemd-machine-id-commit.service",
	"systemd-modules-load.service", "systemd-pcrphase-sysinit.service",
	"systemd-pcrphase.service", "systemd-random-seed.service", "systemd-repart.service",
	"systemd-sysctl.service", "systemd-sysusers.service", "systemd-tmpfiles-clean.timer",
	"systemd-tmpfiles-setup-dev.service", "systemd-tmpfiles-setup.service",
	"systemd-udev-trigger.service", "systemd-udevd-control.socket",
	"systemd-udevd-kernel.socket", "systemd-udevd.service", "systemd-update-utmp.service",
	"veritysetup.target",
}

// units are the lab's own files, by path.
var units = map[string]string{
	unitFolder + "/lab.target": `[Unit]
Description=The lab
Requires=basic.target dbus.service
Wants=lab-ready.service
After=basic.target dbus.service
AllowIsolate=yes
`,
	// Of type simple, so that its own job is not what it waits for.
	unitFolder + "/lab-ready.service": `[Unit]
Description=Say that the lab is up
After=dbus.service
[Service]
Type=simple
RemainAfterExit=yes
ExecStart=/bin/sh -c 'systemctl is-system-running --wait; touch ` + readyFile + `'
`,
	// The link /dev/log would be made in the machine's /dev.
	unitFolder + "/systemd-journald-dev-log.socket.d/lab.conf": "[Socket]\nSymlinks=\n",
	// The machine's kernel log is not the lab's.
	"/etc/systemd/journald.conf.d/lab.conf": "[Journal]\nReadKMsg=no\nAudit=no\n",
	"/etc/machine-id":                       "1ab00000000000000000000000001ab0\n",
	"/etc/fstab":                            "",
	"/etc/nix/nix.conf": `experimental-features = nix-command flakes
sandbox = false
substituters =
build-users-group =
`,
}

// writeUnits makes a root file system that is a copy of the machine's boot
// into the lab and nothing else.
func writeUnits(root, hostname string) error {
	if err := os.RemoveAll(root + "/etc/systemd/system"); err != nil {
		return err
	}
	for path, text := range units {
		if err := writeFile(root+path, text); err != nil {
			return err
		}
	}
	if err := writeFile(root+"/etc/hostname", hostname+"\n"); err != nil {
		return err
	}
	for _, dir := range []string{"/etc/systemd/system", "/var/log/journal", "/var/lib/dbus"} {
		if err := os.MkdirAll(root+dir, 0o755); err != nil {
			return err
		}
	}
	for _, unit := range masked {
		if err := mask(root + unitFolder + "/" + unit); err != nil {
			return err
		}
	}
	return maskGenerators(root)
}

// maskGenerators keeps the machine's disks, consoles and init scripts from
// becoming units, and a daemon-reload fast.
func maskGenerators(root string) error {
	generators, err := filepath.Glob(root + "/lib/systemd/system-generators/*")
	if err != nil {
		return err
	}
	for _, generator := range generators {
		if err := mask(root + "/etc/systemd/system-generators/" + filepath.Base(generator)); err != nil {
			return err
		}
	}
	return nil
}

func mask(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.Symlink("/dev/null", path)
}

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	// A link of the machine's is replaced, not followed.
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
