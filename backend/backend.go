// Package backend reads a host: it composes what its sources read (systemd,
// the network, the systems, the state directory, the processes) into one
// [model.Observation], and keeps reading it. And it acts on the host: it takes
// a [model.Order] from the rules that may refuse it, under the VM's lock, to
// systemd and to its outcome; and it has a plan carried out by [operation], whose
// steps [execute] does, in a service of its own.
//
// It knows where the facts of a host come from and how long they may take to
// come. It must not know what they mean, which is model's matter, nor who
// shows them: it never imports a screen library.
package backend

import (
	"context"
	"sync"
	"time"

	"microtui/backend/home"
	"microtui/backend/lock"
	"microtui/backend/network"
	"microtui/backend/nixos"
	"microtui/backend/operation"
	"microtui/backend/process"
	"microtui/backend/statedir"
	"microtui/backend/storage"
	"microtui/backend/systemd"
	"microtui/backend/wait"
	"microtui/model"
)

// DefaultInterval is the time between two observations where nothing hints at
// a change.
const DefaultInterval = 2 * time.Second

// defaultStateDir is microvm.stateDir's default.
const defaultStateDir = "/var/lib/microvms"

// Options say how a host is read.
type Options struct {
	// StateDir is the directory of the VMs; empty: where the host's
	// microvm@.service says, else /var/lib/microvms.
	StateDir string
	// ReadOnly says why nothing is changed through this host ("read-only");
	// empty: changes are possible.
	ReadOnly string
}

// Host is this machine. Its sources are read at the same time, each one in a
// flight of its own.
type Host struct {
	stateDir model.Raw
	readOnly model.Raw
	bus      *systemd.Bus
	locks    lock.Locks
	records  operation.Folder
	asked    chan struct{}

	unitFiles *systemd.Files
	systems   *nixos.Reader
	directory *statedir.Reader
	processes *process.Reader
	storage   *storage.Reader

	flights struct {
		machine   singleFlight[machine]
		units     singleFlight[units]
		whole     singleFlight[whole]
		links     singleFlight[links]
		systems   singleFlight[nixos.Reading]
		directory singleFlight[statedir.Reading]
		processes singleFlight[process.Reading]
		storage   singleFlight[storage.Reading]
		trash     singleFlight[trashed]
		lives     singleFlight[[]model.UnitLives]
	}
	lives   livesCache // of its flight
	focused focused
	// processing is held while processes, or figures of some, are read.
	processing sync.Mutex
	close      sync.Once

	life context.Context // ends with Close
	end  context.CancelFunc
	acts sync.WaitGroup
}

// Open opens this host. It cannot fail: what cannot be read is a fault of the
// observation. [Host.Close] ends what it started.
func Open(o Options) *Host {
	life, end := context.WithCancel(context.Background())
	return &Host{
		life:      life,
		end:       end,
		stateDir:  model.Raw(o.StateDir),
		readOnly:  model.Raw(o.ReadOnly),
		locks:     lock.In(lock.Folder),
		records:   operation.In(home.Path),
		bus:       systemd.Open(context.Background()),
		asked:     make(chan struct{}, 1),
		unitFiles: systemd.NewFiles(),
		systems:   nixos.New(nixos.Paths{}),
		directory: statedir.New(),
		processes: process.New(),
		storage:   storage.New(),
	}
}

// Close ends the waits of Act, whose jobs go on, and the connection to systemd.
// Contexts given to Watch are to be ended before.
func (h *Host) Close() {
	h.close.Do(func() {
		h.end()
		h.acts.Wait()
		h.bus.Close()
		h.directory.Close()
	})
}

// Attend makes the units of some VMs be read with all that systemd tells of them,
// and those of others only as far as their rows, and the rules, need it.
func (h *Host) Attend(vms ...model.Raw) { h.bus.Closely(vms) }

// AttendAll makes all units be read so.
func (h *Host) AttendAll() { h.bus.AllClosely() }

// Refresh asks a running [Host.Watch] for an observation soon.
func (h *Host) Refresh() { wait.Signal(h.asked) }

// Watch observes until ctx ends and then closes the channel: at once, then
// every interval (0 is [DefaultInterval]), and earlier where something hints
// at a change. The channel holds the newest observation only: who reads slowly
// misses some, and never gets an old one. One Watch at a time may run.
func (h *Host) Watch(ctx context.Context, interval time.Duration) <-chan model.Observation {
	hints := make(chan struct{}, 1)
	directory := watchDirectory(ctx, hints)
	p := poller{interval: interval, asked: h.asked, hints: hints}
	if interval <= 0 {
		p.interval = DefaultInterval
	}
	rhythm := &rhythm{host: h, interval: p.interval}
	p.observe = func(ctx context.Context, called bool) (model.Observation, bool) {
		o, ok := rhythm.observe(ctx, called)
		directory.follow(o.StateDir)
		return o, ok
	}
	go relay(ctx, h.bus.Hints(), hints)
	go relay(ctx, network.Watch(ctx), hints)
	newest := make(chan model.Observation, 1)
	go p.run(ctx, newest)
	return newest
}

// relay passes hints on until ctx ends.
func relay(ctx context.Context, from <-chan struct{}, to chan<- struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-from:
			if !open {
				return
			}
			wait.Signal(to)
		}
	}
}
