package systemd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"microtui/model"
)

// cache holds the properties of units. Each one that systemd is asked for costs
// both sides, so what can be had without is not asked for ([brief]), and they are
// read again only when the unit's line in the list or its invocation differs,
// when a signal told of a change, or when systemd read its files again.
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
	since             time.Time // when the invocation began
}

// forget notes what signals told is no longer so. What is brief of a unit that
// is up stays the same for as long as its invocation is.
func (c cache) forget(told changes) {
	for name, entry := range c {
		stays := entry.properties.Brief && entry.line.active == "active"
		if !stays && !entry.stale && (told.everything || told.units[string(name)]) {
			entry.stale = true
			c[name] = entry
		}
	}
}

// complete gives the units their properties, from the cache or from systemd: all
// of them where a unit is not plain, or is to be looked at closely.
func (b *Bus) complete(ctx context.Context, p peer, units []model.Unit, closely func(model.Raw) bool) error {
	next := make(cache, len(units))
	var briefs, whole []asked
	buf := make([]byte, 64)
	for i := range units {
		u := &units[i]
		now := lineOf(u, buf)
		plain := saysAll(*u, now) && !closely(u.Name)
		entry, known := b.cache[u.Name]
		if known && entry.line == now && !isFleeting(*u) && (plain || !entry.properties.Brief) {
			u.Properties, next[u.Name] = entry.properties, entry
			if !entry.stale {
				continue
			}
		}
		if !plain {
			whole = append(whole, asked{unit: u, line: now, wanted: everything(u.Name)})
			continue
		}
		if wanted := briefly(*u); len(wanted) > 0 {
			briefs = append(briefs, asked{u, now, brief(*u, now), wanted})
			continue
		}
		properties := brief(*u, now)
		u.Properties, next[u.Name] = &properties, cached{line: now, properties: &properties}
	}
	b.cache = next

	err := b.readProperties(ctx, p, briefs)
	for _, one := range briefs {
		if err == nil && one.unit.Properties != nil && !isHealthy(one.unit.Properties) {
			whole = append(whole, asked{unit: one.unit, line: one.line, wanted: everything(one.unit.Name)})
		}
	}
	if err == nil {
		err = b.readProperties(ctx, p, whole)
	}
	if err != nil {
		return fmt.Errorf("read unit properties: %w", explain(err))
	}
	return nil
}

// isFleeting reports whether properties change under the same line and
// invocation: systemd counts a restart while the unit waits for it.
func isFleeting(u model.Unit) bool { return strings.HasPrefix(u.Sub, "auto-restart") }

// lineOf is the key under which a unit's properties stay the same.
func lineOf(u *model.Unit, buf []byte) line {
	l := line{load: u.Load, active: u.Active, sub: u.Sub}
	if u.Job != nil {
		l.job = *u.Job
	}
	if u.Active != "inactive" {
		l.invocation, l.since = readInvocation(u.Name, buf)
	}
	return l
}
