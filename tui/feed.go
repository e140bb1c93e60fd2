package tui

import (
	"context"
	"slices"
	"time"

	"microtui/model"
	"microtui/model/doctor"
)

// snapshot is what the screen shows of a host.
type snapshot struct {
	inventory model.Inventory
	rates     map[model.Raw]model.Rate
	findings  []model.Ref // the addresses of the inventory's findings
	received  time.Time   // when the inventory came
	faults    []fault
	// held is set where the newest observation could not replace the
	// inventory: systemd did not answer.
	held bool
}

// fault is a source that fails, and since when.
type fault struct {
	source model.Source
	text   model.SafeText
	since  time.Time
}

// The messages of a feed.
type (
	snapshotMsg struct{ snapshot }
	silentMsg   struct{ now time.Time } // nothing came for a while
	endedMsg    struct{}                // nothing will come any more
)

// feed turns observations into snapshots. Only one call of next runs at a
// time, in a command, so that interpreting never delays a key.
type feed struct {
	observations <-chan model.Observation
	shown        snapshot
}

// next waits for the next observation, for so long at most.
func (f *feed) next(ctx context.Context, limit time.Duration) any {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return endedMsg{}
	case now := <-timer.C:
		return silentMsg{now}
	case observation, open := <-f.observations:
		if !open {
			return endedMsg{}
		}
		f.shown = f.shown.advance(doctor.Interpret(observation), time.Now())
		return snapshotMsg{f.shown}
	}
}

// advance gives the snapshot after a new inventory. An inventory made without
// systemd knows no state of anything, so the last good one stays.
func (s snapshot) advance(inventory model.Inventory, now time.Time) snapshot {
	faults := sinceWhen(s.faults, inventory.Faults, now)
	if hasFault(inventory.Faults, model.SourceSystemd) && s.knows() {
		s.faults, s.held = faults, true
		return s
	}
	next := snapshot{inventory: inventory, rates: s.rates, findings: addresses(inventory.Findings), received: now, faults: faults}
	if !s.received.IsZero() && !inventory.At.Equal(s.inventory.At) {
		next.rates = model.Rates(s.inventory, inventory)
	}
	return next
}

// knows reports whether the snapshot was made with systemd's help.
func (s snapshot) knows() bool {
	return !s.received.IsZero() && !hasFault(s.inventory.Faults, model.SourceSystemd)
}

func hasFault(faults []model.Fault, source model.Source) bool {
	return slices.ContainsFunc(faults, func(f model.Fault) bool { return f.Source == source })
}

// sinceWhen keeps the time at which each fault was first seen.
func sinceWhen(before []fault, now []model.Fault, at time.Time) []fault {
	faults := make([]fault, 0, len(now))
	for _, f := range now {
		since := at
		for _, old := range before {
			if old.source == f.Source {
				since = old.since
			}
		}
		faults = append(faults, fault{f.Source, model.Safe(f.Error), since})
	}
	return faults
}
