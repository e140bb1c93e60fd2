package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/model"
)

func cleanUp(h *host, o model.CleanUpOptions) model.Plan {
	return model.PlanCleanUp(h.inventory(), o)
}

// ticked are the names of a plan's ticked items.
func ticked(p model.Plan) []model.Raw { return p.Chosen().Names() }

// littered is a host with one leftover of each kind, and VMs that stay.
func littered() *host {
	h := newHost().declared("db").imperative("web").manual("ci").deployed("api").declared("mail").declared("dns").declared("ntp").manual("lab").
		undeclared("plain").undeclared("data").undeclared("busy").running("busy").
		root("dead", "dead", "current")
	h.dir("data").Files = []model.File{
		{Name: "supervisord.log", Type: "file", Modified: now},
		{Name: "data.img", Type: "file", Modified: now.Add(-72 * time.Hour)},
		{Name: "notes", Type: "file", Modified: now.Add(-96 * time.Hour)},
	}
	h.dir("data").Bytes = ptr(uint64(1 << 30))
	h.tap("leak")
	h.macvtap("mv-leak")
	h.unit("microvm@dead.service", "failed", "failed")
	h.unit("microvm-virtiofsd@lost.service", "active", "running")
	p := h.looseProcess("virtiofsd", "lost")
	p.Comm, p.Cwd.Deleted = "virtiofsd", true
	h.o.Trash = []model.TrashEntry{
		{ID: "t.1", Name: "old", ExpiresAt: now.Add(-time.Hour), Directory: model.FileID{Dev: 1, Ino: 70}, Bytes: ptr(uint64(5))},
		{ID: "t.2", Name: "fresh", ExpiresAt: now.Add(time.Hour)},
		{ID: "t.3", Name: "precious", Data: true},
	}
	return h
}

// TestCleanUp: what it does about each kind of leftover, and in which order.
func TestCleanUp(t *testing.T) {
	p := cleanUp(littered(), model.CleanUpOptions{})
	expectSteps(t, p,
		"end_process process 1002", "stop unit microvm-virtiofsd@lost.service", "reset_failed unit microvm@dead.service",
		"delete_link tap leak", "delete_link macvtap mv-leak", "remove_root gcroot dead",
		"stop vm busy", "quarantine state_dir busy", "delete_link tap vm-busy", "reset_failed unit microvm-set-booted@busy.service",
		"reset_failed unit microvm-tap-interfaces@busy.service", "reset_failed unit microvm@busy.service",
		"quarantine state_dir data", "quarantine state_dir plain", "delete trash t.1")
	if len(p.Refused) > 0 || p.SafetyWarning != "" {
		t.Errorf("refused %v, warning %q", p.Refused, p.SafetyWarning)
	}
	want := []model.Raw{"microvm@dead.service", "leak", "mv-leak", "dead", "plain", "old"}
	if got := ticked(p); !slices.Equal(got, want) {
		t.Errorf("ticked %q, want %q", got, want)
	}
	if word, count := p.Consent(); word != "" || count != len(want) {
		t.Errorf("what can be undone asks for %q of %d", word, count)
	}
	if vms, loose := p.Locks(); !loose || !slices.Contains(vms, "busy") || !slices.Contains(vms, "lost") {
		t.Errorf("locks %q, loose %v", vms, loose)
	}
	all := cleanUp(littered(), model.CleanUpOptions{Data: true})
	now, later := all.Freed()
	if now != 5 || later != 1<<30 || all.FreedText() != "frees 5 now, 1.0G once the trash is emptied" {
		t.Errorf("frees %d now and %d later: %s", now, later, all.FreedText())
	}
	for _, s := range p.Items[3].Steps {
		expectFacts(t, s, model.FactVerdict, model.FactSystem, model.FactIndex, model.FactLinkKind, model.FactOwner, model.FactHeld)
	}
}

func TestCleanUpTicks(t *testing.T) {
	for _, test := range []struct {
		options model.CleanUpOptions
		more    []model.Raw
	}{
		{model.CleanUpOptions{Data: true}, []model.Raw{"data"}},
		{model.CleanUpOptions{Running: true}, []model.Raw{"1002", "microvm-virtiofsd@lost.service", "busy"}},
		{model.CleanUpOptions{Data: true, Running: true}, []model.Raw{"1002", "microvm-virtiofsd@lost.service", "busy", "data"}},
	} {
		before, got := ticked(cleanUp(littered(), model.CleanUpOptions{})), ticked(cleanUp(littered(), test.options))
		got = slices.DeleteFunc(got, func(name model.Raw) bool { return slices.Contains(before, name) })
		if !slices.Equal(got, test.more) {
			t.Errorf("%+v ticks %q more, want %q", test.options, got, test.more)
		}
	}
}

// TestCleanUpTells: what one wants to know before agreeing.
func TestCleanUpTells(t *testing.T) {
	p := cleanUp(littered(), model.CleanUpOptions{})
	item := func(name model.Raw) model.Item {
		return p.Items[slices.Index(p.Names(), name)]
	}
	data, busy := item("data"), item("busy")
	if !data.Data || data.Running || data.Removed != "generation 42 of 3 November 2026" || *data.Bytes != 1<<30 || len(data.Evidence) == 0 {
		t.Errorf("data: %+v", data)
	}
	if want := now.Add(-72 * time.Hour); !data.Written.Equal(want) {
		t.Errorf("written %s, want %s: a log is no data", data.Written, want)
	}
	if busy.Data || !busy.Running || busy.HeldBy != "process 1001 (qemu-system-x86)" {
		t.Errorf("busy: %+v", busy)
	}
	if lost := item("microvm-virtiofsd@lost.service"); !lost.Running || !lost.Undoable() {
		t.Errorf("lost: %+v", lost)
	}
	if process := item("1002"); process.HeldBy != "process 1002 (virtiofsd)" {
		t.Errorf("process: %+v", process)
	}
}

// TestCleanUpSafetyWarning: many orphans at once are more likely a mistake.
func TestCleanUpSafetyWarning(t *testing.T) {
	host := func(kept, gone int) *host {
		h := newHost()
		for n := range kept {
			h.declared(model.Raw("kept" + string(rune('a'+n))))
		}
		for n := range gone {
			h.undeclared(model.Raw("gone" + string(rune('a'+n))))
		}
		h.tap("leak")
		return h
	}
	for _, test := range []struct {
		kept, gone int
		warns      bool
	}{{7, 3, false}, {6, 3, true}, {1, 2, false}, {1, 3, true}, {17, 7, false}, {16, 7, true}} {
		p := cleanUp(host(test.kept, test.gone), model.CleanUpOptions{Data: true, Running: true})
		if got := p.SafetyWarning != ""; got != test.warns || len(p.Items) != test.gone+1 {
			t.Errorf("%d of %d: warning %q, %d items", test.gone, test.gone+test.kept, p.SafetyWarning, len(p.Items))
		}
		want := test.gone + 1
		if test.warns {
			want = 1 // the interface
		}
		if got := len(ticked(p)); got != want {
			t.Errorf("%d of %d: %d are ticked, want %d", test.gone, test.gone+test.kept, got, want)
		}
	}
}

// TestCleanUpBarred: as a whole, or one thing of it.
func TestCleanUpBarred(t *testing.T) {
	switching := littered()
	switching.o.Host.Switching = "nixos-rebuild (412)"
	expectRefused(t, cleanUp(switching, model.CleanUpOptions{}), "wait until it is done", model.ErrBusy)
	if got := model.ReasonFor(switching.inventory(), model.ActionCleanUp, ""); !strings.Contains(string(got), "nixos-rebuild") {
		t.Errorf("reason: %q", got)
	}
	denied := littered()
	denied.o.Host.Privileged = false
	expectRefused(t, cleanUp(denied, model.CleanUpOptions{}), "run as root", model.ErrDenied)

	mounted := newHost().declared("db").undeclared("gone").undeclared("plain")
	mounted.o.StateDir.Mounts = []model.Mount{{Unit: "x.mount", Where: stateDir + "/gone/data", Active: true}}
	p := cleanUp(mounted, model.CleanUpOptions{})
	expectSteps(t, p, "quarantine state_dir plain")
	if len(p.Refused) != 1 || p.Refused[0].Ref.Name != "gone" || !strings.Contains(string(p.Refused[0].Reason), "mounted inside") {
		t.Errorf("refused: %v", p.Refused)
	}
}

// TestCleanUpGhost: a VM without a directory goes before those that have one,
// since an empty state directory proves nothing.
func TestCleanUpGhost(t *testing.T) {
	h := newHost().declared("db").undeclared("early").undeclared("late").running("late").deleteUnderneath("late")
	p := cleanUp(h, model.CleanUpOptions{Running: true})
	if got := p.Names(); !slices.Equal(got, []model.Raw{"late", "early"}) {
		t.Errorf("items: %q", got)
	}
	if word, count := p.Consent(); word != "2" || count != 2 {
		t.Errorf("consent: %q of %d", word, count)
	}
}

// TestCleanUpWithoutTime: nothing expires where the time is not known.
func TestCleanUpWithoutTime(t *testing.T) {
	h := littered()
	h.o.At = time.Time{}
	if p := cleanUp(h, model.CleanUpOptions{}); slices.Contains(steps(p), "delete trash t.1") {
		t.Error("an entry of the trash expires at no time")
	}
}

// TestHoldsDataOfNone: a directory that is not listed holds nothing, unless
// that is because the state directory could not be read.
func TestHoldsDataOfNone(t *testing.T) {
	for want, h := range map[bool]*host{false: newHost(), true: newHost().fault(model.SourceStateDir)} {
		if got := h.inventory().HoldsData("gone"); got != want {
			t.Errorf("data %v, want %v", got, want)
		}
	}
}

// TestHoldsData: what microvm.nix did not make is data, and so is what could
// not be looked at.
func TestHoldsData(t *testing.T) {
	file := func(name model.Raw, kind string) func(*host) {
		return func(h *host) { h.dir("gone").Files = []model.File{{Name: name, Type: kind}} }
	}
	for name, test := range map[string]struct {
		change func(*host)
		data   bool
	}{
		"nothing":                {func(h *host) {}, false},
		"booted":                 {func(h *host) { h.dir("gone").Booted = &model.Symlink{Target: "/nix/store/x"} }, false},
		"a socket":               {file("forge.sock", "socket"), false},
		"a log":                  {file("supervisord.log", "file"), false},
		"an older log":           {file("supervisord.log.1", "file"), false},
		"a pid":                  {file("supervisord.pid", "file"), false},
		"virtiofsd's pid":        {file("gone-virtiofs-store.sock.pid", "file"), false},
		"a deployment's rest":    {file("new", "link"), false},
		"an image":               {file("root.img", "file"), true},
		"a directory":            {file("home", "dir"), true},
		"a link":                 {file("result", "link"), true},
		"a file called new":      {file("new", "file"), true},
		"a file called a socket": {file("db.sock", "file"), true},
		"another log":            {file("app.log", "file"), true},
		"a database's pid":       {file("postmaster.pid", "file"), true},
		"kvmtool's":              {file(".lkvm", "dir"), true},
		"instance":               {file("instance", "dir"), true},
		"a volume with the name of a log": {func(h *host) {
			h.runner("gone").Volumes = []model.Raw{"./supervisord.log"}
			file("supervisord.log", "file")(h)
		}, true},
		"a volume by its whole path": {func(h *host) {
			h.runner("gone").Volumes = []model.Raw{stateDir + "/gone/supervisord.log"}
			file("supervisord.log", "file")(h)
		}, true},
		"a volume elsewhere": {func(h *host) {
			h.runner("gone").Volumes = []model.Raw{"/srv/supervisord.log", "../supervisord.log"}
			file("supervisord.log", "file")(h)
		}, false},
		"a share with the name of a socket": {func(h *host) {
			h.runner("gone").Shares = []model.Share{{Tag: "a", Source: "run.sock"}}
			file("run.sock", "socket")(h)
		}, true},
		"more than is listed": {func(h *host) { h.dir("gone").Files = make([]model.File, 256) }, true},
	} {
		p := purge(newHost().declared("db").undeclared("gone").do(test.change), "gone")
		if len(p.Items) != 1 {
			t.Errorf("%s: refused %v", name, p.Refused)
		} else if got := p.Items[0].Data; got != test.data {
			t.Errorf("%s: data %v, want %v", name, got, test.data)
		}
	}
	strange := purge(newHost().imperative("web").do(func(h *host) { h.dir("web").Strange = []model.Raw{"old is a directory"} }), "web")
	if len(strange.Items) != 1 || !strange.Items[0].Data {
		t.Errorf("strange: %+v, refused %v", strange.Items, strange.Refused)
	}
}

// TestCleanUpUnseen: where no leftover is found since something could not be
// read, that is told; nothing left over is another answer.
func TestCleanUpUnseen(t *testing.T) {
	o := model.Observation{Host: model.Host{Name: "nixhost", Privileged: true}, StateDir: model.StateDir{Path: "/var/lib/microvms"}}
	if p := model.PlanCleanUp(model.Interpret(o), model.CleanUpOptions{}); len(p.Refused) > 0 {
		t.Errorf("all was read: %+v", p.Refused)
	}
	o.Faults = []model.Fault{{Source: model.SourceSystemd, Error: "no system bus"}}
	p := model.PlanCleanUp(model.Interpret(o), model.CleanUpOptions{})
	want := model.Blocked{Ref: model.Ref{Kind: model.KindHost, Name: "nixhost"}, Reason: "leftovers could not be determined: units could not be read: no system bus", Kind: model.ErrRefused}
	if len(p.Refused) != 1 || p.Refused[0] != want {
		t.Errorf("systemd was not read: %+v", p.Refused)
	}
}
