package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// scenarioVariable makes the test binary be the program under test: a screen
// on the terminal it is started on, with the host of a scenario.
const scenarioVariable = "MICROTUI_SCREEN_SCENARIO"

// exitCodes tell the tests how Run ended.
const (
	exitDone = iota
	exitFailed
	exitSignal
	exitPanic
	exitNoScreen
)

func playScenario(name string) {
	var host Host = &scriptedHost{step: scenarios[name], refreshed: make(chan struct{}, 1)}
	switch name {
	case "broken refresh":
		host = &brokenRefresh{scriptedHost{step: scenarios["still"], refreshed: make(chan struct{}, 1)}}
	case "broken watch":
		host = &brokenWatch{}
	case "flood":
		host = &floodHost{scriptedHost{step: scenarios["still"], refreshed: make(chan struct{}, 1)}, 100_000}
	case "flood of 1000":
		host = crowd{demo.Run(demo.Sized(1, 1000)), 100_000}
	case "acting":
		host = &floodHost{scriptedHost{step: scenarios["still"], refreshed: make(chan struct{}, 1)}, 10}
	case "demo":
		host = demonstration{demo.Open(1)}
	case "web is down":
		host = demonstration{demo.Run(webIsDown())}
	case "three are outdated":
		host = demonstration{demo.Run(threeAreOutdated())}
	case "guests":
		host = &guestHost{scriptedHost{step: scenarios["still"], refreshed: make(chan struct{}, 1)}}
	case "log child", "log child, and a hang-up":
		host = &childHost{scriptedHost{step: scenarios["still"], refreshed: make(chan struct{}, 1)}, name != "log child"}
	}
	err := Run(context.Background(), host, Options{
		Interval: 2 * time.Second, Terminal: TerminalCapsFrom(os.Environ()), Recorded: name == "recorded",
		Addresses: map[model.Raw]model.Address{"vm-000": {Host: "guest.lan"}},
	})
	fmt.Fprintln(os.Stderr, "end:", err)
	os.Exit(exitCode(err))
}

// demonstration is the simulated host with its journal, as --demo shows it.
type demonstration struct{ *demo.Live }

func (d demonstration) Log(ctx context.Context, q model.LogQuery) Log { return d.Live.Log(ctx, q) }

// webIsDown is the populated host after web was stopped, and did not come up
// again: the daemon of its shares fails.
func webIsDown() *demo.Host {
	h := demo.New(1)
	h.Stop("web")
	h.HelperFails("web")
	return h
}

// threeAreOutdated is the populated host on which the flakes of api, build and
// twin say something newer.
func threeAreOutdated() *demo.Host {
	h := demo.New(1)
	h.Edit("twin", false)
	return h
}

func exitCode(err error) int {
	var signal *SignalError
	var panicked *PanicError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, ErrNoScreen):
		return exitNoScreen
	case errors.As(err, &signal):
		return exitSignal
	case errors.As(err, &panicked):
		return exitPanic
	}
	return exitFailed
}

// scriptedHost gives the observations of a scenario: the next when R is
// pressed, or each interval where the scenario says so.
type scriptedHost struct {
	step      func(n int) (observation model.Observation, more time.Duration)
	refreshed chan struct{}
}

func (h *scriptedHost) Refresh() {
	select {
	case h.refreshed <- struct{}{}:
	default:
	}
}

func (h *scriptedHost) Watch(ctx context.Context, _ time.Duration) <-chan model.Observation {
	out := make(chan model.Observation, 1)
	go func() {
		defer close(out)
		for n := 0; ; n++ {
			observation, more := h.step(n)
			select {
			case <-out: // only the newest
			default:
			}
			out <- observation
			var timer <-chan time.Time
			if more > 0 {
				timer = time.After(more)
			}
			select {
			case <-ctx.Done():
				return
			case <-timer:
			case <-h.refreshed:
			}
		}
	}()
	return out
}

// scenarios are hosts by name.
var scenarios = map[string]func(n int) (model.Observation, time.Duration){
	"still":        func(n int) (model.Observation, time.Duration) { return observe(n, 20), 0 },
	"busy":         func(n int) (model.Observation, time.Duration) { return observe(n, 20), 10 * time.Millisecond },
	"large":        func(n int) (model.Observation, time.Duration) { return observe(n, 1000), 0 },
	"five of 20":   five(20),
	"five of 300":  five(300),
	"five of 1000": five(1000),
	// idle is observed often, and nothing changes but the time, until at last
	// one figure does
	"idle": func(n int) (model.Observation, time.Duration) {
		o := observe(0, 20)
		o.At = o.At.Add(time.Duration(n) * 20 * time.Millisecond)
		if n >= 100 {
			*o.Usage[0].Memory = 777 << 20
		}
		return o, 20 * time.Millisecond
	},
	"recorded": func(n int) (model.Observation, time.Duration) { return observe(n, 3), 0 },
	// outage: systemd answers at first, then not, then again
	"outage": func(n int) (model.Observation, time.Duration) {
		o := observe(n, 3)
		if n == 1 {
			o.Units, o.Template = nil, nil
			o.Faults = []model.Fault{{Source: model.SourceSystemd, Error: "dial system bus: connection refused\x1b]0;evil\x07"}}
		}
		return o, 0
	},
	// shrinking: every refresh takes the first VM away
	"shrinking": func(n int) (model.Observation, time.Duration) {
		o := observe(n, 6)
		o.Units, o.StateDir.Directories = o.Units[n:], o.StateDir.Directories[n:]
		return o, 0
	},
	"hostile": func(n int) (model.Observation, time.Duration) {
		o := observe(n, 2)
		for _, name := range []model.Raw{"-rf", "a b", "é", "\x1b[31mred", "t\x1b]0;evil\x07", "b\u202ed", "c\x9b2J", "52\x1b]52;c;ZXZpbA==\x07"} {
			o.StateDir.Directories = append(o.StateDir.Directories, directory(name, len(o.StateDir.Directories)))
		}
		return o, 0
	},
}

// five is a host on which five figures change at each observation, of VMs
// that are in sight.
func five(vms int) func(int) (model.Observation, time.Duration) {
	return func(n int) (model.Observation, time.Duration) {
		o := observe(0, vms)
		o.At = o.At.Add(time.Duration(n) * 2 * time.Second)
		for i := range 5 {
			*o.Usage[i*3].Memory = uint64(100+n%800) << 20
		}
		return o, 0
	}
}

var bootTime = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

func directory(name model.Raw, inode int) model.Directory {
	runner := &model.Symlink{Target: "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-microvm-qemu-" + name}
	return model.Directory{Name: name, ID: model.FileID{Dev: 1, Ino: uint64(100 + inode)}, Current: runner, Booted: runner}
}

// observe is a host with so many VMs that run, at its n-th observation.
func observe(n, vms int) model.Observation {
	at := bootTime.Add(time.Duration(n) * 2 * time.Second)
	o := model.Observation{
		Schema: model.ObservationSchema, At: at, Host: model.Host{Name: "nixhost", Privileged: true},
		Template: &model.Template{Fragment: "/etc/systemd/system/microvm@.service", StateDir: "/var/lib/microvms"},
		StateDir: model.StateDir{Path: "/var/lib/microvms", Real: "/var/lib/microvms", Exists: true},
		Systems:  []model.System{{Kind: model.SystemLive, Path: "/nix/store/system", HostModule: true, CanSwitch: true}},
	}
	for i := range vms {
		name := model.Raw(fmt.Sprintf("vm-%03d", i))
		o.StateDir.Directories = append(o.StateDir.Directories, directory(name, i))
		o.Units = append(o.Units, model.Unit{
			Name: model.UnitName(model.RoleVM, name), Load: "loaded", Active: "active", Sub: "running",
			Properties: &model.UnitProperties{Invocation: fmt.Sprintf("%032x", i), Result: "success", ActiveEnter: bootTime.Add(-72 * time.Hour)},
		})
		o.Usage = append(o.Usage, model.Usage{
			Unit: model.UnitName(model.RoleVM, name), CPUUsec: ptr(uint64(n * (i + 1) * 1000)), Memory: ptr(uint64(200<<20 + n*(i%5)<<20)),
		})
	}
	return o
}

// brokenRefresh panics on a goroutine of Bubble Tea's.
type brokenRefresh struct{ scriptedHost }

func (*brokenRefresh) Refresh() { panic("boom \x1b]0;evil\x07\nsecond line") }

// brokenWatch panics in the event loop.
type brokenWatch struct{ scriptedHost }

func (*brokenWatch) Watch(context.Context, time.Duration) <-chan model.Observation { panic("boom") }
