package fire

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// fault is something that a disk does during an operation.
type fault struct {
	name string
	// occur makes it happen, after a time where that matters, and gives what ends
	// it.
	occur func(d *disk, after time.Duration) (end func())
	back  bool // the machine has to be started again
	late  bool // the disk is as it is until the end: what it kept from being done, the next operation does
}

var faults = []fault{
	{name: "full before", occur: func(d *disk, _ time.Duration) func() {
		stop := make(chan struct{})
		filled, freed := d.fill(stop)
		<-filled
		return func() { close(stop); <-freed }
	}, late: true},
	{name: "full midway", occur: func(d *disk, after time.Duration) func() {
		stop, began := make(chan struct{}), make(chan chan struct{}, 1)
		go func() {
			time.Sleep(after)
			_, freed := d.fill(stop)
			began <- freed
		}()
		return func() { close(stop); <-<-began }
	}, late: true},
	{name: "freed midway", occur: func(d *disk, after time.Duration) func() {
		stop, over := make(chan struct{}), make(chan struct{})
		filled, freed := d.fill(stop)
		<-filled
		go func() {
			time.Sleep(after)
			close(stop)
			<-freed
			close(over)
		}()
		return func() { <-over }
	}},
	{name: "read-only midway", occur: func(d *disk, after time.Duration) func() {
		over := make(chan struct{})
		go func() {
			time.Sleep(after)
			d.readOnly()
			close(over)
		}()
		return func() { <-over }
	}, back: true},
	{name: "dropped", occur: func(d *disk, after time.Duration) func() {
		over := make(chan struct{})
		go func() {
			time.Sleep(after)
			d.drop()
			close(over)
		}()
		return func() { <-over }
	}, back: true},
}

// TestDisks: while something is purged, cleaned up or updated, the disk of the
// VMs, of our records, or of both is full from the beginning, becomes full, is
// freed, becomes read-only, or is gone.
func TestDisks(t *testing.T) {
	c := &campaign{sample: 6, whole: 400}
	lasts := make(map[string]time.Duration)
	c.batch = func(t *testing.T, random *rand.Rand) func() []string {
		kind, at := pick(random, diskKinds), pick(random, places)
		var d *disk
		f := newFleetOn(t, random, func(f *fleet) { d = f.newDisk(kind, at) })
		t.Logf("%s at %s", kind, at)
		for _, deed := range deeds {
			if took := f.undisturbed(deed); lasts[deed.name] == 0 {
				lasts[deed.name] = took
			}
		}
		return func() []string { return f.faulted(c, d, pick(random, faults), pick(random, deeds), lasts) }
	}
	c.run(t)
}

// faulted is a round.
func (f *fleet) faulted(c *campaign, d *disk, fault fault, deed deed, lasts map[string]time.Duration) []string {
	f.Helper()
	f.revise()
	current := f.target(shop, "current")
	after := time.Duration(f.random.Int64N(int64(lasts[deed.name])))
	end := fault.occur(d, after)
	client := f.ask(deed.args...)
	f.await(client)
	if !fault.back {
		f.ended(client)
	}
	end()
	if fault.back {
		f.ended(client)
		d.back()
		f.startAll()
	}
	ops, settled := f.settled(client)
	if fault.back {
		f.startAll()
	}
	came, wrong := f.judged(deed, client, ops, trial{current: current, settled: settled > 0, mayBeDown: true, unswept: fault.back || fault.late})
	wrong = append(wrong, f.asBefore()...)
	if fault.back || fault.late {
		f.revise()
		next := f.ask("update", shop, "--yes")
		f.await(next)
		f.ended(next)
		wrong = append(wrong, f.leftRoots(next.ProcessState.ExitCode() != 0)...)
		wrong = append(wrong, f.leftEntries()...)
		f.shell("systemctl", "restart", "microvm@"+shop+".service")
	}
	c.ends[fmt.Sprintf("%s: %s", fault.name, came)]++
	c.ends["settled by hand"] += settled
	if len(wrong) > 0 {
		wrong.add("%s, %s at %s: %s after %s", deed.name, d.kind, d.at, fault.name, after.Round(time.Millisecond))
	}
	return wrong
}

// ended waits until nobody works on what the client asked for.
func (f *fleet) ended(c *client) {
	f.Helper()
	f.await1("the executors to end", func() bool {
		out, err := exec.Command("systemctl", "list-units", "--all", "--plain", "--no-legend", "microtui-*").Output()
		return err == nil && len(out) == 0
	})
}

// startAll starts every VM that has a directory, as autostart does.
func (f *fleet) startAll() {
	f.Helper()
	var names []string
	for _, vm := range everyVM {
		if _, err := os.Lstat(f.Dir(vm)); err == nil {
			names = append(names, vm)
		}
	}
	slices.Sort(names)
	f.Start(names...)
}
