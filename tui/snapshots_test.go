package tui

import "testing"

// A snapshot of a VM at rest is taken and brought back; of one that runs, and
// of one that has none, the reason is said.
func TestSnapshots(t *testing.T) {
	onDemo(t, 120, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("db")
		p.press("V")
		p.says("Snapshot: db is running: stop it first")
		p.press("esc")
		p.at("queue")
		p.press("B")
		p.says("Restore volumes: queue has no snapshots")
		p.press("V")
		p.says("copy the volumes of queue")
		p.press("y")
		p.until("Take a snapshot of queue: done")
		p.press("esc", "B")
		p.says("put the snapshot's volumes in place of those of queue; undo: microtui snapshots restore queue")
		p.press("y")
		p.until("Restore the volumes of queue: done")
	})
}
