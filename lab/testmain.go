package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Main is the body of a TestMain whose tests need a host. It boots a lab, runs
// the same test binary inside, in its package's folder and with the flags that
// go test gave it, passes its output on and exits with its status. The
// module's folder and the files that go test asks for (coverage, profiles) are
// the machine's own. Where no lab can be booted the tests run all the same, on
// this machine: those that call [Require] skip.
func Main(m *testing.M, o Options) {
	Init()
	switch {
	case os.Getenv(stageVariable) == stageTests:
		os.Exit(runInside(m))
	case whyNot() != "", isListing(os.Args[1:]):
		os.Exit(m.Run())
	}
	status, err := runTests(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// wishVariable holds what the person who runs the tests wants: "require" makes
// a skip for want of a lab a failure, "off" boots none.
const wishVariable = "MICROTUI_LAB"

// Require skips a test that does not run inside a lab, and says why.
func Require(t testing.TB) {
	t.Helper()
	switch reason := whyNot(); {
	case Inside():
	case reason == "":
		t.Fatal("not in a lab: TestMain does not call lab.Main")
	case os.Getenv(wishVariable) == "require":
		t.Fatal(reason)
	default:
		t.Skip(reason)
	}
}

// Inside reports whether this process runs on a lab.
func Inside() bool {
	_, err := os.Stat(readyFile)
	return err == nil
}

func whyNot() string {
	if os.Getenv(wishVariable) == "off" {
		return wishVariable + "=off"
	}
	return Unavailable()
}

func runInside(m *testing.M) int {
	if err := os.Chdir(os.Getenv(folderVariable)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, name := range []string{stageVariable, optionsVariable, folderVariable} {
		os.Unsetenv(name)
	}
	return m.Run()
}

// runTests boots a lab and runs this binary's tests in it.
func runTests(o Options) (status int, err error) {
	folder, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	module, err := moduleFolder(folder)
	if err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	name := filepath.Base(self)
	o.Files = with(o.Files, name, self)
	o.Bind = append(append(o.Bind, module), outputFolders(folder, os.Args[1:])...)
	ctx := context.Background()
	l, err := Boot(ctx, o)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	tests := l.Command(ctx, filepath.Join(Folder, name), passedOn(os.Args[1:])...)
	tests.Stdin, tests.Stdout, tests.Stderr = os.Stdin, os.Stdout, os.Stderr
	tests.Env = append(tests.Env, stageVariable+"="+stageTests, folderVariable+"="+folder, "PWD="+folder)
	err = tests.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}
