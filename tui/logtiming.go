package tui

import (
	"time"
)

// hostTime is the time on the host when the key was pressed: the simulated
// one has a clock of its own.
func (a *App) hostTime() time.Time {
	if !a.Known {
		return a.keyTime
	}
	return a.Shot.Inventory.At.Add(max(0, a.keyTime.Sub(a.Shot.Received))).Local()
}
