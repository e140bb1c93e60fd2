package main

import (
	"math"
	"runtime/debug"
)

// roomForAnswer is the memory that an answer may take before any of it is
// collected: that of a host with a thousand VMs. Most end before, and would
// collect some ten times over, at a fifth of their cost.
const roomForAnswer = 96 << 20

// collectLate is for a program that answers and ends.
func collectLate() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(roomForAnswer)
}

// collectSoon is for one that stays: a screen, a log that is followed, an
// operation.
func collectSoon() {
	debug.SetGCPercent(100)
	debug.SetMemoryLimit(math.MaxInt64)
}
