package model

import (
	"time"
)

// JobEnd is how a job of systemd ended, with the unit before and after it.
type JobEnd struct {
	Action Action
	// Result is what systemd says of the job (JobRemoved): "done", "failed",
	// "dependency", "canceled", "timeout", "skipped", … ; empty where the
	// signal was missed and the units alone must tell.
	Result string
	Before *Unit // of microvm@NAME.service; nil: not in memory
	After  *Unit
	// Helpers are the VM's other units after the job, HelpersBefore those before
	// it.
	Helpers, HelpersBefore []VMUnit
	// Lacks is the path of the start condition that was not there before the
	// job; empty: all were.
	Lacks Raw
	// Way is how its stop ends the guest of a VM that ran.
	Way StopWay
	// Life is the one that a stop ended, or in which a start failed, as the
	// journal tells of it; nil: it does not.
	Life *Life
	// Limit is the unit's own: of its start for what starts, else of its stop.
	Limit time.Duration
}

// Outcome tells what really happened. systemd reports "done" for a start whose
// condition was not met and for a stop that had to kill, and "failed" for a
// start that ran into its time limit (measured with systemd 252), so the unit
// decides.
func (e JobEnd) Outcome() Outcome {
	if e.Action.Starts() {
		return e.started()
	}
	return e.stopped()
}

func (e JobEnd) started() Outcome {
	name, active := e.unitName(), e.After.ActiveState()
	switch {
	case active == "active" && (e.Result != "canceled" || e.isNew()):
		return e.cameUp()
	case e.Result == "canceled":
		return e.startCancelled()
	case e.Lacks != "" && (e.Result == "dependency" || e.failedHelper() != nil):
		return Failed(rawf("%s was not started: %s is missing, and it needs %s", name, e.Lacks, e.dependency()))
	case e.Lacks != "":
		return Failed(rawf("%s was skipped: %s is missing", name, e.Lacks))
	case e.After.Known().Result == "timeout":
		return Failed(rawf("%s did not start within %s%s", name, e.limit(), e.lastWords()))
	case e.Result == "dependency", e.failedHelper() != nil && active == "inactive":
		return Failed(rawf("%s needs %s", name, e.dependency()))
	case e.After.AwaitsRestart():
		return Failed(rawf("its hypervisor exited immediately%s%s; systemd keeps restarting it", e.After.because(), e.lastWords()))
	case active == "activating":
		return Failed(rawf("%s is still starting", name))
	case active == "deactivating":
		return Failed(rawf("%s is stopping%s%s", name, e.After.because(), e.lastWords()))
	case active == "failed":
		return Failed(rawf("%s failed%s%s", name, e.After.because(), e.lastWords()))
	case e.unmet():
		return Failed(rawf("%s was skipped: one of its conditions is not met", name))
	}
	return Failed(rawf("%s is not running%s%s%s", name, e.After.because(), e.lastWords(), e.jobSaid()))
}

func (e JobEnd) cameUp() Outcome {
	switch {
	case e.Action == ActionStart && e.Before.ActiveState() == "active" && !e.isNew():
		return Outcome{Result: ResultUnchanged, Reason: "already running"}
	case e.Action == ActionRestart && e.Before.ActiveState() == "active" && !e.isNew():
		return Failed("it was not restarted and is still running" + e.jobSaid())
	case e.overran() && e.Way != StopBlunt:
		return Outcome{Result: ResultDone, Reason: "its guest did not shut down in time and was powered off"}
	case e.Action == ActionRestart:
		return Outcome{Result: ResultDone, Reason: e.guestsEnd()}
	}
	return Outcome{Result: ResultDone}
}

// startCancelled also covers a restart, whose first half may have been done.
func (e JobEnd) startCancelled() Outcome {
	verb := string(e.Action)
	switch e.After.ActiveState() {
	case "active":
		return Failed(rawf("its %s was cancelled; it is still running", verb))
	case "activating", "deactivating":
		return Failed(rawf("its %s was cancelled; it is %s", verb, e.After.ActiveState()))
	}
	return Failed(rawf("its %s was cancelled; it is off", verb))
}

func (e JobEnd) stopped() Outcome {
	name := e.unitName()
	switch active := e.After.ActiveState(); {
	case active == "inactive":
		return e.off()
	case active == "failed":
		return e.stoppedFailed()
	case active == "deactivating" && e.Result == "canceled":
		return Failed("its stop was cancelled, but it is still stopping")
	case active == "deactivating":
		return Failed(rawf("%s is still stopping", name))
	case e.Result == "canceled":
		return Failed(rawf("its stop was cancelled; it is %s", active))
	default:
		return Failed(rawf("%s is %s again", name, active))
	}
}

// off is the end of a VM whose unit is inactive; its helpers may say more.
func (e JobEnd) off() Outcome {
	outcome := Outcome{Result: ResultDone, Reason: e.takenBack()}
	if before := e.Before.ActiveState(); before == "inactive" && outcome.Reason == "" {
		outcome = e.helpersDown()
	}
	if outcome == (Outcome{Result: ResultDone}) {
		outcome = e.shutDown()
	}
	if helper := e.failedHelper(); helper != nil && outcome.Result == ResultDone {
		outcome.Reason = rawf("it is off, but %s failed%s and may have left something behind", helper.Name, helper.because())
	}
	return outcome
}

// takenBack says which start lay ahead of a VM that did not run, and does no
// longer. A crash loop comes by all of these: systemd waits between two lives
// (auto-restart), and then has the unit off with a job, while what it needs is
// made anew.
func (e JobEnd) takenBack() Raw {
	switch before := e.Before; {
	case before.AwaitsRestart(), before.AwaitsStart() && before.Properties != nil && before.Properties.Restarts > 0:
		return "it will not be restarted"
	case before.AwaitsStart():
		return "its pending start was cancelled"
	}
	return ""
}

// stoppedFailed reads a unit that a stop left failed: the guest was cut off,
// unless that is the only way its runner can end or what was asked for.
func (e JobEnd) stoppedFailed() Outcome {
	result := e.After.Known().Result
	switch {
	case e.Before.ActiveState() == "failed" && !e.isNew() && e.takenBack() != "":
		return Outcome{Result: ResultDone, Reason: e.takenBack()}
	case e.Before.ActiveState() == "failed" && !e.isNew():
		return e.helpersDown()
	case e.Action == ActionKill:
		return Outcome{Result: ResultDone}
	case result == "timeout":
		return Failed(rawf("it did not stop within %s and was killed: its guest was powered off, not shut down", e.limit()))
	case e.Life.byGuest(): // and its microvm-shutdown failed, for want of somebody to ask
		return Outcome{Result: ResultDone, Reason: guestShutDown}
	case (e.Way == StopBlunt || e.Way == StopGone) && result == "exit-code":
		return Outcome{Result: ResultDone, Reason: endWords[e.Way]}
	}
	return Failed(rawf("it is off, but did not stop cleanly%s", e.After.because()))
}

// isNew reports whether the unit was started since.
func (e JobEnd) isNew() bool { return e.Before.Invocation() != e.After.Invocation() }

// overran reports whether the first half of a restart took longer than the
// unit's own limit for it: systemd ended the hypervisor then, and forgets it
// with the new start.
func (e JobEnd) overran() bool {
	if e.Action != ActionRestart || e.Before == nil || e.Before.Properties == nil || e.After.Properties == nil {
		return false
	}
	after := e.After.Properties
	return after.TimeoutStop > 0 && after.ActiveExit.After(e.Before.Properties.ActiveExit) &&
		after.InactiveEnter.Sub(after.ActiveExit) >= after.TimeoutStop
}

// unmet reports whether the unit's conditions were looked at since, in vain.
func (e JobEnd) unmet() bool {
	if e.After == nil || e.After.Properties == nil {
		return false
	}
	after := e.After.Properties
	return !after.Condition && !after.ConditionAt.IsZero() &&
		(e.Before == nil || e.Before.Properties == nil || after.ConditionAt.After(e.Before.Properties.ConditionAt))
}

func (e JobEnd) unitName() Raw {
	for _, unit := range []*Unit{e.After, e.Before} {
		if unit != nil {
			return unit.Name
		}
	}
	return "its unit"
}

// failedHelper is a helper that failed. The install unit is none: nothing
// that starts or stops asks for it.
func (e JobEnd) failedHelper() *Unit {
	for i := range e.Helpers {
		if helper := &e.Helpers[i]; helper.Role != RoleInstall && helper.Unit.Active == "failed" {
			return &helper.Unit
		}
	}
	return nil
}

func (e JobEnd) dependency() Raw {
	if helper := e.failedHelper(); helper != nil {
		return rawf("%s, which failed%s", helper.Name, helper.because())
	}
	return "a unit that did not start"
}

func (e JobEnd) limit() string {
	if e.Limit <= 0 {
		return "its time limit"
	}
	return e.Limit.String()
}

// jobSaid adds what systemd said, where nothing better is known.
func (e JobEnd) jobSaid() Raw {
	if e.Result == "" {
		return ""
	}
	return rawf(" (job result: %s)", e.Result)
}
