package demo

import (
	"hash/fnv"
	"math"
	"time"

	"microtui/model"
)

// load is what a VM uses: its character, which is its name's, and its
// counters.
type load struct {
	cpu     float64 // cores, on average
	memory  float64 // bytes, on average
	receive float64 // bytes a second, on average
	send    float64
	slow    float64 // seconds of its long wave
	quick   float64 // and of its short one
	phase   float64
	still   bool // nothing of it moves

	cpuUsec float64
	resides uint64 // bytes
}

// character gives a name its load: the same under the same seed.
func (h *Host) character(name model.Raw) load {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	bits := hash.Sum64() ^ h.settings.Seed*0x9e3779b97f4a7c15
	part := func(shift uint) float64 { return float64(bits>>shift&0xff) / 255 }
	l := load{
		cpu:     0.002 + 0.35*math.Pow(part(0), 4),
		memory:  (90 + 1400*math.Pow(part(8), 3)) * (1 << 20),
		receive: 200 * math.Pow(10, 3*part(16)),
		slow:    90 + 200*part(32),
		quick:   7 + 19*part(40),
		phase:   2 * math.Pi * part(48),
	}
	l.send = l.receive * (0.1 + part(24))
	l.resides = uint64(l.memory)
	return l
}

// wave is the VM's liveliness at a moment, around 1 and never below 0.1.
func (l *load) wave(at time.Time) float64 {
	t := float64(at.Unix()%86400) + float64(at.Nanosecond())/1e9
	w := 1 + 0.5*math.Sin(2*math.Pi*t/l.slow+l.phase) + 0.35*math.Sin(2*math.Pi*t/l.quick+2*l.phase)
	return max(w, 0.1)
}

// Pass lets time go by: figures grow, crash loops turn.
func (h *Host) Pass(d time.Duration) {
	middle := h.now.Add(d / 2)
	h.pass(d)
	for _, in := range h.instances {
		if in.loop != nil {
			h.turn(in)
		}
		if in.hypervisor != nil && !in.load.still {
			h.use(in, d.Seconds(), in.load.wave(middle))
		}
	}
}

// use adds what a VM used to its counters and to those of its interfaces. A
// TAP receives what the guest sends.
func (h *Host) use(in *instance, seconds, wave float64) {
	l := &in.load
	l.cpuUsec += l.cpu * wave * seconds * 1e6
	l.resides = uint64(l.memory*(0.95+0.05*wave)) &^ 4095
	for _, held := range in.hypervisor.holds {
		held.RxBytes += uint64(l.send * wave * seconds)
		held.TxBytes += uint64(l.receive * wave * seconds)
	}
}

// loop is a VM that crashes again and again.
type loop struct {
	since  time.Time
	life   time.Duration // from start to crash
	turns  uint32
	status int32 // exit code
}

func (l *loop) period() time.Duration { return l.life + restartPause }

// turn brings a crash loop to the present: starts that are due, with
// interfaces made anew, then running or waiting for the next restart.
func (h *Host) turn(in *instance) {
	l := in.loop
	elapsed := h.now.Sub(l.since)
	turns := uint32(elapsed / l.period())
	began := l.since.Add(time.Duration(turns) * l.period())
	if turns > l.turns {
		h.turned(in, turns)
		now, restarts := h.now, in.units[vm].restarts
		h.now = began
		h.again(in)
		h.now = now
		if in.loop == nil {
			return // what it was started from is gone
		}
		in.units[vm].restarts = restarts + turns - l.turns
		h.diary(in.name).open().restarts = in.units[vm].restarts
		l.turns = turns
	}
	if h.now.Sub(began) >= l.life && in.hypervisor != nil {
		h.diary(in.name).close(began.Add(l.life), crashed, l.status)
		h.kill(in.hypervisor)
		in.hypervisor = nil
		u := &in.units[vm]
		u.active, u.sub, u.pid = "activating", "auto-restart", 0
		u.result, u.code, u.status = "exit-code", 1, l.status
		u.exit, u.rest = began.Add(l.life), began.Add(l.life)
	}
}
