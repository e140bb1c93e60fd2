package tui

import (
	"context"
	"errors"
	"os"
	"time"

	"microtui/model"
)

// Host is a host to look at.
type Host interface {
	// Watch gives the first observation at once and then one each interval,
	// or sooner when something changed. Only the newest is kept for a reader
	// that is late. The channel is closed when ctx ends.
	Watch(ctx context.Context, interval time.Duration) <-chan model.Observation
	// Refresh asks for an observation now.
	Refresh()
}

// Options are what the command line and the environment decided.
type Options struct {
	Interval time.Duration // between observations
	ReadOnly bool
	// Recorded is set where the host is a recorded observation: it has an age
	// of its own and never gets newer.
	Recorded bool
	Look     Look
	// Input and Output are the terminal.
	Input, Output *os.File
}

// ErrNoScreen says that there is no terminal a screen could be shown on:
// input or output is none, or it is a dumb one.
var ErrNoScreen = errors.New("no screen: needs a terminal that can move its cursor")

// ForeignEnvironment names the variables that make the libraries beneath the
// screen write files, wherever a user of sudo points them. They have to be
// unset before [Run].
var ForeignEnvironment = []string{"TEA_TRACE", "TEA_DEBUG"}
