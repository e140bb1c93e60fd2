package backend

import (
	"context"
	"time"

	"microtui/backend/journal"
	"microtui/model"
)

// livesBudget is how long one observation may look into the journal: a child
// and some milliseconds for each unit that is worth it.
const livesBudget = 700 * time.Millisecond

// livesCache holds what the journal said of units, as long as they are in the
// same state and life. It belongs to the calls of one flight.
type livesCache map[model.Raw]seenLives

type seenLives struct {
	key   livesKey
	lives model.UnitLives
}

type livesKey struct {
	invocation, active, sub string
	restarts                uint32
}

func keyOf(u *model.Unit) livesKey {
	return livesKey{u.Properties.Invocation, u.Active, u.Sub, u.Properties.Restarts}
}

// readLives reads the lives of the units that are worth it. What comes too late
// comes with a later observation.
func (h *Host) readLives(ctx context.Context, o *model.Observation) {
	wanted := model.WorthLives(o)
	if len(wanted) == 0 {
		return
	}
	units := make(map[model.Raw]*model.Unit, len(o.Units))
	for at := range o.Units {
		units[o.Units[at].Name] = &o.Units[at]
	}
	boot := o.Host.BootID
	o.Lives, _ = h.flights.lives.read(ctx, func(ctx context.Context) []model.UnitLives {
		return h.lives.read(ctx, wanted, units, boot)
	})
}

func (c *livesCache) read(ctx context.Context, wanted []model.Raw, units map[model.Raw]*model.Unit, boot string) []model.UnitLives {
	ctx, cancel := context.WithTimeout(ctx, livesBudget)
	defer cancel()
	next, all := make(livesCache, len(wanted)), []model.UnitLives(nil)
	for _, name := range wanted {
		unit := units[name]
		seen, known := (*c)[name]
		if key := keyOf(unit); !known || seen.key != key {
			lives, err := journal.Lives(ctx, name, key.invocation, boot)
			if err != nil {
				continue
			}
			seen = seenLives{key, lives}
		}
		all = append(all, seen.lives)
		if tellsAll(unit, seen.lives) {
			next[name] = seen
		}
	}
	*c = next
	return all
}

// tellsAll reports whether the journal is not behind: it knows of the end of a
// life that systemd says has ended.
func tellsAll(u *model.Unit, lives model.UnitLives) bool {
	if u.Active == "active" || u.Active == "activating" && u.Sub != "auto-restart" || u.Active == "deactivating" {
		return true
	}
	n := len(lives.Ended)
	return n > 0 && lives.Ended[n-1].Invocation == lives.Invocation
}
