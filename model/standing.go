package model

import (
	"cmp"
	"math"
)

// Standing is the figure that each VM is ordered by. One whose figure is
// unknown has none, and comes before all others.
type Standing map[Raw]float64

// StandingBy is where VMs stand by a key; nil: it is no figure.
func StandingBy(key SortKey, vms []VM, rates map[Raw]Rate) Standing {
	figure := figures[key]
	if figure == nil {
		return nil
	}
	by := make(Standing, len(vms))
	for i := range vms {
		if value := figure(&vms[i], rates[vms[i].Name]); value != nil {
			by[vms[i].Name] = *value
		}
	}
	return by
}

// figures are what VMs are ordered by where that is a number.
var figures = map[SortKey]func(vm *VM, rate Rate) *float64{
	SortCPU:    func(_ *VM, rate Rate) *float64 { return rate.CPUPercent },
	SortMemory: func(vm *VM, _ Rate) *float64 { return number(vm.Memory) },
	SortDisk:   func(vm *VM, _ Rate) *float64 { return number(vm.Disk) },
	SortUptime: func(vm *VM, _ Rate) *float64 { return vm.started() },
	SortNet: func(_ *VM, rate Rate) *float64 {
		if rate.RxPerSecond == nil || rate.TxPerSecond == nil {
			return cmp.Or(rate.RxPerSecond, rate.TxPerSecond)
		}
		both := *rate.RxPerSecond + *rate.TxPerSecond
		return &both
	},
}

// restless are the figures that change with each look: how far one has to move
// before its VM does, as a part of what it was and at least.
var restless = map[SortKey]struct{ part, least float64 }{
	SortCPU:    {0.2, 1},
	SortMemory: {0.1, 16 << 20},
	SortNet:    {0.2, 1 << 10},
}

// After is where VMs stand who stood somewhere before: a restless figure that
// hardly moved stays what it was, so that rows keep their places.
func (now Standing) After(before Standing, key SortKey) Standing {
	band, jumps := restless[key]
	if !jumps {
		return now
	}
	for vm, value := range now {
		if was, known := before[vm]; known && math.Abs(value-was) <= max(band.least, band.part*was) {
			now[vm] = was
		}
	}
	return now
}

// compare orders what is unknown before everything known.
func (now Standing) compare(a, b Raw) int {
	x, knowsX := now[a]
	y, knowsY := now[b]
	switch {
	case knowsX && knowsY:
		return cmp.Compare(x, y)
	case knowsX:
		return 1
	case knowsY:
		return -1
	}
	return 0
}

func number(n *uint64) *float64 {
	if n == nil {
		return nil
	}
	value := float64(*n)
	return &value
}

// started is what uptime orders by: greater the earlier the VM started; nil: it
// does not run.
func (v *VM) started() *float64 {
	if v.Since.IsZero() {
		return nil
	}
	since := -float64(v.Since.UnixNano())
	return &since
}
