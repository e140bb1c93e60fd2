package tui

import (
	"context"
	"time"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/tui/scene"
)

// The messages of a feed.
type (
	snapshotMsg struct{ scene.Snapshot }
	silentMsg   struct{ now time.Time } // nothing came for a while
	endedMsg    struct{}                // nothing will come any more
)

// feed turns observations into snapshots. Only one call of next runs at a
// time, in a command, so that interpreting never delays a key.
type feed struct {
	observations <-chan model.Observation
	number       int             // of the observation that the inventory is of
	inventory    model.Inventory // with the newest figures
	shown        scene.Snapshot
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
		f.shown = f.shown.Advance(f.interpret(observation), time.Now())
		return snapshotMsg{f.shown}
	}
}

// interpret makes an inventory of an observation. What it has already it judges
// no second time: the figures are put into it.
func (f *feed) interpret(o model.Observation) model.Inventory {
	if o.Number == 0 || o.Number != f.number {
		f.number, f.inventory = o.Number, doctor.Interpret(o)
	}
	if o.Pulse != nil {
		f.inventory = f.inventory.Beat(o.Pulse)
	}
	return f.inventory
}
