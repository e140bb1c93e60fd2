package model

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
// figure over time is made.
func Rates(before, after Inventory) map[Raw]Rate {
	seconds := after.At.Sub(before.At).Seconds()
	if seconds <= 0 {
		return nil
	}
	old := make(map[Raw]*VM, len(before.VMs))
	for i := range before.VMs {
		old[before.VMs[i].Name] = &before.VMs[i]
	}
	rates := make(map[Raw]Rate, len(after.VMs))
	for i := range after.VMs {
		now := &after.VMs[i]
		if then := old[now.Name]; then != nil {
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
