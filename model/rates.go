package model

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
