package demo

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"microtui/model"
	"microtui/model/order"
)

// said are the lines that the journal has of a query's units in a stretch of
// time, both ends included, in its order; of starts alone where only these are
// asked for. They follow from the lives of the VMs, so
// a line is the same whenever it is asked for, and there is one of each unit at
// a time.
func (h *Host) said(q model.LogQuery, from, to time.Time) []model.LogEntry {
	var all []model.LogEntry
	asked := map[model.Raw]bool{}
	for _, unit := range q.Units {
		_, name, ok := model.ParseUnitName(unit)
		if !ok || asked[name] {
			continue
		}
		asked[name] = true
		all = append(all, h.saidOf(name, q.Starts, from, to)...)
	}
	all = slices.DeleteFunc(all, func(e model.LogEntry) bool {
		return e.At.Before(from) || e.At.After(to) || !slices.Contains(q.Units, e.Unit)
	})
	order.By(all, func(a, b *model.LogEntry) int {
		return cmp.Or(a.At.Compare(b.At), rawCompare(a.Unit, b.Unit))
	})
	return all
}

// saidOf are the lines of a VM's units; some may be of another time.
func (h *Host) saidOf(name model.Raw, starts bool, from, to time.Time) []model.LogEntry {
	d := h.diaries[name]
	if d == nil {
		return nil
	}
	s := scribe{name: name}
	for _, l := range d.lives {
		if !l.began.After(to) && (l.ended.IsZero() || l.ended.Add(time.Second).After(from)) {
			h.writeLife(&s, l, starts, from, to)
		}
	}
	for _, r := range d.remarks {
		s.life, s.at = life{boot: r.boot}, r.at
		s.systemd(r.unit, 4, "%u: Main process exited, code=exited, status=1/FAILURE")
		s.systemd(r.unit, 4, "%u: Failed with result 'exit-code'.")
	}
	return s.entries
}

func (h *Host) writeLife(s *scribe, l life, starts bool, from, to time.Time) {
	s.life, s.at = l, l.began
	s.invocation = fmt.Sprintf("%032x", hashOf(s.name)^uint64(l.began.UnixNano()))
	s.begins()
	if starts {
		return
	}
	until := to
	if !l.ended.IsZero() && l.ended.Before(until) {
		until = l.ended
	}
	for _, b := range booting {
		at := l.began.Add(b.after)
		if at.After(until) {
			break
		}
		if at.After(s.at) {
			s.at = at
		}
		s.guest(b.text)
	}
	// The nth thing that a guest says, and when, follows from n.
	booted := l.began.Add(bootTakes)
	pace := 6*time.Second + time.Duration(h.character(s.name).quick*float64(time.Second))
	for n := max(0, int64(from.Sub(booted)/pace)-1); ; n++ {
		random := rand.New(rand.NewPCG(h.settings.Seed^hashOf(s.name), uint64(n)))
		s.at = booted.Add(time.Duration(n)*pace + time.Second + time.Duration(random.Int64N(int64(pace/2))))
		if s.at.After(until) {
			break
		}
		s.guest(saying(s.name, random))
	}
	if !l.ended.IsZero() {
		s.at = l.ended
		s.ends()
	}
}

func hashOf(name model.Raw) uint64 {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	return hash.Sum64()
}

// scribe writes down what is said in a life.
type scribe struct {
	life
	name       model.Raw
	invocation string // of the hypervisor's unit, in this life
	at         time.Time
	entries    []model.LogEntry
}

// write writes a line, a microsecond after the one before.
func (s *scribe) write(e model.LogEntry) {
	s.at = s.at.Add(time.Microsecond)
	e.At, e.Boot = s.at, strings.ReplaceAll(s.boot, "-", "")
	e.Cursor = cursorOf(e)
	if e.Unit == model.UnitName(model.RoleVM, s.name) {
		e.Invocation = s.invocation
	}
	s.entries = append(s.entries, e)
}

// guest writes what stands on the guest's console.
func (s *scribe) guest(text string) {
	s.write(model.LogEntry{Unit: model.UnitName(model.RoleVM, s.name), From: "microvm@" + s.name, PID: s.pid,
		Priority: 6, Console: true, Message: model.Raw(text)})
}

// systemd writes what systemd says of a unit: %t is its title, %u its name.
func (s *scribe) systemd(unit int, priority model.Priority, text string) {
	name := model.UnitName(roles[unit], s.name)
	text = strings.NewReplacer("%t", fmt.Sprintf(titles[unit], s.name), "%u", string(name)).Replace(text)
	s.write(model.LogEntry{Unit: name, From: "systemd", PID: 1, Priority: priority, Message: model.Raw(text)})
}

// begins is what is said before the guest says anything.
func (s *scribe) begins() {
	if s.restarts > 0 {
		s.systemd(vm, 6, fmt.Sprintf("%%u: Scheduled restart job, restart counter is at %d.", s.restarts))
	}
	for _, unit := range s.helpers() {
		s.systemd(unit, 6, "Starting %t...")
		// One that stays is started, one that did its work is finished.
		s.systemd(unit, 6, map[bool]string{true: "Started %t.", false: "Finished %t."}[unit == virtiofsd])
	}
	s.systemd(vm, 6, "Started %t.")
}

// ends is what is said from the end on.
func (s *scribe) ends() {
	switch s.how {
	case shutDown:
		s.systemd(vm, 6, "Stopping %t...")
		for _, text := range farewell {
			s.guest(text)
		}
		s.systemd(vm, 6, "%u: Deactivated successfully.")
		s.systemd(vm, 6, "Stopped %t.")
	case crashed:
		for _, text := range lastWords {
			s.guest(text)
		}
		s.systemd(vm, 5, fmt.Sprintf("%%u: Main process exited, code=exited, status=%d/n/a", s.status))
		s.systemd(vm, 4, "%u: Failed with result 'exit-code'.")
		return // its helpers stay
	case killed:
		s.systemd(vm, 5, "%u: Main process exited, code=killed, status=9/KILL")
		s.systemd(vm, 4, "%u: Failed with result 'signal'.")
	case powerLost:
		return
	}
	for _, unit := range s.helpers() {
		s.systemd(unit, 6, "Stopped %t.")
	}
}

// helpers are the units that a start needs, in its order.
func (s *scribe) helpers() (units []int) {
	if len(s.runner.Taps) > 0 {
		units = append(units, tapInterfaces)
	}
	if len(s.runner.Macvtaps) > 0 {
		units = append(units, macvtapInterfaces)
	}
	if len(s.runner.Shares) > 0 {
		units = append(units, virtiofsd)
	}
	return units
}
