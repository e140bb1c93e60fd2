package model

import (
	"slices"
	"strings"
	"testing"
)

func TestEntryOf(t *testing.T) {
	cid := func(n uint32) *uint32 { return &n }
	const quiet = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o LogLevel=ERROR -o ControlPath=none -o ForwardAgent=no "
	up := []VMUnit{{RoleVM, Unit{Name: "microvm@web.service", Active: "active", Sub: "running"}}}
	socket := []File{{Name: "x", Type: "file"}, {Name: "notify.vsock", Type: "socket"}}
	qemu := &Runner{Hypervisor: "qemu", VsockCID: cid(17)}
	root := Inventory{StateDir: "/var/lib/microvms", Host: Host{Privileged: true}}
	user := Inventory{StateDir: "/var/lib/microvms"}
	odd := Inventory{StateDir: "/srv/a;b", Host: Host{Privileged: true}}
	mux := VM{State: StateRunning, Current: &Runner{Hypervisor: "firecracker", VsockCID: cid(5)}, Directory: &Directory{Name: "web", Files: socket}}
	for _, test := range []struct {
		name       string
		i          Inventory
		vm         VM
		configured Address
		want, why  string
	}{
		{"over the kernel's vsock", user, VM{State: StateRunning, Current: qemu}, Address{}, quiet + "-l root -- vsock/17", ""},
		{"as somebody", user, VM{State: StateRunning, Current: qemu}, Address{User: "eve", Port: 2222}, quiet + "-l eve -p 2222 -- vsock/17", ""},
		{"to an address", user, VM{State: StateRunning, Current: qemu}, Address{Host: "web.lan"}, "-- web.lan", ""},
		{"to an address as somebody", user, VM{State: StateUnknown}, Address{Host: "fe80::1%vm-web", User: "eve", Port: 22}, "-l eve -p 22 -- fe80::1%vm-web", ""},
		{"the booted runner counts", user, VM{State: StateRunning, Units: up, BootedFrom: qemu, Current: &Runner{Hypervisor: "qemu", VsockCID: cid(99)}}, Address{}, quiet + "-l root -- vsock/17", ""},
		{"a stale booted one does not", user, VM{State: StateOutside, Current: qemu, BootedFrom: &Runner{Hypervisor: "qemu", VsockCID: cid(99)}}, Address{}, quiet + "-l root -- vsock/17", ""},
		{"through a socket", root, mux, Address{}, quiet + "-l root -- vsock-mux/var/lib/microvms/web/notify.vsock", ""},
		{"stopped", root, VM{State: StateStopped, Current: qemu}, Address{Host: "web.lan"}, "", "it is stopped; see microtui start"},
		{"failed", root, VM{State: StateFailed, Current: qemu}, Address{}, "", "it is failed; see microtui start"},
		{"no vsock", root, VM{State: StateRunning, Current: &Runner{Hypervisor: "qemu"}}, Address{User: "eve"}, "", "its runner has no vsock CID, and no address is configured; set an address in config.toml [ssh.web], or set microvm.vsock.cid and microvm.vsock.ssh.enable"},
		{"the loopback", root, VM{State: StateRunning, Current: &Runner{Hypervisor: "qemu", VsockCID: cid(1)}}, Address{}, "", "vsock CID 1 is reserved"},
		{"the host itself", root, VM{State: StateRunning, Current: &Runner{Hypervisor: "qemu", VsockCID: cid(2)}}, Address{}, "", "vsock CID 2 is reserved"},
		{"no runner", root, VM{State: StateRunning}, Address{}, "", "its runner could not be read"},
		{"a hypervisor without", root, VM{State: StateRunning, Current: &Runner{Hypervisor: "stratovirt", VsockCID: cid(5)}}, Address{}, "", "stratovirt does not support vsock; set an address"},
		{"a socket without root", user, mux, Address{}, "", "only root and the hypervisor can open /var/lib/microvms/web/notify.vsock; use sudo"},
		{"a socket that is not there", root, VM{State: StateRunning, Current: mux.Current, Directory: &Directory{Name: "web"}}, Address{}, "", "its hypervisor has no socket /var/lib/microvms/web/notify.vsock"},
		{"a folder that is not there", root, VM{State: StateRunning, Current: mux.Current}, Address{}, "", "its directory, which holds its vsock socket, could not be read"},
		{"a path for a shell", odd, mux, Address{}, "", "/srv/a;b/web/notify.vsock contains characters that ssh does not accept"},
	} {
		test.vm.Name = "web"
		entry, why := EntryOf(test.i, &test.vm, test.configured)
		if why == "" {
			if got := strings.Join(entry.Arguments, " "); got != test.want {
				t.Errorf("%s: ssh %s\nwant ssh %s", test.name, got, test.want)
			}
		}
		if (test.why == "") != (why == "") || !strings.HasPrefix(string(why), test.why) {
			t.Errorf("%s: %q, want %q", test.name, why, test.why)
		}
		if why == "" && entry.Proxied != strings.Contains(test.want, " vsock") {
			t.Errorf("%s: through the proxy: %v", test.name, entry.Proxied)
		}
	}
}

// What is to be run in the guest must not become an option of ssh here.
func TestCommandComesAfterTheDestination(t *testing.T) {
	entry, _ := EntryOf(Inventory{}, &VM{State: StateRunning}, Address{Host: "web.lan"})
	got := entry.Command([]string{"-oProxyCommand=evil", "--"})
	if want := []string{"--", "web.lan", "-oProxyCommand=evil", "--"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestHostsAndUsers(t *testing.T) {
	for text, want := range map[string]bool{
		"web": true, "web.lan": true, "10.0.0.2": true, "fe80::1%vm-web": true, "web_1": true,
		"": false, "-web": false, "root@web": false, "a b": false, "a/b": false, "$(id)": false, "a;b": false, "a\nb": false,
		"`id`": false, "web\x00": false, "wéb": false, ".": false, "::": false, strings.Repeat("a", 256): false,
	} {
		if IsHost(text) != want {
			t.Errorf("host %q: %v, want %v", text, !want, want)
		}
	}
	for text, want := range map[string]bool{"root": true, "eve_1": true, "": false, "-l": false, "a b": false, "eve@web": false, "$x": false} {
		if IsUser(text) != want {
			t.Errorf("user %q: %v, want %v", text, !want, want)
		}
	}
}
