package doctor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
	"microtui/model/doctor"
)

// hops is the first path of a VM, a line a hop; a broken one has a bang.
func hops(h *host, vm model.Raw) []string {
	paths := doctor.Path(h.inventory(), vm)
	if len(paths) == 0 {
		return nil
	}
	var lines []string
	for _, hop := range paths[0] {
		line := fmt.Sprintf("%s %s (%s)", hop.What, hop.Name, hop.Detail)
		if hop.Broken != "" {
			line += " ! " + string(hop.Broken)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestPath(t *testing.T) {
	vmdb := func(h *host) *model.Link { return h.link(model.Link{Name: "vm-db"}) }
	neighbour := func(h *host) {
		h.o.Links = append(h.o.Links, model.Link{Index: 77, Name: "enp2s0", Up: true, Carrier: ptr(true), Master: bridge, PortState: "forwarding"})
		h.o.Neighbours = []model.Neighbour{{Link: bridge, MAC: "02:00:00:00:00:65", IP: "10.0.0.7", State: "reachable"}}
	}
	for _, test := range []struct {
		name string
		host *host
		want []string
	}{
		{"through a bridge", one().do(neighbour), []string{
			"guest 02:00:00:00:00:65 (db)", "tap vm-db ()", "holder 1001 (qemu-system-x86)", "port vm-db (forwarding)",
			"bridge br0 (has an address)", "uplink enp2s0 (forwarding)", "neighbour 10.0.0.7 (reachable)",
		}},
		{"a blocked port, no uplink", one().do(func(h *host) { vmdb(h).PortState = "blocking" }), []string{
			"guest 02:00:00:00:00:65 (db)", "tap vm-db ()", "holder 1001 (qemu-system-x86)",
			"port vm-db (blocking) ! the bridge forwards nothing: blocking", "bridge br0 (has an address)",
			"uplink  (none: the host routes (it has an address on the bridge))", "neighbour  (unknown: the host has not talked to it recently)",
		}},
		{"in no bridge, down, not held", one().do(func(h *host) {
			l := vmdb(h)
			l.Master, l.Up, l.Carrier, h.o.Processes = 0, false, nil, nil
		}), []string{
			"guest 02:00:00:00:00:65 (db)", "tap vm-db () ! it is down", "holder  (no process has it open) ! the VM is running, but does not have it open",
			"host  () ! not on any bridge, and has no address or route", "neighbour  (unknown: the host has not talked to it recently)",
		}},
		{"routed", one().do(func(h *host) { l := vmdb(h); l.Master, l.Routed, l.Addresses = 0, true, []model.Raw{"10.0.0.1/32"} }), []string{
			"guest 02:00:00:00:00:65 (db)", "tap vm-db ()", "holder 1001 (qemu-system-x86)", "host  (10.0.0.1/32)",
			"neighbour  (unknown: the host has not talked to it recently)",
		}},
		{"gone while it runs", one().do(func(h *host) { h.o.Links = h.o.Links[:3] }), []string{
			"guest 02:00:00:00:00:65 (db)", "tap vm-db (missing) ! the VM is running without it",
		}},
		{"off", one().stopped("db"), []string{"guest 02:00:00:00:00:65 (db)", "tap vm-db (does not exist while the VM is off)"}},
		{"a macvtap on a link without carrier", newHost().imperative("edge").macvtap("edge", "eno1", "bridge").do(func(h *host) {
			h.link(model.Link{Name: "mv-edge", Kind: "macvtap", Mode: "bridge", Parent: 2, Up: true, OperState: "up"})
			h.o.Links[1].Carrier = ptr(false)
			h.process("edge", model.RoleVM).Holds = []model.Raw{"mv-edge"}
		}), []string{
			"guest 02:00:00:00:00:fe (edge)", "macvtap mv-edge (mode bridge: guests on the same link reach each other directly)",
			"holder 1001 (qemu-system-x86)", "link eno1 (has an address) ! it has no carrier",
			"neighbour  (unknown: host and guest cannot reach each other over a macvtap)",
		}},
		{"held by another VM", two().do(func(h *host) {
			h.o.Processes[0].Holds, h.o.Processes[2].Holds = nil, []model.Raw{"vm-db"}
		}), []string{
			"guest 02:00:00:00:00:65 (db)", "tap vm-db ()", "holder 1003 (qemu-system-x86) ! it belongs to web, not to db", "port vm-db (forwarding)",
			"bridge br0 (has an address)", "uplink  (none: the host routes (it has an address on the bridge))",
			"neighbour  (unknown: the host has not talked to it recently)",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			vm := model.Raw("db")
			if strings.HasPrefix(test.name, "a macvtap") {
				vm = "edge"
			}
			if diff := cmp.Diff(test.want, hops(test.host, vm)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	if paths := doctor.Path(one().inventory(), "nosuch"); paths != nil {
		t.Errorf("of no VM: %v", paths)
	}
}

// TestSystem looks at a system before anyone switches to it.
func TestSystem(t *testing.T) {
	trace := []model.Raw{"its /etc/fstab has rootfs / tmpfs"}
	for _, test := range []struct {
		name   string
		system model.System
		host   *host
		want   string // of the summary; empty: nothing found
	}{
		{"as it should be", model.System{Path: "/nix/store/n", HostModule: true, CanSwitch: true}, one(), ""},
		{"both modules", model.System{Path: "/nix/store/n", HostModule: true, Guest: trace}, one(), "this system imports the guest module as well as the host module: it cannot be switched to"},
		{"without traces", model.System{Path: "/nix/store/n", HostModule: true}, one(), "most likely"},
		{"image-based", model.System{Path: "/nix/store/n", HostModule: true}, one().do(func(h *host) { h.system(model.SystemLive).CanSwitch = false }), ""},
		{"a guest's system", model.System{Path: "/nix/store/n", Guest: trace}, one(), ""},
		{"not readable", model.System{Path: "/nix/store/n", Fault: "no such file or directory"}, one(), "not checked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := doctor.System(test.system, test.host.inventory())
			switch {
			case test.want == "" && len(found) > 0:
				t.Errorf("%+v", found)
			case test.want != "" && (len(found) != 1 || !strings.Contains(string(found[0].Summary), test.want) || found[0].Rule != "host-and-guest-modules" || found[0].Subject.Name != "/nix/store/n"):
				t.Errorf("%+v", found)
			}
		})
	}
}
