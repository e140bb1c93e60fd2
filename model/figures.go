package model

// addFigures adds what a VM uses, over all its units and interfaces.
func (f *Facts) addFigures(vm *VM) {
	vm.FiguresAt = f.At
	vm.addUsage(f.usage)
	vm.addTraffic(f, nil)
	if unit := f.units[vm.Name][RoleVM]; unit != nil && unit.Properties != nil {
		restarts := f.restarts(unit)
		vm.Restarts, vm.LastLife = &restarts, f.livesOf(unit).last()
		if unit.Active == "active" || unit.Active == "reloading" {
			vm.Since = unit.Properties.ActiveEnter
		}
	}
}

// addUsage adds up what its units use.
func (vm *VM) addUsage(units map[Raw]*Usage) {
	vm.CPUUsec, vm.CPUUserUsec, vm.CPUSystemUsec = nil, nil, nil
	vm.Memory, vm.DiskRead, vm.DiskWritten = nil, nil, nil
	for _, u := range vm.Units {
		usage := units[u.Unit.Name]
		if usage == nil {
			continue
		}
		vm.CPUUsec, vm.Memory = plus(vm.CPUUsec, usage.CPUUsec), plus(vm.Memory, usage.Memory)
		vm.CPUUserUsec, vm.CPUSystemUsec = plus(vm.CPUUserUsec, usage.CPUUserUsec), plus(vm.CPUSystemUsec, usage.CPUSystemUsec)
		vm.DiskRead, vm.DiskWritten = plus(vm.DiskRead, usage.DiskRead), plus(vm.DiskWritten, usage.DiskWritten)
	}
}

// addTraffic adds up what goes over its interfaces, by newer counters where there
// are some.
func (vm *VM) addTraffic(f *Facts, newer map[int]LinkCount) {
	vm.RxBytes, vm.TxBytes = nil, nil
	for at := range vm.Interfaces {
		i := &vm.Interfaces[at]
		if i.Device == nil || !f.carriesFor(vm, i.Device) {
			continue
		}
		if count, ok := newer[i.Device.Index]; ok {
			device := *i.Device
			device.RxBytes, device.TxBytes = count.RxBytes, count.TxBytes
			i.Device = &device
		}
		received, sent := i.Device.guestTraffic()
		i.RxBytes, i.TxBytes = &received, &sent
		vm.RxBytes, vm.TxBytes = plus(vm.RxBytes, &received), plus(vm.TxBytes, &sent)
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

// Rate is what changed on a VM between two inventories, per second. A pointer
// is nil where it cannot be told: a figure is missing, or its counter began
// anew in between.
type Rate struct {
	CPUPercent  *float64 // of one core
	RxPerSecond *float64 // bytes received by the guest
	TxPerSecond *float64 // bytes sent by the guest
	Restarts    *uint32  // automatic restarts in between
}

// Rates compares two inventories of a host. It is the only place where a
// figure over time is made. A VM whose figures were not read again has none.
func Rates(before, after Inventory) map[Raw]Rate {
	if !after.At.After(before.At) {
		return nil
	}
	old := make(map[Raw]*VM, len(before.VMs))
	for i := range before.VMs {
		old[before.VMs[i].Name] = &before.VMs[i]
	}
	rates := make(map[Raw]Rate, len(after.VMs))
	for i := range after.VMs {
		now := &after.VMs[i]
		then := old[now.Name]
		if then == nil {
			continue
		}
		if seconds := now.figuresAt(&after).Sub(then.figuresAt(&before)).Seconds(); seconds > 0 {
			rates[now.Name] = Rate{
				CPUPercent:  scale(perSecond(then.CPUUsec, now.CPUUsec, seconds), 100.0/1e6),
				RxPerSecond: perSecond(then.RxBytes, now.RxBytes, seconds),
				TxPerSecond: perSecond(then.TxBytes, now.TxBytes, seconds),
				Restarts:    grown(then.Restarts, now.Restarts),
			}
		}
	}
	return rates
}

func perSecond(before, after *uint64, seconds float64) *float64 {
	diff := grown(before, after)
	if diff == nil {
		return nil
	}
	rate := float64(*diff) / seconds
	return &rate
}

func grown[T uint32 | uint64](before, after *T) *T {
	if before == nil || after == nil || *after < *before {
		return nil
	}
	diff := *after - *before
	return &diff
}

func scale(rate *float64, by float64) *float64 {
	if rate == nil {
		return nil
	}
	scaled := *rate * by
	return &scaled
}
