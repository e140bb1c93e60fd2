package demo

import (
	"slices"

	"microtui/model"
)

// The moves in this file let a VM use what another's directory holds, or what
// the host makes.

// Lent is how a VM uses what is in another's directory.
type Lent int

// The ways: as a disk, as a share, and as a disk by a link to the directory.
const (
	LentVolume Lent = iota
	LentShare
	LentByLink
)

// Borrow writes into a VM's source that it uses a file of another's directory:
// it was renamed, or took another's disk over.
func (h *Host) Borrow(name, from model.Raw, how Lent) bool {
	if name == from || h.dir(from) == nil {
		return false
	}
	g := h.source(name)
	switch how {
	case LentVolume:
		g.Volumes = with(g.Volumes, stateDir+"/"+from+"/data.img")
	case LentByLink:
		g.Volumes = with(g.Volumes, linkFolder+"/"+from+"/data.img")
	case LentShare:
		share := model.Share{Tag: "lent", Source: stateDir + "/" + from + "/persist", Socket: g.HostName + "-virtiofs-lent.sock"}
		if slices.Contains(g.Shares, share) {
			return false
		}
		g.Shares = append(slices.Clip(g.Shares), share)
	}
	g.built = nil
	return true
}

func with(all []model.Raw, one model.Raw) []model.Raw {
	if slices.Contains(all, one) {
		return all
	}
	return append(slices.Clip(all), one)
}

// OwnTap lets a unit of the host make a TAP as microvm.nix would, for a VM that
// opens it: its lists do not name it. Described: the unit's text names it.
func (h *Host) OwnTap(name model.Raw, described bool) bool {
	tap := ifname("lab-", name)
	if h.linkNamed(tap) != nil {
		return false
	}
	owner := uidMicrovm
	h.addLink(model.Link{Name: tap, Kind: "tun", Tap: true, Owner: &owner, Persistent: true, VnetHdr: true, Up: true, OperState: "down"}, "unit")
	if described {
		h.netdevs = insert(h.netdevs, model.Netdev{Name: tap, By: "lab-net.service"}, func(n model.Netdev) model.Raw { return n.Name })
	}
	g := h.source(name)
	g.Opens, g.built = with(g.Opens, tap), nil
	return true
}
