// Command cmd opens a throwaway microvm.nix host with every kind of VM and of
// leftover on it:
//
//	go run ./lab/cmd                   a shell there, with microtui in its path
//	go run ./lab/cmd microtui [ARGS]   the program there
//	go run ./lab/cmd -- CMD [ARGS]     any command there
//
// The host is gone when that ends. It needs root and Debian packages, and says
// which are missing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
)

// rolePopulate makes the host's content, inside.
const rolePopulate = "populate"

func init() { lab.Role(rolePopulate, populate) }

func main() {
	lab.Init()
	status, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// command is what to run inside, for the arguments of this program.
func command(args []string) (argv []string, program bool, err error) {
	switch {
	case len(args) == 0:
		return []string{"bash", "--norc"}, true, nil
	case args[0] == "microtui":
		return append([]string{lab.ProgramPath}, args[1:]...), true, nil
	case args[0] == "--" && len(args) > 1:
		return args[1:], false, nil
	}
	return nil, false, errors.New("usage: cmd [microtui [ARGS] | -- CMD [ARGS]]")
}

func run(args []string) (status int, err error) {
	argv, program, err := command(args)
	if err != nil {
		return 2, err
	}
	// The terminal's keys are for the command inside; this program stays to
	// take the host apart. (Notify, not Ignore: that would be inherited.)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGQUIT)
	self, err := os.Executable()
	if err != nil {
		return 1, err
	}
	start := time.Now()
	ctx := context.Background()
	l, err := lab.Boot(ctx, lab.Options{Files: map[string]string{"lab": self}, Program: program})
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	booted := time.Since(start)
	prepare := l.RoleCommand(ctx, rolePopulate, lab.Folder+"/lab")
	prepare.Stdout, prepare.Stderr = os.Stderr, os.Stderr
	if err := prepare.Run(); err != nil {
		return 1, fmt.Errorf("populate host: %w", err)
	}
	fmt.Fprintf(os.Stderr, "lab: up after %.1f s, populated after %.1f s\n", booted.Seconds(), time.Since(start).Seconds())
	inside := l.Command(ctx, argv[0], argv[1:]...)
	inside.Stdin, inside.Stdout, inside.Stderr = os.Stdin, os.Stdout, os.Stderr
	inside.Env = append(inside.Env, `PS1=nixhost\$ `, "PATH="+filepath.Dir(lab.ProgramPath)+":"+os.Getenv("PATH"))
	err = inside.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}

func populate() error {
	h := fixture.NewHost(fixture.Alone{}, fixture.Options{})
	fixture.Showcase(h)
	return nil
}
