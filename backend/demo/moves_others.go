package demo

import "microtui/model"

// The moves in this file are of other tools and other users.

// Libvirt starts a libvirt guest: vnetN, a TAP that goes with its process, and
// a virtiofsd of its own.
func (h *Host) Libvirt() bool {
	if h.linkNamed("vnet0") != nil {
		return false
	}
	qemu := h.spawn(model.Process{UID: 64055, Comm: "qemu-system-x86", Argv0: "/run/libvirt/nix-emulators/qemu-system-x86_64",
		Cgroup: `/machine.slice/machine-qemu\x2d1\x2dwin11.scope/libvirt/emulator`,
		Cwd:    &model.ProcessDir{Path: "/", ID: model.FileID{Dev: 0xfd00, Ino: 2}}}, nil, "libvirt")
	owner := uidRoot
	qemu.hold(h.addLink(model.Link{Name: "vnet0", Kind: "tun", Tap: true, Owner: &owner, VnetHdr: true,
		MAC: "fe:54:00:aa:bb:cc", Master: h.indexOf("br0"), Up: true}, "libvirt"))
	macvtap := uint32(64055)
	h.addLink(model.Link{Name: "macvtap0", Kind: "macvtap", DeviceOwner: &macvtap, MAC: "52:54:00:11:22:33",
		Mode: "bridge", Parent: h.indexOf("eno1"), Up: true, OperState: "up"}, "libvirt")
	return true
}

// VPN brings up a tun and a TAP of OpenVPN, persistent and owned by nobody
// microvm.nix knows.
func (h *Host) VPN() bool {
	if h.linkNamed("tap-vpn") != nil {
		return false
	}
	owner := uint32(987)
	h.addLink(model.Link{Name: "tap-vpn", Kind: "tun", Tap: true, Owner: &owner, Persistent: true, Up: true}, "vpn")
	h.addLink(model.Link{Name: "tun0", Kind: "tun", Persistent: true, Up: true, OperState: "unknown"}, "vpn")
	return true
}

// Docker brings up a bridge with a veth.
func (h *Host) Docker() bool {
	if h.linkNamed("docker0") != nil {
		return false
	}
	bridge := h.addLink(model.Link{Name: "docker0", Kind: "bridge", MAC: "02:42:5d:00:00:01", Up: true, OperState: "up", Addressed: true}, "docker")
	h.addLink(model.Link{Name: "veth3f1c2ab", Kind: "veth", Master: bridge.Index, Up: true, OperState: "up"}, "docker")
	return true
}

// NetworkdTap is a TAP that a .netdev file describes, made for the user
// microvm: its owner and its persistence are as tap-up's.
func (h *Host) NetworkdTap(name model.Raw, macvtap bool) bool {
	if h.linkNamed(name) != nil {
		return false
	}
	owner := uidMicrovm
	l := model.Link{Name: name, Up: true, MAC: h.mac(), OperState: "down"}
	if macvtap {
		l.Kind, l.DeviceOwner, l.Mode, l.Parent = "macvtap", &owner, "bridge", h.indexOf("eno1")
	} else {
		l.Kind, l.Tap, l.Owner, l.Persistent, l.Master = "tun", true, &owner, true, h.indexOf("br0")
	}
	h.addLink(l, "networkd")
	h.netdevs = insert(h.netdevs, model.Netdev{Name: name, By: "/etc/systemd/network/30-" + name + ".netdev"},
		func(n model.Netdev) model.Raw { return n.Name })
	return true
}

// UserTap is the persistent TAP of another user.
func (h *Host) UserTap(name model.Raw) bool {
	if h.linkNamed(name) != nil {
		return false
	}
	owner := uidAdmin
	h.addLink(model.Link{Name: name, Kind: "tun", Tap: true, Owner: &owner, Persistent: true, Up: true}, "user")
	return true
}
