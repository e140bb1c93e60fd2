package model

import (
	"time"

	"microtui/model/text"
)

// Life is one run of a VM's unit that has ended, as the host's journal tells
// of it. systemd itself knows only the last one, and not for long.
type Life struct {
	Invocation string    `json:"invocation"`
	Began      time.Time `json:"began,omitzero"` // zero: unknown
	Ended      time.Time `json:"ended"`
	Result     string    `json:"result"` // systemd's: "success", "exit-code", "signal", …
	// Code and Status are how its main process ended, where that was a failure:
	// "exited" and its exit code, "killed" or "dumped" and the signal.
	Code   string `json:"code,omitempty"`
	Status int32  `json:"status,omitempty"`
	// Asked: systemd was asked to stop it.
	Asked bool    `json:"asked,omitempty"`
	By    EndedBy `json:"by,omitempty"`
	// Said are the last lines on its console, oldest first.
	Said []Raw `json:"said,omitempty"`
}

// EndedBy is who ended a hypervisor, as it says itself. The values are reasons
// of QMP's event SHUTDOWN.
type EndedBy string

// Who ended it; empty: it did not say.
const (
	EndedByShutdown EndedBy = "guest-shutdown" // the guest switched itself off
	EndedByReset    EndedBy = "guest-reset"    // the guest rebooted, which ends the hypervisor (-no-reboot)
	EndedByPanic    EndedBy = "guest-panic"
	EndedBySignal   EndedBy = "host-signal" // systemd did
)

// UnitLives are the ended lives of a VM's unit since somebody asked for its
// start: the last of them, oldest first.
type UnitLives struct {
	Unit Raw `json:"unit"`
	// Invocation is the life that the unit was in when they were read.
	Invocation string `json:"invocation"`
	Ended      []Life `json:"ended"`
	// Whole: there was none before these.
	Whole bool `json:"whole"`
}

// byGuest reports whether the guest shut down or rebooted.
func (l *Life) byGuest() bool {
	return l != nil && (l.By == EndedByShutdown || l.By == EndedByReset)
}

// wasKilled reports whether systemd ended the hypervisor.
func (l *Life) wasKilled() bool {
	return l != nil && l.Asked && !l.byGuest() && (l.By == EndedBySignal || l.Code == "killed" || l.Result == "timeout")
}

// endedBadly reports whether it is one that a crash loop is made of. A guest
// that reboots or switches itself off ends well, and so does one whose unit
// fails only because of what comes after: a microvm-shutdown that finds no
// socket any more.
func (l *Life) endedBadly() bool {
	return !l.Asked && l.Result != "success" && (l.Result != "exit-code" || l.Code != "")
}

// wasCutOff reports whether a life that a short stop ended was ended by that,
// for all that is known: neither did the guest end it, nor a signal that no stop
// sends.
func (l *Life) wasCutOff() bool { return l == nil || l.Asked && !l.byGuest() && l.Status != sigkill }

// sigkill is SIGKILL, which systemd sends only after its time limit, or for who
// asks for it.
const sigkill = 9

// wasShort reports whether it came up and lived for a while; one that never
// came up did not, however long systemd waited for it.
func (l *Life) wasShort() bool {
	return l.Result == "timeout" || l.Began.IsZero() || l.Ended.Sub(l.Began) < loopLife
}

// Ending says how it ended; empty: well.
func (l *Life) Ending() Raw {
	switch {
	case l.Code == "exited":
		return rawf("exit code %d", l.Status)
	case l.Code == "killed" || l.Code == "dumped":
		return rawf("killed by signal %d", l.Status)
	case l.Result == "success":
		return ""
	}
	return Raw(l.Result)
}

// LastWords are the last line on its console, without its colours; empty: there
// was none.
func (l *Life) LastWords() Raw {
	if l == nil || len(l.Said) == 0 {
		return ""
	}
	var words Raw
	for _, span := range text.Spans(l.Said[len(l.Said)-1], false) {
		words += Raw(span.Text)
	}
	return words
}

// last is the latest life that ended; nil: none has.
func (u *UnitLives) last() *Life {
	if u == nil || len(u.Ended) == 0 {
		return nil
	}
	return &u.Ended[len(u.Ended)-1]
}

// badInARow is how many of the latest lives were short and ended badly.
func (u *UnitLives) badInARow() int {
	n := 0
	for at := len(u.Ended) - 1; at >= 0 && u.Ended[at].endedBadly() && u.Ended[at].wasShort(); at-- {
		n++
	}
	return n
}

// WorthLives names the units whose lives tell what their properties do not, and
// are worth a look at the journal: those that systemd has restarted often, of
// which it does not say how they ended nor whether that was in this start, and
// those that were off too soon for their guest to have shut down. Those whose
// state depends on it come first.
func WorthLives(o *Observation) []Raw {
	var first, later []Raw
	for at := range o.Units {
		unit := &o.Units[at]
		role, vm, ok := ParseUnitName(unit.Name)
		if !ok || role != RoleVM || unit.Invocation() == "" {
			continue
		}
		switch {
		case unit.restartsOften() && !unit.hasLived(o.At):
			first = append(first, unit.Name)
		case unit.restartsOften(), unit.stoppedHastily() && o.isHasty(vm):
			later = append(later, unit.Name)
		}
	}
	return append(first, later...)
}

func (u *Unit) restartsOften() bool {
	return u.Properties.Restarts >= loopRestarts && (u.IsUp() || u.AwaitsStart())
}

// hasLived reports whether a unit has been up for longer than lives in a crash
// loop are.
func (u *Unit) hasLived(now time.Time) bool {
	enter := u.Properties.ActiveEnter
	return u.IsActive() && (enter.IsZero() || now.Sub(enter) >= loopLife)
}

// WasCutOff reports whether the guest of a VM that is off was switched off by
// its last stop, for all that is known: the stop took less than a guest takes.
func (v *VM) WasCutOff() bool {
	main := v.MainUnit()
	return main != nil && main.stoppedHastily() && !main.killedHard() && v.LastLife.wasCutOff()
}

// killedHard reports whether SIGKILL ended the unit's process.
func (u *Unit) killedHard() bool {
	return u.Properties.ExecMainCode == cldKilled && u.Properties.ExecMainStatus == sigkill
}

// hastyStop is too short for a guest to have shut down.
const hastyStop = 3 * time.Second

// stoppedHastily reports whether a unit is off, and was too soon after it was
// asked to be.
func (u *Unit) stoppedHastily() bool {
	p := u.Properties
	if u.Active != "inactive" && u.Active != "failed" || p == nil || p.ActiveExit.IsZero() {
		return false
	}
	took := p.InactiveEnter.Sub(p.ActiveExit)
	return took >= 0 && took < hastyStop
}

// isHasty reports whether the runner of a VM that is off does not wait for its
// guest.
func (o *Observation) isHasty(vm Raw) bool {
	for at := range o.StateDir.Directories {
		d := &o.StateDir.Directories[at]
		if d.Name != vm || d.Current == nil {
			continue
		}
		for r := range o.Runners {
			if o.Runners[r].Path == d.Current.Target {
				return o.Runners[r].StopWay() == StopHasty
			}
		}
	}
	return false
}
