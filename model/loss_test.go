package model_test

import (
	"strings"
	"testing"

	"microtui/model"
)

// holding is a VM that runs, and whose process in a role has something open that
// was deleted.
func holding(role model.Role, files ...model.OpenFile) *host {
	h := newHost().imperative("web").running("web")
	p := h.processIn(role, "web")
	p.Unlinked = files
	return h
}

func deleted(path model.Raw) model.OpenFile {
	return model.OpenFile{FD: 9, Path: path, Type: "file", ID: model.FileID{Dev: 7, Ino: 9}, Writes: true}
}

// TestLosses: what the guest writes is lost with its processes; memory, logs and
// what the guest itself deleted in a share are not.
func TestLosses(t *testing.T) {
	image := deleted(stateDir + "/web/data.img")
	read, dir, handle := image, image, image
	read.Writes, dir.Type, handle.Writes, handle.Handle = false, "dir", false, true
	served := func(source model.Raw, gone bool, files ...model.OpenFile) *host {
		h := holding(model.RoleVirtiofsd, files...)
		p := h.processIn(model.RoleVirtiofsd, "web")
		p.Comm, p.Serves = "virtiofsd", &model.Served{Source: source, Deleted: gone}
		return h
	}
	for name, test := range map[string]struct {
		h    *host
		want string // the first loss's command; empty: none
	}{
		"image":                         {holding(model.RoleVM, image), "cp --sparse=always /proc/PID/fd/9 DEST"},
		"image elsewhere":               {holding(model.RoleVM, deleted("/srv/img/web.img")), "cp --sparse=always /proc/PID/fd/9 DEST"},
		"image of a helper":             {holding(model.RoleTap, image), "cp --sparse=always /proc/PID/fd/9 DEST"},
		"elsewhere, of a helper":        {holding(model.RoleTap, deleted("/tmp/sh-thd.1")), ""},
		"only read":                     {holding(model.RoleVM, read), ""},
		"memory":                        {holding(model.RoleVM, deleted("/memfd:ram")), ""},
		"shared memory":                 {holding(model.RoleVM, deleted("/dev/shm/ram")), ""},
		"a log":                         {holding(model.RoleVM, deleted("/var/log/web.log")), ""},
		"an overlay that is to forget":  {holding(model.RoleVM, deleted("/var/tmp/vl.aB3dEf")), ""},
		"supervisord's log":             {holding(model.RoleVirtiofsd, deleted(stateDir+"/web/supervisord.log")), ""},
		"deleted by the guest":          {served("persist", false, deleted("/db/tmp")), ""},
		"a share's directory":           {served("persist", true), "cp -a --sparse=always /proc/PID/root/. DEST"},
		"secrets that were renewed":     {served("/run/secrets", true, handle), ""},
		"recorded by an older version":  {holding(model.RoleVM).do(func(h *host) { h.processIn(model.RoleVM, "web").Deleted = []model.Raw{stateDir + "/web/x"} }), "find N with ls -l /proc/PID/fd: cp --sparse=always /proc/PID/fd/N DEST"},
		"a directory that is no share":  {holding(model.RoleVM, dir), ""},
		"of a file that qemu has twice": {holding(model.RoleVM, image, image), "cp --sparse=always /proc/PID/fd/9 DEST"},
	} {
		lost := test.h.inventory().Losses("web")
		if test.want == "" {
			if len(lost) > 0 {
				t.Errorf("%s: %+v", name, lost)
			}
			continue
		}
		if len(lost) != 1 {
			t.Errorf("%s: %+v", name, lost)
			continue
		}
		pid := strings.Fields(strings.SplitN(string(lost[0].Words()), "process ", 2)[1])[0]
		if got := strings.ReplaceAll(string(lost[0].Command()), pid, "PID"); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// TestLossesAreTyped: what ends the processes needs the VM's name, and no count.
func TestLossesAreTyped(t *testing.T) {
	h := holding(model.RoleVM, deleted(stateDir+"/web/data.img"))
	i := h.inventory()
	for _, action := range []model.Action{model.ActionStop, model.ActionRestart, model.ActionKill} {
		refused := model.Refusal(i, model.Order{Action: action, VM: "web"})
		if refused == nil || !strings.Contains(string(refused.Reason), "/fd/9 DEST") {
			t.Errorf("%s: %+v", action, refused)
		}
		agreed := model.Order{Action: action, VM: "web", Despite: model.Against(i, action, "web")}
		if refused := model.Refusal(i, agreed); refused != nil {
			t.Errorf("%s, agreed to: %+v", action, refused)
		}
	}
	// One that came after the plan was agreed to.
	before := purge(newHost().imperative("web").running("web"), "web")
	if len(model.Differences(i, before.Items[0].Steps[0])) == 0 {
		t.Error("deleted since, and the stop holds still")
	}
	h.undeclared("old").imperative("db")
	p := purge(h, "web", "old")
	if word, _ := p.Consent(); word != "web" {
		t.Errorf("of several, %q is typed", word)
	}
	if word, _ := model.PlanRestart(i, []model.Raw{"web"}).Consent(); word != "web" {
		t.Errorf("for a restart, %q is typed", word)
	}
}

// TestCleanUpLosesNothing: an orphan whose stop loses a file is left alone, and
// the reason is said.
func TestCleanUpLosesNothing(t *testing.T) {
	h := newHost().declared("db").undeclared("old").running("old")
	if p := cleanUp(h, model.CleanUpOptions{Running: true, Data: true}); len(p.Items) != 1 {
		t.Fatalf("refused %v", p.Refused)
	}
	h.processIn(model.RoleVM, "old").Unlinked = []model.OpenFile{deleted(stateDir + "/old/data.img")}
	p := cleanUp(h, model.CleanUpOptions{Running: true, Data: true})
	if len(p.Items) != 0 || len(p.Refused) != 1 || !strings.Contains(string(p.Refused[0].Reason), "microtui purge old") {
		t.Errorf("items %v, refused %v", steps(p), p.Refused)
	}
	if n := h.inventory().CleanableCount(); n != 0 {
		t.Errorf("%d to clean up", n)
	}
}

// processIn is the process of a VM's unit in a role, and makes it where there is
// none: its name is no hypervisor's outside of the VM's own unit.
func (h *host) processIn(role model.Role, vm model.Raw) *model.Process {
	unit := "/system.slice/system-microvm.slice/" + model.UnitName(role, vm)
	for at := range h.o.Processes {
		if h.o.Processes[at].Cgroup == unit {
			return &h.o.Processes[at]
		}
	}
	p := h.process(vm, role)
	if role != model.RoleVM {
		p.Argv0, p.Comm = "/nix/store/x/bin/helper", "helper"
	}
	return p
}
