package systemd

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"microtui/model"
)

// cache holds the properties of units. Reading those of one unit costs about a
// millisecond, the list of a thousand units four: so they are read again only
// when the unit's line in the list or its invocation differs, when a signal
// told of a change, or when systemd read its files again.
type cache map[model.Raw]cached

type cached struct {
	line       line
	properties *model.UnitProperties
	stale      bool // to be read again
}

// line is what the list says of a unit, and its invocation.
type line struct {
	load, active, sub string
	job               model.Job
	invocation        string
}

// invocations is where systemd keeps a link for each active unit,
// "invocation:UNIT", whose target is the invocation's id.
const invocations = "/run/systemd/units/invocation:"

// How long one reading may spend on units about which the list says nearly
// all. On a large host their properties come in over several readings, and
// after a daemon-reload, when systemd announces all units anew, the old ones
// stay that long.
const (
	onceBudget = 1500 * time.Millisecond
	soonBudget = 250 * time.Millisecond
)

// forget notes what signals told is no longer so.
func (c cache) forget(told changes) {
	for name, entry := range c {
		entry.stale = entry.stale || told.everything || told.units[string(name)]
		c[name] = entry
	}
}

// complete gives the units their properties, from the cache or from systemd.
func (b *Bus) complete(ctx context.Context, s *session, units []model.Unit, budget time.Duration) error {
	next := make(cache, len(units))
	var urgent, bare, stale []*model.Unit
	for i := range units {
		u := &units[i]
		entry, known := b.cache[u.Name]
		usable := known && entry.line == lineOf(*u) && !isFleeting(*u)
		if usable {
			u.Properties = entry.properties
			next[u.Name] = entry
		}
		switch {
		case usable && !entry.stale:
		case !isSettled(*u):
			urgent = append(urgent, u)
		case usable:
			stale = append(stale, u)
		default:
			bare = append(bare, u)
		}
	}
	b.cache = next

	err := b.readProperties(ctx, s, urgent, time.Time{})
	if err == nil {
		err = b.readProperties(ctx, s, append(bare, stale...), time.Now().Add(budget))
	}
	if err != nil {
		return fmt.Errorf("read unit properties: %w", explain(err))
	}
	return nil
}

// isSettled reports whether the list says nearly all about a unit: it did
// its work and waits, or never had any. A VM's own unit is always worth a
// look: one whose helper failed during a restart ends "inactive" with the
// reason in its Result.
func isSettled(u model.Unit) bool {
	role, _, _ := model.ParseUnitName(u.Name)
	waits := u.Active == "inactive" || u.Active == "active" && u.Sub != "running"
	return waits && u.Job == nil && role != model.RoleVM
}

// isFleeting reports whether properties change under the same line and
// invocation: systemd counts a restart while the unit waits for it.
func isFleeting(u model.Unit) bool { return strings.HasPrefix(u.Sub, "auto-restart") }

// lineOf is the key under which a unit's properties stay the same.
func lineOf(u model.Unit) line {
	l := line{load: u.Load, active: u.Active, sub: u.Sub}
	if u.Job != nil {
		l.job = *u.Job
	}
	if u.Active != "inactive" {
		l.invocation, _ = os.Readlink(invocations + string(u.Name)) // none: the unit just ended
	}
	return l
}
