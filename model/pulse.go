package model

import (
	"slices"
	"time"
)

// Pulse are the figures of some VMs, read after the rest of an observation, of
// which nothing is known to have changed.
type Pulse struct {
	At    time.Time
	VMs   []Raw
	Usage []Usage // of their units that have a cgroup
	Links []LinkCount
}

// LinkCount is the traffic of a link, by its index.
type LinkCount struct {
	Index            int
	RxBytes, TxBytes uint64
}

// Focus is what somebody looks at: VMs, and the links whose traffic is theirs.
type Focus struct {
	All   bool // of the host's
	VMs   []Raw
	Links []int
}

// Equal reports whether it is a look at the same.
func (f Focus) Equal(other Focus) bool {
	return f.All == other.All && slices.Equal(f.VMs, other.VMs) && slices.Equal(f.Links, other.Links)
}

// FocusOn is a look at some VMs.
func FocusOn(vms []*VM) Focus {
	var f Focus
	for _, vm := range vms {
		f.VMs = append(f.VMs, vm.Name)
		for at := range vm.Interfaces {
			if i := &vm.Interfaces[at]; i.Device != nil && i.RxBytes != nil {
				f.Links = append(f.Links, i.Device.Index)
			}
		}
	}
	return f
}

// young is for how long rules may come to another result by time alone: that a
// crash loop has been outlived, that a TAP should have been connected.
const young = 2 * loopLife

// IsSettled reports whether time alone changes nothing that rules say: no unit is
// between two states, none came up a moment ago, and no system switches.
func (o *Observation) IsSettled(now time.Time) bool {
	if o.Host.Switching != "" {
		return false
	}
	for at := range o.Units {
		unit := &o.Units[at]
		p := unit.Known()
		if unit.IsChanging() || unit.IsActive() && now.Sub(p.ActiveEnter) < young {
			return false
		}
	}
	return true
}

// Beat is an inventory with the figures of a pulse; everything else is as it was.
func (i Inventory) Beat(p *Pulse) Inventory {
	usage := make(map[Raw]*Usage, len(p.Usage))
	for at := range p.Usage {
		usage[p.Usage[at].Unit] = &p.Usage[at]
	}
	links := make(map[int]LinkCount, len(p.Links))
	for _, count := range p.Links {
		links[count.Index] = count
	}
	i.VMs = slices.Clone(i.VMs)
	for at := range i.VMs {
		vm := &i.VMs[at]
		vm.FiguresAt = vm.figuresAt(&i)
		if _, found := slices.BinarySearch(p.VMs, vm.Name); found {
			vm.FiguresAt, vm.Interfaces = p.At, slices.Clone(vm.Interfaces)
			vm.addUsage(usage)
			vm.addTraffic(i.Facts(), links)
		}
	}
	i.At = p.At
	return i
}

// figuresAt is when a VM's figures were read.
func (vm *VM) figuresAt(i *Inventory) time.Time {
	if vm.FiguresAt.IsZero() {
		return i.At
	}
	return vm.FiguresAt
}
