package doctor

import (
	"time"

	"microtui/model"
)

// ending says how a unit's process ended, in every case.
func ending(u *model.Unit) model.Raw {
	if how := u.Ending(); how != "" {
		return how
	}
	return "how is not known any more"
}

// lastLifeWasActive reports whether a unit came up after its last start.
func lastLifeWasActive(p *model.UnitProperties) bool {
	return !p.ActiveEnter.IsZero() && !p.ActiveEnter.Before(p.InactiveExit)
}

// upFor is how long a unit has been active; 0: it is not.
func (h *host) upFor(u *model.Unit) time.Duration {
	if p := u.Known(); u.IsActive() && !p.ActiveEnter.IsZero() {
		return h.At.Sub(p.ActiveEnter)
	}
	return 0
}
