package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The program runs itself again in these roles, told by the environment.
const (
	stageKeeper  = "keeper"  // outside: owns the lab
	stageBuilder = "builder" // inside the new namespaces: becomes systemd
	stageTests   = "tests"   // inside: a test binary (see Main)
)

const (
	stageVariable   = "MICROTUI_LAB_STAGE"
	optionsVariable = "MICROTUI_LAB_OPTIONS"
	folderVariable  = "MICROTUI_LAB_FOLDER" // where the tests run
)

// What the keeper says on its standard output, a line each.
const (
	newsLocked = "locked" // it is this lab's turn
	newsReady  = "ready"  // PID and cgroup follow
	newsError  = "error"  // the text follows, its newlines as NUL
)

// Init must be called first in the main function (or the TestMain) of every
// program that boots a lab. In the process that the user started it does
// nothing; in a process that Boot started it does that process's part and
// does not return.
func Init() {
	stage := os.Getenv(stageVariable)
	run, known := map[string]func() error{stageKeeper: keep, stageBuilder: build}[stage]
	if !known {
		run, known = roles[stage]
	}
	if !known {
		run, known = programs[calledAs()]
	}
	if !known {
		return
	}
	err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// roles are the further roles of programs that work inside.
var roles = map[string]func() error{}

// Role adds a role in which the program can be run inside, see [RoleCommand].
// It is for package variables and init functions: Init looks for it.
func Role(name string, run func() error) { roles[name] = run }

// programs are roles that a copy of the program plays for its file's name.
var programs = map[string]func() error{}

// Program adds a role that a copy of the program plays whose file has this
// name, however it is called: a stand-in for a program that tests cannot have.
// It is for package variables and init functions.
func Program(name string, run func() error) { programs[name] = run }

// calledAs is the name of the program's own file.
func calledAs() string {
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Base(self)
}

// RoleCommand runs this program again in a role, with arguments.
func RoleCommand(name string, args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Args[0] = name
	cmd.Env = append(os.Environ(), stageVariable+"="+name)
	return cmd
}

func stageCommand(stage string, options []byte) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Args[0] = "lab-" + stage
	cmd.Env = append(os.Environ(), stageVariable+"="+stage, optionsVariable+"="+string(options))
	cmd.SysProcAttr = ownSession()
	return cmd
}
