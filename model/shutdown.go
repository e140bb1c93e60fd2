package model

// Shutdown is what a runner's microvm-shutdown does, as its text says. The zero
// value: it was not read, or its text is none that is known.
type Shutdown struct {
	Asks ShutdownRequest `json:"asks,omitempty"`
	// Waits says whether it stays until the hypervisor has ended. systemd ends
	// what is left when it returns. Nil: its text does not tell.
	Waits *bool `json:"waits,omitempty"`
}

// ShutdownRequest is how a guest is asked to shut down.
type ShutdownRequest string

// The requests. A guest that is sent Ctrl-Alt-Del reboots, and its hypervisor
// ends with that (-no-reboot).
const (
	AsksPowerButton ShutdownRequest = "power-button"
	AsksCtrlAltDel  ShutdownRequest = "ctrl-alt-del"
)

// StopWay is how a stop of its unit ends a VM's guest.
type StopWay string

// The ways; empty: unknown.
const (
	StopWaits StopWay = "waits" // it is asked, and waited for
	StopHasty StopWay = "hasty" // it is asked, and killed right after
	StopBlunt StopWay = "blunt" // it is not asked: there is no microvm-shutdown
	StopGone  StopWay = "gone"  // nor here: what `booted` points to, whose microvm-shutdown it is, is gone
)

// Kills reports whether systemd ends the hypervisor before its guest can have
// shut down.
func (w StopWay) Kills() bool { return w == StopHasty || w == StopBlunt || w == StopGone }

// StopWay is how a stop ends the guest of a VM that runs from this runner; empty
// too where there is none.
func (r *Runner) StopWay() StopWay {
	switch {
	case r == nil || len(r.Bin) == 0:
		return ""
	case !r.Has("microvm-shutdown"):
		return StopBlunt
	case r.HastyShutdown || r.Shutdown.Waits != nil && !*r.Shutdown.Waits:
		return StopHasty
	case r.Shutdown.Waits != nil:
		return StopWaits
	}
	return ""
}

// StopWay is how a stop ends the VM's guest: microvm@'s ExecStop is the
// microvm-shutdown of what `booted` points to.
func (v *VM) StopWay() StopWay {
	switch {
	case v.BootedFrom != nil:
		return v.BootedFrom.StopWay()
	case v.MainUnit().IsActive() && v.Directory != nil && v.Directory.Booted != nil && v.Directory.Booted.Dangling:
		return StopGone
	}
	return v.Current.StopWay()
}

// killsWords say what happens to the guest of a VM that is stopped, where it is
// killed.
var killsWords = map[StopWay]Raw{
	StopHasty: "its runner's microvm-shutdown does not wait: systemd kills the guest right after it is asked to shut down",
	StopBlunt: "its runner has no microvm-shutdown: the guest is powered off, not shut down",
	StopGone:  "its microvm-shutdown is gone, with what `booted` points to: the guest is powered off, not shut down",
}

// stopWayNow is how a stop would end its guest now; empty also where it does
// not run.
func (v *VM) stopWayNow() StopWay {
	if !v.MainUnit().IsActive() {
		return ""
	}
	return v.StopWay()
}

// StopKills says that a stop kills the VM's guest when it runs, and why; empty:
// it is waited for, or that is not known.
func (v *VM) StopKills() Raw { return killsWords[v.StopWay()] }

// StopCaution says, before a VM is stopped, that its guest will be killed;
// empty: it is waited for, or that is not known, or nothing runs.
func (v *VM) StopCaution() Raw { return killsWords[v.stopWayNow()] }
