package execute

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/process"
	"microtui/lab"
	"microtui/model"
)

func TestMain(m *testing.M) { lab.Main(m, lab.Options{}) }

// Who has a directory open in passing does not keep it from being moved; who
// stays does.
func TestLastingUser(t *testing.T) {
	lab.Require(t) // root alone sees who uses a directory
	path := t.TempDir()
	var status unix.Stat_t
	if err := unix.Stat(path, &status); err != nil {
		t.Fatal(err)
	}
	id := model.FileID{Dev: status.Dev, Ino: status.Ino}
	stays := func(process.Holder) (bool, error) { return false, nil }

	// This process is not looked at, so another one has to use it.
	reader, err := os.StartProcess("/bin/sleep", []string{"sleep", "60"}, &os.ProcAttr{Dir: path})
	if err != nil {
		t.Skip(err)
	}
	began := time.Now()
	time.AfterFunc(3*lookAgain, func() { _ = reader.Kill(); _, _ = reader.Wait() })
	if user, err := lastingUser(t.Context(), path, id, stays); err != nil || user != nil || time.Since(began) < 2*lookAgain {
		t.Errorf("after %s: %+v, %v", time.Since(began), user, err)
	}

	stayer, err := os.StartProcess("/bin/sleep", []string{"sleep", "60"}, &os.ProcAttr{Dir: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stayer.Kill(); _, _ = stayer.Wait() }()
	if user, err := lastingUser(t.Context(), path, id, stays); err != nil || user == nil || user.PID != stayer.Pid {
		t.Errorf("%+v, %v", user, err)
	}
	goes := func(process.Holder) (bool, error) { return true, nil }
	if user, err := lastingUser(t.Context(), path, id, goes); err != nil || user != nil {
		t.Errorf("%+v, %v", user, err)
	}
}
