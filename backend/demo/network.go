package demo

import (
	"fmt"
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
	addressed := func(l model.Link, maker string, addresses ...model.Raw) {
		l.Up, l.Addressed, l.Addresses = true, true, addresses
		h.addLink(l, maker)
	}
	addressed(model.Link{Name: "lo", OperState: "unknown"}, "kernel", "127.0.0.1/8", "::1/128")
	addressed(model.Link{Name: "eno1", MAC: "3c:ec:ef:10:20:30", OperState: "up"}, "kernel", "192.0.2.10/24")
	addressed(model.Link{Name: "br0", Kind: "bridge", MAC: "5e:11:00:00:00:01", OperState: "up"}, "networkd", "10.0.0.1/24")
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
		if l.Master != 0 {
			out[i].PortState = map[bool]string{true: "forwarding", false: "disabled"}[carrier && l.Up]
		}
	}
	return out
}

// Detach takes an interface out of its bridge: networkd forgot it, say.
func (h *Host) Detach(name model.Raw) bool {
	l := h.linkNamed(name)
	if l == nil || l.Master == 0 {
		return false
	}
	l.Master = 0
	return true
}

// observedNeighbours are the guests that the host talked to: those that run
// and are on its bridge.
func (h *Host) observedNeighbours() []model.Neighbour {
	var out []model.Neighbour
	bridge := h.indexOf("br0")
	for _, in := range h.instances {
		if in.hypervisor == nil || in.runs == nil {
			continue
		}
		for i, tap := range in.runs.runner.Taps {
			if l := h.linkNamed(tap); l == nil || l.holder != in.hypervisor || l.Master != bridge || i >= len(in.runs.runner.MACs) {
				continue
			}
			out = append(out, model.Neighbour{
				Link: bridge, MAC: in.runs.runner.MACs[i], State: []string{"reachable", "stale"}[len(out)%2],
				IP: model.Raw(fmt.Sprintf("10.0.%d.%d", len(out)/200, 10+len(out)%200)),
			})
		}
	}
	return out
}
