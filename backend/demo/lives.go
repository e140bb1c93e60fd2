package demo

import (
	"time"

	"microtui/model"
)

// life is a run of a VM's hypervisor, as the journal remembers it: longer than
// systemd does.
type life struct {
	boot     string
	runner   model.Runner
	pid      int
	began    time.Time
	restarts uint32    // of Restart=always before it; 0: somebody started it
	ended    time.Time // zero: it goes on
	how      ending
	status   int32 // exit code of a crash
}

// ending is how a life ended.
type ending int

const (
	shutDown ending = iota // asked to, and it did
	crashed
	killed    // by systemd
	powerLost // and nobody was there to write it down
)

// keptLives is how many lives of a VM the journal holds: it is of limited size.
const keptLives = 40

// remark is that a helper failed by itself.
type remark struct {
	boot string
	at   time.Time
	unit int // place in roles
}

// diary is what the journal remembers of a VM.
type diary struct {
	lives   []life
	remarks []remark
}

func (h *Host) diary(vm model.Raw) *diary {
	if h.diaries == nil {
		h.diaries = make(map[model.Raw]*diary)
	}
	if h.diaries[vm] == nil {
		h.diaries[vm] = &diary{}
	}
	return h.diaries[vm]
}

// add notes a life.
func (d *diary) add(l life) {
	d.lives = append(d.lives, l)
	if over := len(d.lives) - keptLives; over > 0 {
		d.lives = append([]life(nil), d.lives[over:]...)
	}
}

// open is the life that goes on; nil: none does.
func (d *diary) open() *life {
	if len(d.lives) == 0 || !d.lives[len(d.lives)-1].ended.IsZero() {
		return nil
	}
	return &d.lives[len(d.lives)-1]
}

// close notes how the life that goes on ended, if one does.
func (d *diary) close(at time.Time, how ending, status int32) {
	if l := d.open(); l != nil {
		l.ended, l.how, l.status = at, how, status
	}
}

// born notes that a VM's hypervisor was started.
func (h *Host) born(in *instance) {
	h.diary(in.name).add(life{boot: h.bootID, runner: in.runs.runner, pid: in.hypervisor.PID, began: h.now})
}

// turned notes the lives of a crash loop that came and went in the time that
// passed: all turns after those that were known, up to the last.
func (h *Host) turned(in *instance, turns uint32) {
	l, d := in.loop, h.diary(in.name)
	if len(d.lives) == 0 {
		return
	}
	last := d.lives[len(d.lives)-1]
	endOf := func(turn uint32) time.Time { return l.since.Add(time.Duration(turn)*l.period() + l.life) }
	d.close(endOf(l.turns), crashed, l.status)
	for turn := max(l.turns+1, turns-min(turns, keptLives)); turn < turns; turn++ {
		next := last
		next.pid += int(turn - l.turns)
		next.restarts = in.units[vm].restarts + turn - l.turns
		next.began, next.ended, next.how, next.status = endOf(turn).Add(-l.life), endOf(turn), crashed, l.status
		d.add(next)
	}
}

// failedAlone notes that a helper of a VM failed by itself.
func (h *Host) failedAlone(name model.Raw, unit int) {
	d := h.diary(name)
	d.remarks = append(d.remarks, remark{h.bootID, h.now, unit})
}

// lostPower ends every life at once.
func (h *Host) lostPower() {
	for _, d := range h.diaries {
		d.close(h.now, powerLost, 0)
	}
}
