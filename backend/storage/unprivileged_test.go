package storage

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"microtui/lab"
	"microtui/model"
)

// Without root, what may not be looked at is unknown, and not missing.
func TestUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 && os.Getenv(nobodyVariable) == "" {
		t.Skip("needs root, to run as nobody")
	}
	const closed = "/srv/closed"
	if os.Geteuid() == 0 {
		lab.Require(t)
		must(t, os.MkdirAll(closed+"/secrets.d/1", 0o755))
		t.Cleanup(func() { os.RemoveAll(closed) })
		must(t, os.Symlink(closed+"/secrets.d/1", closed+"/secrets"))
		must(t, os.Chmod(closed+"/secrets.d", 0o711))
		must(t, os.MkdirAll(closed+"/gcroots/microtui", 0o700))
		must(t, os.MkdirAll(closed+"/private/web", 0o755))
		must(t, os.Chmod(closed+"/private", 0o700))
		asNobody(t)
		return
	}
	reading := New().Read(t.Context(), Question{
		Sources: []model.Raw{closed + "/private/web", closed + "/private", closed + "/none"},
		Volumes: []model.Raw{closed + "/private/web/disk.img"}, Remote: local,
	})
	sources := byPath(reading.Sources)
	if s := sources[closed+"/private/web"]; !strings.Contains(string(s.Fault), "permission denied") || s.Exists {
		t.Errorf("%+v", s)
	}
	if s := sources[closed+"/private"]; !s.Exists || s.Fault != "" {
		t.Errorf("%+v", s)
	}
	if s := sources[closed+"/none"]; s.Exists || s.Fault != "" {
		t.Errorf("%+v", s)
	}
	if v := reading.Volumes[0]; v.Fault == "" {
		t.Errorf("%+v", v)
	}
	p := secretPlace{link: closed + "/secrets", folder: closed + "/secrets.d"}
	if store, ok := p.read(time.Now()); !ok || store.Current != 1 || store.Kept != nil {
		t.Errorf("%+v", store)
	}
	r := newRootReader(closed + "/gcroots")
	if roots := r.read(t.Context(), Question{}, readMounts(local), time.Now()); roots != nil {
		t.Errorf("%+v", roots)
	}
}

// nobodyVariable is set in a test that runs again as nobody.
const nobodyVariable = "TEST_AS_NOBODY"

// asNobody runs a test again as user nobody.
func asNobody(t *testing.T) {
	t.Helper()
	self, err := os.Open("/proc/self/exe")
	must(t, err)
	defer self.Close()
	cmd := exec.Command("/proc/self/fd/3", "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.ExtraFiles, cmd.Dir, cmd.Env = []*os.File{self}, "/", []string{"MICROTUI_LAB=off", nobodyVariable + "=1"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}
