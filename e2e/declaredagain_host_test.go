package e2e

import (
	"os"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// TestDeclaredAgain: a VM that is declared again after its purge has a fresh
// directory, and its data lies in the trash. That is told, a start asks, and a
// restore, with the name typed, puts one into the place of the other, and back.
func TestDeclaredAgain(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	declare := func() {
		host.Declare("web", fixture.Tap("vm-web"), fixture.Volume("data.img", 1))
		host.Switch()
	}
	declare()
	host.Stop("web")
	image := host.Dir("web") + "/data.img"
	if err := os.WriteFile(image, []byte("precious"), 0o640); err != nil {
		t.Fatal(err)
	}
	host.Undeclare("web")
	host.Switch()
	shell(t, lab.ProgramPath, "purge", "web", "--yes")
	declare()
	holds := func(want string) {
		t.Helper()
		if text, err := os.ReadFile(image); err != nil || strings.HasPrefix(string(text), "precious") != (want == "precious") {
			t.Errorf("it holds %.10q, not %s; %v", text, want, err)
		}
	}
	holds("nothing")
	for _, args := range [][]string{{"doctor", "web"}, {"show", "web"}} {
		if _, said := tried(t, args...); !strings.Contains(said, "an older one, with data, is in the trash") {
			t.Errorf("%q says\n%s", args, said)
		}
	}
	shell(t, lab.ProgramPath, "stop", "web")
	if status, said := tried(t, "start", "web"); status != 3 || !strings.Contains(said, "microtui restore") {
		t.Errorf("start: status %d\n%s", status, said)
	}
	shell(t, lab.ProgramPath, "start", "web", "--yes")
	status, said := tried(t, "restore", "web")
	if status != 3 || !strings.Contains(said, "exists again") || !strings.Contains(said, "was purged") || !strings.Contains(said, "--confirm web") {
		t.Errorf("restore: status %d\n%s", status, said)
	}
	holds("nothing")

	shell(t, lab.ProgramPath, "restore", "web", "--confirm", "web")
	holds("precious")
	if _, said := tried(t, "doctor", "web"); strings.Contains(said, "older-in-trash") {
		t.Errorf("restored, and the doctor says\n%s", said)
	}
	shell(t, lab.ProgramPath, "start", "web")
	shell(t, lab.ProgramPath, "restore", "web", "--confirm", "web")
	holds("nothing")
	shell(t, lab.ProgramPath, "restore", "web", "--confirm", "web")
	holds("precious")
}
