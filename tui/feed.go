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
		f.shown = f.shown.Advance(doctor.Interpret(observation), time.Now())
		return snapshotMsg{f.shown}
	}
}
