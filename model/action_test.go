package model_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

// twins are a VM that runs and one that is off.
func twins() *host {
	h := newHost().imperative("db").running("db").imperative("twin")
	h.runner("twin").MACs = []model.Raw{"02:00:00:00:00:02"}
	h.runner("db").MACs = []model.Raw{"02:00:00:00:00:01"}
	return h
}

// TestReason: each reason, and the same host without it.
func TestReason(t *testing.T) {
	for _, test := range []struct {
		name   string
		spoil  func(*host)
		action model.Action
		vm     model.Raw
		want   string // part of it
		kind   error
	}{
		{"stop of what runs outside", func(h *host) { h.looseProcess("microvm@twin", "twin") }, "stop", "twin", "is running outside its unit: end process 100", model.ErrRefused},
		{"kill of what runs outside", func(h *host) { h.looseProcess("microvm@twin", "twin") }, "kill", "twin", "is running outside its unit", model.ErrRefused},
		{"start of what runs outside", func(h *host) { h.looseProcess("microvm@twin", "twin") }, "start", "twin", "end process 1002 first", model.ErrRefused},
		{"restart beside one that runs outside", func(h *host) { h.looseProcess("microvm@db", "db") }, "restart", "db", "is running outside its unit", model.ErrRefused},
		{"no template", func(h *host) { h.o.Template = nil }, "start", "twin", "there is no microvm@.service", model.ErrRefused},
		{"current dangles", func(h *host) { h.dir("twin").Current.Dangling = true }, "start", "twin", stateDir + "/twin/current/bin/microvm-run is missing", model.ErrRefused},
		{"a runner without microvm-run", func(h *host) { h.runner("twin").Bin = []model.Raw{"tap-up"} }, "start", "twin", "twin/current/bin/microvm-run is missing", model.ErrRefused},
		{"no directory", func(h *host) { h.declare(model.SystemLive, 0, configOf("twin")).removeDir("twin") }, "start", "twin", stateDir + "/twin is missing", model.ErrRefused},
		{"no current", func(h *host) { h.declare(model.SystemLive, 0, configOf("twin")).dir("twin").Current = nil }, "start", "twin", stateDir + "/twin/current is missing", model.ErrRefused},
		{"restart without current", func(h *host) { h.dir("db").Current.Dangling = true }, "restart", "db", "is missing", model.ErrRefused},
		{"systemd is silent", func(h *host) { h.fault(model.SourceSystemd).o.Units = nil }, "stop", "db", "systemd could not be asked: permission denied", model.ErrRefused},
		{"the units' state directory is another one", func(h *host) { h.o.Template.StateDir = "/srv/vms" }, "stop", "db", "its units belong to another VM: the units use /srv/vms, not " + stateDir, model.ErrRefused},
		{"unknown VM", func(h *host) { h.removeDir("twin") }, "start", "twin", "unknown VM: twin", model.ErrUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := model.Reason(twins().inventory(), test.action, test.vm); got != "" {
				t.Fatalf("without it: %q", got)
			}
			i := twins().do(test.spoil).inventory()
			if got := model.Reason(i, test.action, test.vm); !strings.Contains(string(got), test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
			refused := model.Refusal(i, model.Order{Action: test.action, VM: test.vm})
			if refused == nil || refused.Result != model.ResultRefused || !errors.Is(refused.Kind, test.kind) {
				t.Errorf("refusal: %+v", refused)
			}
		})
	}
}

// TestReasonSpares: what blocks a start blocks no stop, and what cannot be seen
// blocks nothing.
func TestReasonSpares(t *testing.T) {
	for name, h := range map[string]*host{
		"a stop needs no template":              twins().do(func(h *host) { h.o.Template = nil }),
		"a stop needs no current":               twins().do(func(h *host) { h.dir("db").Current.Dangling = true }),
		"a stop needs no directory":             twins().deleteUnderneath("db"),
		"a unit that runs beside one outside":   twins().do(func(h *host) { h.looseProcess("microvm@db", "db") }),
		"a template that could not be read":     twins().fault(model.SourceSystemd).do(func(h *host) { h.o.Template = nil }),
		"a state directory that cannot be read": twins().fault(model.SourceStateDir).do(func(h *host) { h.o.StateDir.Directories = nil }),
	} {
		if got := model.Reason(h.inventory(), model.ActionStop, "db"); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	unread := twins().fault(model.SourceSystemd).do(func(h *host) { h.o.Template = nil })
	if got := model.Reason(unread.inventory(), model.ActionStart, "twin"); got != "" {
		t.Errorf("start with a template that could not be read: %q", got)
	}
	hidden := twins().declare(model.SystemLive, 0, configOf("twin")).do(func(h *host) {
		h.dir("twin").Current, h.dir("twin").Strange = nil, []model.Raw{"current is a dir"}
	})
	if got := model.Reason(hidden.inventory(), model.ActionStart, "twin"); got != "" {
		t.Errorf("start with a current that was not looked into: %q", got)
	}
}

func TestReasonReadOnly(t *testing.T) {
	i := twins().inventory()
	i.ReadOnly = "read-only"
	for _, action := range model.Actions {
		if got := model.Reason(i, action, "db"); got != "read-only" {
			t.Errorf("%s: %q", action, got)
		}
	}
}

func TestReasonOfNames(t *testing.T) {
	i := twins().inventory()
	for _, name := range []model.Raw{"", "..", "a/b", "-rf", "a b", "a\x1b[2J"} {
		if got := model.Reason(i, model.ActionStop, name); !strings.Contains(string(got), "is not a valid VM name") || strings.Contains(string(got), "\x1b") {
			t.Errorf("%q: %q", name, got)
		}
	}
	if got := model.Reason(i, "explode", "db"); got != `unknown action "explode"` {
		t.Errorf("an action that is none: %q", got)
	}
}

// TestRefusalStale: an order holds for the VM as it was shown.
func TestRefusalStale(t *testing.T) {
	running := twins().vm(t, "db")
	order := model.OrderFor(model.ActionStop, &running)
	if order.Seen != model.StateRunning || order.Invocation == "" {
		t.Fatalf("order: %+v", order)
	}
	anew := func(h *host) { h.main("db", "active", "running").Properties.Invocation = "another" }
	for _, test := range []struct {
		name  string
		order model.Order
		spoil func(*host)
		want  string // empty: not refused
	}{
		{"as it was", order, func(*host) {}, ""},
		{"stopped since", order, func(h *host) { h.main("db", "inactive", "dead"); h.o.Processes = nil }, "db is now stopped, it was running"},
		{"started anew since", order, anew, "db was restarted since"},
		{"any state", model.Order{Action: "stop", VM: "db"}, anew, ""},
		{"another life of a crash loop", model.Order{Action: "stop", VM: "db", Seen: model.StateCrashLoop, Invocation: "x"}, func(h *host) {
			badly(h.main("db", "activating", "auto-restart")).Properties.Restarts = 9
		}, ""},
	} {
		refused := model.Refusal(twins().do(test.spoil).inventory(), test.order)
		switch {
		case test.want == "" && refused != nil:
			t.Errorf("%s: %+v", test.name, refused)
		case test.want != "" && (refused == nil || string(refused.Reason) != test.want || refused.Kind != model.ErrStale):
			t.Errorf("%s: %+v", test.name, refused)
		}
	}
}

// TestPreflight: each conflict, from one fact more than a clean start has.
func TestPreflight(t *testing.T) {
	cid := func(n uint32) *uint32 { return &n }
	for _, test := range []struct {
		name  string
		spoil func(h *host)
		want  model.Conflict
		says  string
	}{
		{"interface", func(h *host) { h.runner("twin").Taps = []model.Raw{"vm-db"} },
			model.Conflict{Kind: model.ConflictInterface, What: "vm-db", Other: "db"}, "db is using interface vm-db: starting would tear it down"},
		{"macvtap", func(h *host) {
			h.runner("db").Macvtaps = []model.MacvtapEntry{{Name: "mv"}}
			h.runner("twin").Macvtaps = []model.MacvtapEntry{{Name: "mv", MAC: "02:00:00:00:00:09"}}
		}, model.Conflict{Kind: model.ConflictInterface, What: "mv", Other: "db"}, "db is using interface mv"},
		{"address", func(h *host) {
			h.runner("db").MACs, h.runner("twin").MACs = []model.Raw{"02:00:00:00:00:AA"}, []model.Raw{"02:00:00:00:00:aa"}
		}, model.Conflict{Kind: model.ConflictMAC, What: "02:00:00:00:00:aa", Other: "db"}, "db is running with the same MAC address"},
		{"vsock", func(h *host) { h.runner("db").VsockCID, h.runner("twin").VsockCID = cid(7), cid(7) },
			model.Conflict{Kind: model.ConflictVsock, What: "7", Other: "db"}, "db is running with the same vsock CID 7"},
		{"volume", func(h *host) {
			h.runner("db").Volumes, h.runner("twin").Volumes = []model.Raw{"/srv/x.img"}, []model.Raw{"/srv/x.img"}
		}, model.Conflict{Kind: model.ConflictVolume, What: "/srv/x.img", Other: "db"}, "db has volume /srv/x.img open"},
		{"volume in the other's directory", func(h *host) {
			h.runner("db").Volumes, h.runner("twin").Volumes = []model.Raw{"x.img"}, []model.Raw{stateDir + "/db/x.img"}
		}, model.Conflict{Kind: model.ConflictVolume, What: stateDir + "/db/x.img", Other: "db"}, "db has volume"},
		{"device", func(h *host) {
			h.runner("db").PCI, h.runner("twin").PCI = []model.Raw{"0000:06:00.1"}, []model.Raw{"0000:06:00.1"}
		}, model.Conflict{Kind: model.ConflictPCI, What: "0000:06:00.1", Other: "db"}, "db is using device 0000:06:00.1"},
		{"untrusted runner", func(h *host) { h.runner("twin").Trusted = false },
			model.Conflict{Kind: model.ConflictRunner, What: runnerOf("twin")}, "is not a root-owned path in the Nix store"},
		{"runner not read", func(h *host) { h.o.Runners = h.o.Runners[:1] },
			model.Conflict{Kind: model.ConflictUnread, What: stateDir + "/twin/current"}, "could not be read"},
		{"a start that waits in a queue", func(h *host) {
			queued(h, "db").unit("microvm-virtiofsd@db.service", "failed", "failed") // of an earlier life
			h.runner("twin").Taps = []model.Raw{"vm-db"}
		}, model.Conflict{Kind: model.ConflictInterface, What: "vm-db", Other: "db"}, "db is using interface vm-db"},
		{"a start that waits, of a runner other than the last", func(h *host) {
			queued(h, "db").dir("db").Current.Target = runnerOf("db") + "-new"
			h.runnerAt(runnerOf("db")+"-new", "db").Taps = []model.Raw{"vm-new"}
			h.runner("twin").Taps = []model.Raw{"vm-new"}
		}, model.Conflict{Kind: model.ConflictInterface, What: "vm-new", Other: "db"}, "db is using interface vm-new"},
		{"outside", func(h *host) { h.looseProcess("microvm@twin", "twin") },
			model.Conflict{Kind: model.ConflictOutside, What: "1002"}, "running outside its unit, as process 1002"},
		{"a TAP that something else has open", func(h *host) { h.tap("vm-twin").Carrier = ptr(true) },
			model.Conflict{Kind: model.ConflictInterface, What: "vm-twin"}, "interface vm-twin is in use by something else"},
		{"a bridge of that name", func(h *host) { h.link(model.Link{Name: "vm-twin", Kind: "bridge"}) },
			model.Conflict{Kind: model.ConflictInterface, What: "vm-twin"}, "starting would delete it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := model.Preflight(twins().inventory(), "twin"); len(got) != 0 {
				t.Fatalf("without it: %+v", got)
			}
			i := twins().do(test.spoil).inventory()
			got := model.Preflight(i, "twin")
			if !slices.Equal(got, []model.Conflict{test.want}) {
				t.Fatalf("%+v", got)
			}
			if !strings.Contains(string(got[0].Reason()), test.says) {
				t.Errorf("it says %q", got[0].Reason())
			}
			order := model.Order{Action: model.ActionStart, VM: "twin"}
			if refused := model.Refusal(i, order); refused == nil || refused.Kind != model.ErrRefused {
				t.Errorf("not accepted: %+v", refused)
			}
			order.Despite = got
			if refused := model.Refusal(i, order); (refused != nil) != got[0].Forbids() {
				t.Errorf("accepted: %+v", refused)
			}
		})
	}
}

// queued takes a VM's hypervisor away, and gives it a job that will start it.
func queued(h *host, vm model.Raw) *host {
	h.o.Processes, h.o.Links = nil, nil
	h.main(vm, "inactive", "dead").Job = &model.Job{ID: 7, Type: "start"}
	return h
}

// TestPreflightSpares: what is no conflict.
func TestPreflightSpares(t *testing.T) {
	same := func(h *host) { h.runner("twin").Taps = []model.Raw{"vm-db"} }
	for name, h := range map[string]*host{
		"the other is off":                    twins().do(same).do(func(h *host) { h.main("db", "inactive", "dead"); h.o.Processes, h.o.Links = nil, nil }),
		"a leftover TAP that nobody has open": twins().do(func(h *host) { h.tap("vm-twin") }),
		"both have a volume of the same name": twins().do(func(h *host) { h.runner("db").Volumes, h.runner("twin").Volumes = []model.Raw{"x"}, []model.Raw{"x"} }),
		"what the other claims, but not booted": twins().do(func(h *host) {
			h.dir("db").Current.Target = runnerOf("db") + "-new"
			h.runnerAt(runnerOf("db")+"-new", "db").Taps = []model.Raw{"vm-twin"}
		}),
	} {
		if got := model.Preflight(h.inventory(), "twin"); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := model.Preflight(twins().inventory(), "nosuch"); got != nil {
		t.Errorf("an unknown VM: %+v", got)
	}
	if got := model.Preflight(twins().inventory(), "db"); len(got) != 0 {
		t.Errorf("a VM that has its own interfaces: %+v", got)
	}
}

// TestRefusalCounts: several conflicts are one line; a start of what runs
// meets none; an accepted one does not cover another.
func TestRefusalCounts(t *testing.T) {
	h := twins().do(func(h *host) {
		h.runner("twin").Taps, h.runner("twin").MACs = []model.Raw{"vm-db"}, []model.Raw{"02:00:00:00:00:01"}
	})
	i := h.inventory()
	found := model.Preflight(i, "twin")
	refused := model.Refusal(i, model.Order{Action: model.ActionStart, VM: "twin"})
	if len(found) != 2 || refused == nil || !strings.HasSuffix(string(refused.Reason), "(and 1 more)") {
		t.Errorf("%+v: %+v", found, refused)
	}
	refused = model.Refusal(i, model.Order{Action: model.ActionStart, VM: "twin", Despite: found[:1]})
	if refused == nil || refused.Reason != found[1].Reason() {
		t.Errorf("one accepted: %+v", refused)
	}
	both := h.running("twin").inventory()
	if refused := model.Refusal(both, model.Order{Action: model.ActionStart, VM: "twin"}); refused != nil {
		t.Errorf("it runs: %+v", refused)
	}
	if refused := model.Refusal(both, model.Order{Action: model.ActionRestart, VM: "twin"}); refused == nil {
		t.Error("a restart would tear it down")
	}
}

func TestWhileSwitching(t *testing.T) {
	if got := model.WhileSwitching(model.Host{}); got != "" {
		t.Errorf("%q", got)
	}
	if got := model.WhileSwitching(model.Host{Switching: "nixos-rebuild"}); !strings.Contains(string(got), "nixos-rebuild") {
		t.Errorf("%q", got)
	}
}
