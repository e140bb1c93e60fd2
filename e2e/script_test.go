package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"microtui/lab"
)

func TestMain(m *testing.M) {
	lab.Main(m, lab.Options{Program: true})
}

// TestScripts runs the built program as a user does: what it says, where, and
// with which exit status.
func TestScripts(t *testing.T) {
	program := buildProgram(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("MICROTUI", program)
			env.Setenv("LANG", "C.UTF-8")
			return nil
		},
		Condition: holds,
		Cmds:      map[string]func(*testscript.TestScript, bool, []string){"microtui": runProgram},
	})
}

// holds is a condition of a script: [lab], [root], and [exists:PATH].
func holds(condition string) (bool, error) {
	path, isPath := strings.CutPrefix(condition, "exists:")
	switch {
	case isPath:
		_, err := os.Stat(path)
		return err == nil, nil
	case condition == "lab":
		return lab.Inside(), nil
	case condition == "root":
		return os.Geteuid() == 0, nil
	}
	return false, fmt.Errorf("unknown condition %q", condition)
}

// buildProgram gives the path of the program, as it is shipped.
func buildProgram(t *testing.T) string {
	t.Helper()
	if lab.Inside() {
		return lab.ProgramPath
	}
	path := filepath.Join(t.TempDir(), "microtui")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, "microtui")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// runProgram is the script command `microtui STATUS ARGS…`: runs the program
// and checks the exit status.
func runProgram(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) == 0 {
		ts.Fatalf("usage: microtui STATUS ARGS…")
	}
	status := "0"
	if err := ts.Exec(ts.Getenv("MICROTUI"), args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("run: %v", err)
		}
		status = exit.ProcessState.String()[len("exit status "):]
	}
	if status != args[0] {
		ts.Fatalf("exit status %s, want %s", status, args[0])
	}
}
