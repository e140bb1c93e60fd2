package demo

import (
	"slices"

	"microtui/model"
)

// link is a network interface and who made it.
type link struct {
	model.Link
	// maker is who made it: "microvm" for tap-up and macvtap-up.
	maker  string
	holder *process // has it open
}

// network makes the interfaces that the host has from the start.
func (h *Host) network() {
	h.addLink(model.Link{Name: "lo", Up: true, OperState: "unknown", Addressed: true}, "kernel")
	h.addLink(model.Link{Name: "eno1", MAC: "3c:ec:ef:10:20:30", Up: true, OperState: "up", Addressed: true}, "kernel")
	h.addLink(model.Link{Name: "br0", Kind: "bridge", MAC: "5e:11:00:00:00:01", Up: true, OperState: "up", Addressed: true}, "networkd")
}

// addLink gives an interface the next index: none is used twice.
func (h *Host) addLink(l model.Link, maker string) *link {
	l.Index = h.nextIndex
	h.nextIndex++
	made := &link{Link: l, maker: maker}
	h.links = append(h.links, made)
	return made
}

func (h *Host) linkNamed(name model.Raw) *link {
	for _, l := range h.links {
		if l.Name == name {
			return l
		}
	}
	return nil
}

func (h *Host) indexOf(name model.Raw) int {
	if l := h.linkNamed(name); l != nil {
		return l.Index
	}
	return 0
}

// deleteLink is `ip link delete`, which succeeds on an attached TAP as well.
func (h *Host) deleteLink(name model.Raw) {
	h.deleteWhere(func(l *link) bool { return l.Name == name })
}

// deleteWhere deletes the links that match. A process that had one open is
// left with a descriptor that names no interface.
func (h *Host) deleteWhere(match func(*link) bool) {
	h.links = slices.DeleteFunc(h.links, func(l *link) bool {
		if !match(l) {
			return false
		}
		if p := l.holder; p != nil {
			p.holds = slices.DeleteFunc(p.holds, func(held *link) bool { return held == l })
		}
		return true
	})
}

// tapUp is the runner's tap-up: it deletes any interface of that name first.
func (h *Host) tapUp(b *build) {
	owner := uidMicrovm
	for i, tap := range b.runner.Taps {
		h.deleteLink(tap)
		h.addLink(model.Link{
			Name: tap, Kind: "tun", Tap: true, Owner: &owner, Persistent: true, VnetHdr: true,
			MAC: hostMAC(b.runner.MACs[i]), Master: h.indexOf("br0"), Up: true, OperState: "down",
		}, "microvm")
	}
}

// macvtapUp is the runner's macvtap-up.
func (h *Host) macvtapUp(b *build) {
	owner := uidMicrovm
	for _, m := range b.runner.Macvtaps {
		h.deleteLink(m.Name)
		h.addLink(model.Link{
			Name: m.Name, Kind: "macvtap", DeviceOwner: &owner, MAC: m.MAC, Mode: string(m.Mode),
			Parent: h.indexOf(m.Link), Up: true, OperState: "up",
		}, "microvm")
	}
}

// hostMAC is the address of a TAP's near end: not the guest's.
func hostMAC(guest model.Raw) model.Raw { return "fe" + guest[2:] }

// tapDown and macvtapDown are the runner's scripts of that name.
func (h *Host) tapDown(b *build) {
	for _, tap := range b.runner.Taps {
		h.deleteLink(tap)
	}
}

func (h *Host) macvtapDown(b *build) {
	for _, m := range b.runner.Macvtaps {
		h.deleteLink(m.Name)
	}
}

// observedLinks lists the links as a dump does, with what holding them does to
// carrier and state.
func (h *Host) observedLinks() []model.Link {
	out := make([]model.Link, len(h.links))
	for i, l := range h.links {
		out[i] = l.Link
		if l.Kind != "tun" {
			continue
		}
		carrier := l.holder != nil
		out[i].Carrier = &carrier
		if carrier {
			out[i].OperState = "up"
		}
		if !l.Up {
			out[i].Carrier = nil
		}
	}
	return out
}
