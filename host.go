package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"microtui/backend"
	"microtui/backend/demo"
	"microtui/backend/journal"
	"microtui/cli"
	"microtui/model"
	"microtui/tui"
)

// host is what both faces need of a host.
type host interface {
	cli.Host
	tui.Host
}

// operable is a host that takes orders, carries operations out and keeps a
// journal.
type operable interface {
	host
	tui.Actor
	tui.Operator
	tui.Logs
	tui.Exporter
	cli.Actor
	cli.Operator
	cli.Evaluator
}

// What each kind of host can do. The faces ask a host for it as they need it: a
// signature that drifts would be taken for a host that cannot do it. One that
// was recorded can only be looked at.
var (
	_ operable         = machine{}
	_ tui.Enterer      = machine{}
	_ cli.SystemReader = machine{}
	_ cli.Namer        = machine{}
	_ cli.Attentive    = machine{}
	_ tui.Attentive    = machine{}
	_ operable         = demonstration{}
	_ host             = (*backend.Recorded)(nil)
)

// machine is this machine with its journal.
type machine struct{ *backend.Host }

func (machine) Log(ctx context.Context, q model.LogQuery) tui.Log {
	return journalLog{journal.Open(ctx, q)}
}

type journalLog struct{ *journal.Log }

func (l journalLog) Close() error { l.Log.Close(); return nil }

func (m machine) Export(ctx context.Context, q model.LogQuery, path string) (string, int, error) {
	return exportLog(ctx, m.Log(ctx, q), q, path)
}

// demonstration is the embedded host with its journal.
type demonstration struct{ *demo.Live }

func (d demonstration) Log(ctx context.Context, q model.LogQuery) tui.Log { return d.Live.Log(ctx, q) }

func (d demonstration) Export(ctx context.Context, q model.LogQuery, path string) (string, int, error) {
	return exportLog(ctx, d.Log(ctx, q), q, path)
}

// openLog opens a log of a host that keeps a journal.
func openLog(ctx context.Context, h cli.Host, q model.LogQuery) cli.Log {
	collectSoon()
	if logs, ok := h.(tui.Logs); ok {
		return logs.Log(ctx, q)
	}
	return nil
}

// carry carries an operation out, as the service that was started for it. The
// first signal asks it to end; unlike elsewhere no further one kills it.
func carry(ctx context.Context, id string) error {
	collectSoon()
	further := make(chan os.Signal, 1)
	signal.Notify(further, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(further)
	h := backend.Open(backend.Options{})
	defer h.Close()
	return h.Carry(ctx, id)
}

// demoSeed makes the embedded host the same every time.
const demoSeed = 1

func open(c cli.Choice) (host, error) {
	switch {
	case c.Demo:
		return demonstration{demo.Open(demoSeed)}, nil
	case c.Observation != "":
		return backend.Replay(c.Observation)
	}
	o := backend.Options{StateDir: c.StateDir}
	if c.ReadOnly {
		o.ReadOnly = "read-only"
	}
	return machine{backend.Open(o)}, nil
}
