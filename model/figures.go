package model

import "time"

// addFigures adds what a VM uses, over all its units and interfaces.
func (f *Facts) addFigures(vm *VM) {
	for _, u := range vm.Units {
		usage := f.usage[u.Unit.Name]
		if usage == nil {
			continue
		}
		vm.CPUUsec, vm.Memory = plus(vm.CPUUsec, usage.CPUUsec), plus(vm.Memory, usage.Memory)
		vm.CPUUserUsec, vm.CPUSystemUsec = plus(vm.CPUUserUsec, usage.CPUUserUsec), plus(vm.CPUSystemUsec, usage.CPUSystemUsec)
		vm.DiskRead, vm.DiskWritten = plus(vm.DiskRead, usage.DiskRead), plus(vm.DiskWritten, usage.DiskWritten)
	}
	for at := range vm.Interfaces {
		i := &vm.Interfaces[at]
		if i.Device == nil || !f.carriesFor(vm, i.Device) {
			continue
		}
		received, sent := i.Device.guestTraffic()
		i.RxBytes, i.TxBytes = &received, &sent
		vm.RxBytes, vm.TxBytes = plus(vm.RxBytes, &received), plus(vm.TxBytes, &sent)
	}
	if unit := f.units[vm.Name][RoleVM]; unit != nil && unit.Properties != nil {
		restarts := f.restarts(unit)
		vm.Restarts, vm.LastLife = &restarts, f.livesOf(unit).last()
		if unit.Active == "active" || unit.Active == "reloading" {
			vm.Since = unit.Properties.ActiveEnter
		}
	}
}

// carriesFor reports whether an interface carries a VM's traffic: two VMs may
// claim the same one, and only that which runs has it.
func (f *Facts) carriesFor(vm *VM, link *Link) bool {
	for _, p := range f.holders[link.Name] {
		role, other, ok := p.Unit()
		if ok && role == RoleVM && other != vm.Name {
			return false
		}
	}
	return f.runs(vm.Name) || len(vm.Outside) > 0
}

// guestTraffic is what the guest received and sent. The host's end of a TAP
// sees it the other way round; a macvtap is the guest's end itself.
func (l *Link) guestTraffic() (received, sent uint64) {
	if l.Kind == "macvtap" {
		return l.RxBytes, l.TxBytes
	}
	return l.TxBytes, l.RxBytes
}

func plus(sum, more *uint64) *uint64 {
	if sum == nil || more == nil {
		if sum == nil {
			return more
		}
		return sum
	}
	total := *sum + *more
	return &total
}

// Uptime is how long a VM has been active at a time; nil: it is not, or that
// is unknown.
func (v VM) Uptime(at time.Time) *time.Duration {
	if v.Since.IsZero() {
		return nil
	}
	d := max(0, at.Sub(v.Since))
	return &d
}
