package model

import "time"

// endWords say what became of the guest of a VM that was stopped, where its
// runner can do no better.
var endWords = map[StopWay]Raw{
	StopHasty: "its guest was killed, not shut down: its runner's microvm-shutdown does not wait",
	StopBlunt: "its runner has no microvm-shutdown: its guest was powered off, not shut down",
	StopGone:  "what `booted` points to is gone, including its microvm-shutdown: its guest was powered off, not shut down",
}

const guestShutDown Raw = "its guest shut down"

// shutDown is the outcome of a stop after which the unit is off, as if it had
// gone well: a guest that was killed although it was to be waited for is told
// as a failure.
func (e JobEnd) shutDown() Outcome {
	outcome := Outcome{Result: ResultDone, Reason: e.guestsEnd()}
	if outcome.Reason != "" && outcome.Reason != guestShutDown && !e.Way.Kills() {
		outcome.Result = ResultFailed
	}
	return outcome
}

// guestsEnd says what became of the guest of a VM that ran and was stopped, by
// systemd, by its hypervisor's own words, or by the time that it took; empty: it
// ended as asked for, or that is not known.
func (e JobEnd) guestsEnd() Raw {
	took, known := e.stopTook()
	switch {
	case e.Action == ActionKill || !e.Before.IsActive():
		return ""
	case e.Life.byGuest():
		return guestShutDown
	case e.Life.wasKilled() || e.Way == StopHasty && e.After.killedBySignal():
		return firstOf(endWords[e.Way], "its guest was killed, not shut down: its microvm-shutdown returned before the guest was off")
	case e.Way == StopHasty && known && took < hastyStop:
		return rawf("its guest was probably killed, not shut down: its runner's microvm-shutdown does not wait, and the stop took %s", took.Round(100*time.Millisecond))
	case e.Way == StopBlunt || e.Way == StopGone:
		return endWords[e.Way]
	}
	return ""
}

// stopTook is how long the life before took to end.
func (e JobEnd) stopTook() (took time.Duration, known bool) {
	if e.Before == nil || e.Before.Properties == nil || e.After == nil || e.After.Properties == nil {
		return 0, false
	}
	after := e.After.Properties
	return after.InactiveEnter.Sub(after.ActiveExit), after.ActiveExit.After(e.Before.Properties.ActiveExit)
}

// killedBySignal reports whether a signal that ends processes was the end of
// the unit's last process.
func (u *Unit) killedBySignal() bool {
	return u != nil && u.Properties != nil && u.Properties.ExecMainCode == cldKilled
}

// lastWords are the last line on the console of a start that failed.
func (e JobEnd) lastWords() Raw {
	const most = 200
	words := []rune(string(e.Life.LastWords()))
	if len(words) == 0 {
		return ""
	}
	return rawf(" (last on its console: %s)", string(words[:min(most, len(words))]))
}

// LifeToRead is the unit whose life the journal is to be asked about: of what
// ran and was stopped, or was started in vain; nil: there is none.
func (e JobEnd) LifeToRead() *Unit {
	before, after := e.Before, e.After
	switch {
	case before.IsActive() && before.Invocation() != "" && (after.ActiveState() != "active" || e.isNew()) && e.Action != ActionStart:
		return before
	case e.Action.Starts() && after.Invocation() != "" && e.isNew() && (!after.IsUp() || after.AwaitsRestart()):
		return after
	}
	return nil
}
