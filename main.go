// Command microtui shows the microVMs of a microvm.nix host, and what was left
// behind, starts and stops them, and tells what they say. This package picks a
// host and opens a face on it: it alone knows both, and holds no rule of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"microtui/backend"
	"microtui/cli"
	"microtui/tui"
)

func main() {
	syscall.Umask(0o077)
	collectLate()
	env := keepEnvironment(os.Environ())
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, env))
}

// run is the program: arguments without its own name, streams and environment
// in, exit status out.
func run(args []string, stdin, stdout, stderr *os.File, env []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // the first one asks, the next one kills
	configuration := readOnce(env)
	caps := tui.TerminalCapsFrom(env)
	program := cli.Program{
		Open: func(_ context.Context, c cli.Choice) (cli.Host, error) { return open(c) },
		Screen: func(ctx context.Context, c cli.Choice) error {
			collectSoon()
			wanted, err := configuration()
			if err != nil {
				return err
			}
			o := screenOf(env, wanted)
			o.Input, o.Output, o.Folder = stdin, stdout, exportFolder(env)
			return show(ctx, c, o)
		},
		Configure: func() (cli.Settings, error) {
			wanted, err := configuration()
			return settingsOf(wanted, outputStyle(terminalFor(env, wanted), stdout)), err
		},
		CollectPolicy:   collectPolicy,
		Enter:           enter,
		Log:             openLog,
		Carry:           carry,
		ReplaceFile:     backend.ReplaceFile,
		Out:             stdout,
		Err:             stderr,
		AwaitReaderGone: func() { awaitReaderGone(stdout) },
		Style:           outputStyle(caps, stdout),
	}
	if isTerminal(stderr) && caps.Term != "dumb" {
		program.Width = func() int { width, _, _ := term.GetSize(int(stderr.Fd())); return width }
	}
	if isTerminal(stdin) && isTerminal(stderr) {
		program.In = stdin
	}
	return program.Run(ctx, args)
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// widthOf is how many cells a line of a terminal has; 0: the file is none.
func widthOf(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// show shows the screen on a host until the user leaves.
func show(ctx context.Context, c cli.Choice, o tui.Options) error {
	h, err := open(c)
	if err != nil {
		return err
	}
	defer h.Close()
	o.ReadOnly, o.Recorded, o.Demo = c.ReadOnly, c.Observation != "", c.Demo
	err = tui.Run(ctx, h, o)
	var (
		ended  *tui.SignalError
		defect *tui.PanicError
	)
	switch {
	case errors.Is(err, tui.ErrNoScreen):
		return cli.ErrNoScreen
	case errors.As(err, &ended):
		return fmt.Errorf("%w: %w", cli.ErrInterrupted, err)
	case errors.As(err, &defect):
		slog.Error("panic", "value", defect.Value, "stack", string(defect.Stack))
	}
	return err
}
