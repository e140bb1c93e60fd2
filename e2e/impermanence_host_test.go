package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// TestRootMadeAnew: of a host only the state directory persists. What was purged
// is listed and comes back after /var/lib/microtui is gone, its runner is held
// all the time, what was kept is kept, and the doctor says once what is lost.
func TestRootMadeAnew(t *testing.T) {
	lab.Require(t)
	const home, roots = "/var/lib/microtui", "/nix/var/nix/gcroots/microtui"
	host := fixture.NewHost(t, fixture.Options{})
	shell(t, "mkdir", "-p", home)
	shell(t, "mount", "-t", "tmpfs", "-o", "mode=0711", "tmpfs", home)
	t.Cleanup(func() { shell(t, "umount", "-l", home) })
	boot := func() {
		leavesNoService(t)
		shell(t, "umount", "-l", home)
		shell(t, "mount", "-t", "tmpfs", "-o", "mode=0711", "tmpfs", home)
	}
	for _, vm := range []string{"db", "web", "other"} {
		host.Create(vm, fixture.Tap("vm-"+vm))
	}
	if err := os.WriteFile(host.Dir("db")+"/data.img", []byte("data"), 0o640); err != nil {
		t.Fatal(err)
	}
	held := func() int {
		links, err := filepath.Glob(roots + "/trash.*")
		if err != nil {
			t.Fatal(err)
		}
		return len(links)
	}
	says := func(want string, args ...string) {
		t.Helper()
		if said := shell(t, lab.ProgramPath, args...); !strings.Contains(said, want) {
			t.Errorf("%q says\n%s", args, said)
		}
	}
	shell(t, lab.ProgramPath, "keep", "web", "--note", "mine")
	shell(t, lab.ProgramPath, "purge", "db", "--confirm", "db")
	if held() == 0 {
		t.Fatal("its runner is not held")
	}
	boot()
	says("db", "trash")
	says("web", "keep", "--list")
	if said := shell(t, lab.ProgramPath, "doctor"); strings.Count(said, "volatile-records") != 1 {
		t.Errorf("the doctor says\n%s", said)
	}
	// The store's links are lost too, and made anew by whatever is done next.
	shell(t, "sh", "-c", "rm "+roots+"/trash.*")
	shell(t, lab.ProgramPath, "purge", "other", "--confirm", "other")
	leavesNoService(t)
	if held() < 2 {
		t.Errorf("%d runners in the trash are held", held())
	}
	boot()
	says("db", "trash")
	shell(t, lab.ProgramPath, "restore", "db")
	if text, err := os.ReadFile(host.Dir("db") + "/data.img"); err != nil || string(text) != "data" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := os.Readlink("/nix/var/nix/gcroots/microvm/db"); err != nil {
		t.Error(err)
	}
	says("web", "keep", "--list")
	shell(t, lab.ProgramPath, "keep", "--drop", "web")
	boot()
	if said := shell(t, lab.ProgramPath, "keep", "--list"); strings.Contains(said, "web") {
		t.Errorf("dropped, and kept after a boot: %s", said)
	}
}
