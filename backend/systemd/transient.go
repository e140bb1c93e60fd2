package systemd

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"

	"microtui/model"
)

// Transient is a service that exists for one run of a program.
type Transient struct {
	Unit        string // its name, with .service
	Description string
	Argv        []string // the first is an absolute path
	Environment []string // NAME=value
}

const (
	// startLimit is how long systemd may take to execute a program.
	startLimit = 15 * time.Second
	// pauseBeforeRestart is what a program that was killed waits for.
	pauseBeforeRestart = 200 * time.Millisecond
	// stopLimit is how long a program may take to come to a good end when it
	// is asked to stop.
	stopLimit = 10 * time.Minute
)

// properties are how systemd runs it: started again when it was killed, and
// forgotten when it has ended (systemd.service(5), systemd.unit(5)).
func (t Transient) properties() []sd.Property {
	of := func(name string, value any) sd.Property {
		return sd.Property{Name: name, Value: dbus.MakeVariant(value)}
	}
	return []sd.Property{
		sd.PropDescription(t.Description),
		sd.PropExecStart(t.Argv, false),
		of("Type", "exec"),
		of("CollectMode", "inactive-or-failed"),
		of("Restart", "on-abnormal"),
		of("RestartUSec", uint64(pauseBeforeRestart/time.Microsecond)),
		of("KillMode", "mixed"),
		of("OOMPolicy", "continue"), // a build that ran out of memory has failed, and no more
		of("TimeoutStopUSec", uint64(stopLimit/time.Microsecond)),
		of("UMask", uint32(0o077)),
		of("Environment", t.Environment),
	}
}

// StartTransient makes a service and returns when its program runs, or when ctx
// ends: it was asked for then, and shows by itself whether it runs. A unit of
// that name that exists already gives an error that wraps [model.ErrBusy].
func (b *Bus) StartTransient(ctx context.Context, t Transient) error {
	s, err := b.connected(ctx)
	if err != nil {
		return fmt.Errorf("start %s: %w", t.Unit, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	ended := make(chan string, 1) // go-systemd never gives up on a full one
	_, err = s.conn.StartTransientUnitContext(ctx, t.Unit, "fail", t.properties(), ended)
	var answer dbus.Error
	switch {
	case errors.As(err, &answer) && answer.Name == busName+".UnitExists":
		return fmt.Errorf("%w: %s is already running", model.ErrBusy, t.Unit)
	case err != nil:
		return fmt.Errorf("start %s: %w", t.Unit, explainJob(err))
	}
	select {
	case result := <-ended:
		if result != "done" {
			return fmt.Errorf("start %s: job result %s; see journalctl -u %s", t.Unit, result, t.Unit)
		}
	case <-ctx.Done():
	}
	return nil
}

// Transients lists the services of a pattern of names that are up, or that
// systemd is about to start again.
func (b *Bus) Transients(ctx context.Context, pattern string) (map[string]bool, error) {
	s, err := b.connected(ctx)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", pattern, err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	lines, err := s.conn.ListUnitsByPatternsContext(ctx, []string{"active", "activating", "deactivating", "reloading"}, []string{pattern})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", pattern, explain(err))
	}
	up := make(map[string]bool, len(lines))
	for _, line := range lines {
		up[line.Name] = true
	}
	return up, nil
}

// Signal sends a signal to the main process of a unit. A unit that is not
// there gives an error that wraps [model.ErrStale].
func (b *Bus) Signal(ctx context.Context, unit string, signal syscall.Signal) error {
	s, err := b.connected(ctx)
	if err != nil {
		return fmt.Errorf("signal %s: %w", unit, err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = s.conn.KillUnitWithTarget(ctx, unit, sd.Main, int32(signal))
	if isGone(err) {
		return fmt.Errorf("%w: %s is not running", model.ErrStale, unit)
	}
	if err != nil {
		return fmt.Errorf("signal %s: %w", unit, explainJob(err))
	}
	return nil
}
