package model

// Counts are the figures of the head line.
type Counts struct {
	VMs, Running, Paused, CrashLoop, Failed int
	Orphans, Suspects, Unclear              int // VMs and leftovers
}

// Count counts an inventory.
func Count(i Inventory) Counts {
	c := Counts{VMs: len(i.VMs)}
	for _, vm := range i.VMs {
		switch vm.State {
		case StateRunning, StateOutside:
			c.Running++
		case StatePaused:
			c.Paused++
		case StateCrashLoop:
			c.CrashLoop++
		case StateFailed:
			c.Failed++
		}
		c.add(vm.Verdict)
	}
	for _, l := range i.Leftovers {
		c.add(l.Verdict)
	}
	return c
}

func (c *Counts) add(v Verdict) {
	switch v {
	case VerdictOrphan:
		c.Orphans++
	case VerdictSuspect:
		c.Suspects++
	case VerdictUnclear:
		c.Unclear++
	}
}
