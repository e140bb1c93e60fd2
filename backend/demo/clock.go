package demo

import "time"

// hertz is the kernel's USER_HZ: the unit of a process's start time in
// /proc/PID/stat.
const hertz = 100

// clock is the simulated time. It moves only when the host is told so.
type clock struct {
	now    time.Time
	booted time.Time // start of the running boot
}

func newClock() clock {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	return clock{now: now, booted: now.Add(-2 * time.Minute)}
}

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

// ticks is the time since boot as /proc/PID/stat counts it.
func (c *clock) ticks() uint64 {
	return uint64(c.now.Sub(c.booted) / (time.Second / hertz))
}
