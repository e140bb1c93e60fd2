package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"microtui/tui/terminal"
)

// SignalError says that a signal ended the screen; a terminal that is gone
// counts as SIGHUP.
type SignalError struct {
	Signal syscall.Signal
}

func (e *SignalError) Error() string { return "ended by signal: " + e.Signal.String() }

// Run shows a host on a terminal until the user quits (nil), ctx ends (its
// error), or something ends it: a [SignalError], a [PanicError]. The terminal
// is as it was before when Run returns, which takes no longer than two
// seconds, also where the terminal does not read any more. [ErrNoScreen] means
// that there is no terminal to show anything on.
func Run(ctx context.Context, host Host, options Options) error {
	if !options.Terminal.hasScreen() {
		return ErrNoScreen
	}
	// From before the terminal is taken until all is closed: that a session ends
	// is told twice, by the kernel and by the shell, and the second time is not to
	// kill what is still closing.
	signals := notify()
	defer signals.stop()
	if options.Input == nil {
		options.Input = os.Stdin
	}
	if options.Output == nil {
		options.Output = os.Stdout
	}
	tty, err := terminal.Open(options.Input, options.Output, options.Terminal.Term, options.Terminal.colours())
	if errors.Is(err, terminal.ErrNotATerminal) {
		return ErrNoScreen
	}
	if err != nil {
		return fmt.Errorf("open terminal: %w", err)
	}
	watching, unwatch := context.WithCancel(ctx)
	defer unwatch()
	looping, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	s := &session{terminal: tty, app: newApp(watching, host, options, tty), abandon: abandon, done: make(chan error, 1)}
	s.program = newProgram(looping, s.app, tty, options)
	err = s.run(ctx, signals)
	defer s.app.logs.closeAll()
	defer s.app.giveUpBuild()
	s.app.leaveGuest()
	if closeErr := tty.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("restore terminal: %w", closeErr)
	}
	return err
}

// newProgram makes the event loop. Bubble Tea parses input and runs commands;
// what it would do to the terminal, and its handling of signals and panics,
// which prints text from outside as it is, are switched off.
func newProgram(ctx context.Context, app *App, input io.Reader, options Options) *tea.Program {
	return tea.NewProgram(app,
		tea.WithContext(ctx),
		tea.WithInput(input), // no file: its reader of those can be left behind, and races with closing them
		tea.WithOutput(io.Discard),
		tea.WithEnvironment([]string{"TERM=" + options.Terminal.Term}),
		tea.WithColorProfile(colorprofile.ANSI256), // or it would run tmux to find out
		tea.WithoutRenderer(),
		tea.WithoutSignalHandler(),
		tea.WithoutCatchPanics(),
		tea.WithFPS(1), // the ticker of the renderer that is off runs all the same
		tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg { return stamped(msg, time.Now()) }),
	)
}

// stamped gives keys the time at which they came.
func stamped(msg tea.Msg, now time.Time) tea.Msg {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		return keyMsg{press, now}
	}
	return msg
}

// session is one showing of the screen.
type session struct {
	terminal *terminal.Terminal
	app      *App
	program  *tea.Program
	abandon  context.CancelFunc // of the event loop, when it does not end by itself
	done     chan error         // the event loop's end
}

// stuck is how long the event loop may take to end before it is left behind.
const stuck = time.Second

// run runs the event loop until it ends or something ends it.
func (s *session) run(ctx context.Context, signals signals) error {
	go s.loop()
	go s.program.Send(resizedMsg{})
	for {
		select {
		case err := <-s.done:
			return s.result(err)
		case err := <-s.terminal.Failed():
			s.end()
			return terminalError(err)
		case <-ctx.Done():
			s.end()
			return ctx.Err()
		case <-signals.resized:
			go s.program.Send(resizedMsg{})
		case <-signals.resumed:
			go s.program.Send(resumedMsg{})
		case signal := <-signals.fatal:
			s.end()
			return &SignalError{signal.(syscall.Signal)}
		}
	}
}

// loop is the event loop, on a goroutine of its own: whatever it is doing, a
// signal is answered.
func (s *session) loop() {
	defer func() {
		if value := recover(); value != nil {
			s.done <- newPanicError(value, debug.Stack())
		}
	}()
	_, err := s.program.Run()
	s.done <- err
}

// end asks the event loop to end and waits for it, but not forever. Cancelling
// its context instead would leave its reader behind: Bubble Tea then closes
// what the reader waits on without waiting for it.
func (s *session) end() {
	go s.program.Quit()
	select {
	case <-s.done: //nolint:errcheck // it was told to end, however it does
	case <-time.After(stuck):
		s.abandon()
	}
}

// result says how the event loop ended.
func (s *session) result(err error) error {
	var defect *PanicError
	switch {
	case errors.As(err, &defect):
		return defect
	case s.app.crash != nil:
		return s.app.crash
	case err != nil:
		return fmt.Errorf("run screen: %w", err)
	}
	return nil
}

func terminalError(err error) error {
	var defect *terminal.PanicError
	if errors.As(err, &defect) {
		return newPanicError(defect.Value, defect.Stack)
	}
	return &SignalError{syscall.SIGHUP}
}
