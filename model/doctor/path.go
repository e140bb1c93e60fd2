package doctor

import (
	"slices"
	"strings"

	"microtui/model"
)

// Hop is one station on the way of a guest's packets.
type Hop struct {
	What   string    // "guest", "tap", "macvtap", "holder", "port", "bridge", "link", "uplink", "host", "neighbour"
	Name   model.Raw // of the interface, the process, the address; empty: there is none
	Detail model.Raw // what is known of it, in a few words
	Broken model.Raw // why no packet passes here; empty: nothing speaks against it
}

// Path follows each interface of a VM from the guest to the network: the
// address that the guest has, the TAP or macvtap and who holds it, the bridge
// with what leads out of it, and under which address the host knows the guest.
// A VM that is off has its interfaces' paths too, as far as they go.
func Path(i model.Inventory, vm model.Raw) [][]Hop {
	h := look(&i)
	g := h.byName[vm]
	if g == nil {
		return nil
	}
	var paths [][]Hop
	for at := range g.Interfaces {
		if i := &g.Interfaces[at]; g.has(i.Name) || i.Device != nil {
			paths = append(paths, h.follow(g, i))
		}
	}
	return paths
}

func (h *host) follow(g *guest, i *model.Interface) []Hop {
	hops := []Hop{{What: "guest", Name: i.MAC, Detail: g.HostName}}
	d := i.Device
	if d == nil {
		return append(hops, h.absentDevice(g, i))
	}
	hops = append(hops, describeDevice(i), h.holder(g, i))
	if d.Kind == "macvtap" {
		hops = append(hops, h.below(d))
	} else {
		hops = append(hops, h.beyond(d)...)
	}
	return append(hops, h.neighbour(i, d)...)
}

func (h *host) absentDevice(g *guest, i *model.Interface) Hop {
	hop := Hop{What: i.Type, Name: i.Name, Detail: "missing"}
	switch {
	case i.Namespace != "":
		hop.Detail = rawf("in network namespace %s, which microtui does not read", i.Namespace)
	case i.Present == nil:
		hop.Detail = "links could not be read"
	case g.State == model.StateRunning:
		hop.Broken = "the VM is running without it"
	default:
		hop.Detail = "does not exist while the VM is off"
	}
	return hop
}

func describeDevice(i *model.Interface) Hop {
	d := i.Device
	hop := Hop{What: string(linkKind(d)), Name: i.Name, Detail: model.Raw(d.OperState)}
	if d.Mode != "" {
		hop.Detail = rawf("mode %s: %s", d.Mode, macvtapModes[d.Mode])
	}
	switch {
	case hop.What != i.Type:
		hop.What, hop.Broken = i.Type, rawf("the interface of this name is not a %s", i.Type)
	case !d.Up:
		hop.Broken = "it is down"
	}
	return hop
}

// holder is the process that has an interface open.
func (h *host) holder(g *guest, i *model.Interface) Hop {
	if all := h.o.Holders(i.Name); len(all) > 0 {
		p := all[0]
		hop := Hop{What: "holder", Name: rawf("%d", p.PID), Detail: p.ProgramName()}
		if _, vm, ok := p.Unit(); ok && vm != g.Name {
			hop.Broken = rawf("it belongs to %s, not to %s", vm, g.Name)
		}
		return hop
	}
	hop := Hop{What: "holder", Detail: "no process has it open"}
	on := i.Device.Carrier
	switch {
	case on != nil && *on && i.Type == "tap":
		hop.Detail = "in use by a process that could not be identified"
	case h.failed(model.SourceHolders) || !h.Host.Privileged:
		hop.Detail = "finding out who has it open requires root"
	case g.State == model.StateRunning:
		hop.Broken = "the VM is running, but does not have it open"
	}
	return hop
}

// below is what a macvtap sits on.
func (h *host) below(d *model.Link) Hop {
	link := h.o.LinkAt(d.Parent)
	if link == nil {
		return Hop{What: "link", Detail: "in another network namespace"}
	}
	return withState(Hop{What: "link", Name: link.Name, Detail: addressesOf(link)}, link)
}

// withState marks a hop whose link is down or has no carrier.
func withState(hop Hop, link *model.Link) Hop {
	switch {
	case !link.Up:
		hop.Broken = "it is down"
	case link.Carrier != nil && !*link.Carrier:
		hop.Broken = "it has no carrier"
	}
	return hop
}

func addressesOf(link *model.Link) model.Raw {
	switch {
	case len(link.Addresses) > 0:
		return model.Raw(model.Listed(link.Addresses))
	case link.Addressed:
		return "has an address"
	}
	return ""
}

// beyond is what a TAP leads to: a bridge and what is on its other side, or the
// host's own routes.
func (h *host) beyond(d *model.Link) []Hop {
	if d.Master == 0 {
		hop := Hop{What: "host", Detail: addressesOf(d)}
		if d.Routed && hop.Detail == "" {
			hop.Detail = "a route leads to it"
		}
		if leadsNowhere(d) {
			hop.Broken = "not on any bridge, and has no address or route"
		}
		return []Hop{hop}
	}
	port := Hop{What: "port", Name: d.Name, Detail: model.Raw(d.PortState)}
	if d.PortState == "disabled" || d.PortState == "blocking" {
		port.Broken = rawf("the bridge forwards nothing: %s", d.PortState)
	}
	bridge := h.o.LinkAt(d.Master)
	if bridge == nil {
		return []Hop{port, {What: "bridge", Detail: "in another network namespace"}}
	}
	hop := Hop{What: "bridge", Name: bridge.Name, Detail: addressesOf(bridge)}
	if !bridge.Up {
		hop.Broken = "it is down"
	}
	return append([]Hop{port, hop}, h.uplinks(bridge)...)
}

// uplinks are the ports of a bridge that are no guest's.
func (h *host) uplinks(bridge *model.Link) []Hop {
	var hops []Hop
	for at := range h.o.Links {
		link := &h.o.Links[at]
		if link.Master == bridge.Index && !link.Tap {
			hops = append(hops, withState(Hop{What: "uplink", Name: link.Name, Detail: model.Raw(link.PortState)}, link))
		}
	}
	if len(hops) > 0 {
		return hops
	}
	if addressesOf(bridge) != "" {
		return []Hop{{What: "uplink", Detail: "none: the host routes (it has an address on the bridge)"}}
	}
	return []Hop{{What: "uplink", Detail: "none: the bridge connects only its guests"}}
}

// neighbour is the address under which the host knows the guest.
func (h *host) neighbour(i *model.Interface, d *model.Link) []Hop {
	if i.MAC == "" {
		return nil
	}
	var ips []model.Raw
	state := ""
	for at := range h.o.Neighbours {
		n := &h.o.Neighbours[at]
		if strings.EqualFold(string(n.MAC), string(i.MAC)) && n.State != "failed" && !slices.Contains(ips, n.IP) {
			ips, state = append(ips, n.IP), n.State
		}
	}
	if len(ips) > 0 {
		return []Hop{{What: "neighbour", Name: model.Raw(model.Listed(ips)), Detail: model.Raw(state)}}
	}
	if d.Kind == "macvtap" {
		return []Hop{{What: "neighbour", Detail: "unknown: host and guest cannot reach each other over a macvtap"}}
	}
	return []Hop{{What: "neighbour", Detail: "unknown: the host has not talked to it recently"}}
}
