package nixos_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"microtui/backend/nixos"
)

// host is a tree as NixOS lays it out.
type host struct {
	t     testing.TB
	root  string
	paths nixos.Paths
}

func newHost(t testing.TB) *host {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &host{t: t, root: root}
	h.paths = nixos.Paths{
		Units:       h.path("etc/systemd/system"),
		Current:     h.path("run/current-system"),
		Profiles:    h.path("nix/var/nix/profiles"),
		Store:       h.path("nix/store"),
		Networks:    []string{h.path("etc/systemd/network"), h.path("run/systemd/network")},
		CommandLine: h.path("proc/cmdline"),
		Fstab:       h.path("etc/fstab"),
	}
	return h
}

func (h *host) path(name string) string { return filepath.Join(h.root, name) }

func (h *host) write(name, text string) {
	h.t.Helper()
	path := h.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		h.t.Fatal(err)
	}
}

// link makes or replaces a link.
func (h *host) link(name, target string) {
	h.t.Helper()
	path := h.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		h.t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		h.t.Fatal(err)
	}
}

// declared is a VM in a system's configuration.
type declared struct {
	name, script, conditions string
}

func config(name string) declared {
	return declared{name: name, script: fmt.Sprintf(`#!/nix/store/x-bash/bin/bash
set -e
mkdir -p /var/lib/microvms/%[1]s
cd /var/lib/microvms/%[1]s

ln -sTf /nix/store/aaaa-microvm-qemu-%[1]s current
chown -h microvm:kvm . current
ln -sTf /nix/store/bbbb-nixos-system-%[1]s toplevel

`, name)}
}

func flake(name, ref string) declared {
	return declared{name: name,
		script: fmt.Sprintf("cd /var/lib/microvms/%[1]s\nln -sTf /nix/store/aaaa-microvm-qemu-%[1]s current\necho '%[2]s' > flake\n", name, ref)}
}

func updateFlake(name, ref string) declared {
	d := flake(name, ref)
	d.conditions = "ConditionPathExists=!/var/lib/microvms/" + name + "\n"
	return d
}

// system puts a system into the store and returns its path. Units lie behind
// links, as NixOS makes them.
func (h *host) system(hash string, vms ...declared) string {
	h.t.Helper()
	units := "nix/store/" + hash + "-system-units/"
	h.write(units+"microvm@.service", "[Service]\n")
	wants := []string{}
	for _, vm := range vms {
		script := fmt.Sprintf("nix/store/%s-unit-script-%s/bin/install", hash, vm.name)
		h.write(script, vm.script)
		unit := "install-microvm-" + vm.name + ".service"
		stored := fmt.Sprintf("nix/store/%s-unit-%s/%s", hash, vm.name, unit)
		h.write(stored, "[Unit]\nDescription=x\n"+vm.conditions+"[Service]\nExecStart="+h.path(script)+" \n")
		h.link(units+unit, h.path(stored))
		wants = append(wants, "Wants=microvm@"+vm.name+".service")
	}
	h.write(units+"microvms.target", "[Unit]\n"+strings.Join(wants, "\n")+"\n")
	top := "nix/store/" + hash + "-nixos-system"
	h.link(top+"/etc/systemd/system", h.path(units))
	h.write(top+"/bin/switch-to-configuration", "")
	return h.path(top)
}

// generation makes a system generation N of the profile, and the profile's link.
func (h *host) generation(n int, toplevel string) {
	h.link(fmt.Sprintf("nix/var/nix/profiles/system-%d-link", n), toplevel)
	h.link("nix/var/nix/profiles/system", fmt.Sprintf("system-%d-link", n))
}

// activate makes a system the live one.
func (h *host) activate(toplevel string) {
	h.link("run/current-system", toplevel)
	h.link("etc/systemd/system", filepath.Join(toplevel, "etc/systemd/system"))
}
