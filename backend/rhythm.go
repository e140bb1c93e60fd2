package backend

import (
	"context"
	"slices"
	"sync"
	"syscall"
	"time"

	"microtui/backend/network"
	"microtui/model"
)

// A host of which nothing is heard is read as a whole for one part in so many of
// our time at most, and at the latest after wholeAge; in between only the figures
// of what somebody looks at.
const (
	wholePart = 300
	wholeAge  = time.Minute
)

// rhythm decides what is read of a host that is watched. It belongs to the
// goroutine that watches, but for its focus.
type rhythm struct {
	host     *Host
	interval time.Duration

	last  model.Observation // the last whole one
	ok    bool
	begun time.Time
	cost  time.Duration // of our own CPU time

	focus model.Focus // what vms, units and was are of
	vms   []model.Raw // its own, sorted
	links []int
	units []model.Unit              // theirs
	was   map[model.Raw]model.Usage // as the last whole one had it; nil: not looked up
}

// focused is what somebody looks at.
type focused struct {
	mutex sync.Mutex
	focus *model.Focus // nil: nobody has said
}

// Focus says what somebody who watches looks at: of the rest the figures are read
// more rarely.
func (h *Host) Focus(f model.Focus) {
	h.focused.mutex.Lock()
	defer h.focused.mutex.Unlock()
	h.focused.focus = &f
}

func (f *focused) get() *model.Focus {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.focus
}

// observe reads the whole host where something may have changed, else the figures
// alone.
func (r *rhythm) observe(ctx context.Context, called bool) (o model.Observation, ok bool) {
	if !called && r.isCalm() {
		if pulse := r.pulse(); pulse != nil {
			o = r.last
			o.Pulse = pulse
			return o, true
		}
	}
	before := ownTime()
	r.begun = time.Now()
	number := r.last.Number + 1
	r.last, r.ok = r.host.observe(ctx, r.host.units, false)
	r.last.Number = number
	r.cost, r.units, r.was = ownTime()-before, nil, nil
	return r.last, r.ok
}

// isCalm reports whether the last whole observation is as good as a new one.
func (r *rhythm) isCalm() bool {
	now := time.Now()
	return r.ok && now.Sub(r.begun) < min(max(wholePart*r.cost, r.interval), wholeAge) &&
		r.last.IsSettled(now) && !lacksSizes(r.last.StateDir)
}

// pulse reads the figures of what is in focus; nil: nobody said what that is, or
// more than figures has changed.
func (r *rhythm) pulse() *model.Pulse {
	focus := r.host.focused.get()
	if focus == nil {
		return nil
	}
	if !r.host.processing.TryLock() {
		return nil // somebody reads all of them
	}
	defer r.host.processing.Unlock()
	r.turnTo(*focus)
	pulse := &model.Pulse{At: time.Now().UTC(), VMs: r.vms}
	var complete bool
	if pulse.Usage, complete = r.host.processes.Again(r.units, r.was); !complete {
		return nil
	}
	counts, err := network.Count(r.links)
	if err != nil {
		return nil
	}
	pulse.Links = counts
	return pulse
}

// turnTo finds the units of what is in focus, once.
func (r *rhythm) turnTo(focus model.Focus) {
	if r.was != nil && focus.Equal(r.focus) {
		return
	}
	r.focus, r.vms, r.links, r.units = focus, slices.Sorted(slices.Values(focus.VMs)), focus.Links, nil
	if focus.All {
		r.vms, r.links = r.everything()
	}
	r.was = make(map[model.Raw]model.Usage, len(r.last.Usage))
	for _, usage := range r.last.Usage {
		r.was[usage.Unit] = usage
	}
	for at := range r.last.Units {
		unit := &r.last.Units[at]
		if _, vm, ours := model.ParseUnitName(unit.Name); ours {
			if _, found := slices.BinarySearch(r.vms, vm); found {
				r.units = append(r.units, *unit)
			}
		}
	}
}

// everything are all that may be a VM's.
func (r *rhythm) everything() (vms []model.Raw, links []int) {
	for at := range r.last.Units {
		if role, vm, ours := model.ParseUnitName(r.last.Units[at].Name); ours && role == model.RoleVM {
			vms = append(vms, vm)
		}
	}
	for at := range r.last.Links {
		if link := &r.last.Links[at]; link.Tap || link.Kind == "macvtap" {
			links = append(links, link.Index)
		}
	}
	slices.Sort(vms)
	return slices.Compact(vms), links
}

// ownTime is the CPU time that this program has used.
func ownTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
