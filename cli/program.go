package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
)

// Host is a host to ask.
type Host interface {
	// Observe reads the host once. What could not be read is named in the
	// observation; an error means that nothing could.
	Observe(ctx context.Context) (model.Observation, error)
	// Watch gives an observation at once and then one each interval, or sooner
	// when something changed. The channel is closed when ctx ends.
	Watch(ctx context.Context, interval time.Duration) <-chan model.Observation
	Close()
}

// Attentive is a host that leaves out of VMs that run well what costs much to
// read and no list shows.
type Attentive interface {
	// Attend makes it tell everything of these VMs, and no others, from the next
	// observation on.
	Attend(vms ...model.Raw)
	// AttendAll makes it tell everything.
	AttendAll()
}

// Choice says which host is meant, and what may be done to it.
type Choice struct {
	Demo        bool   // the embedded host
	Observation string // file of a recorded observation; empty: none
	StateDir    string // where the VMs' directories are; empty: where the host's units say
	ReadOnly    bool   // change nothing
}

// recorded reports whether the host never gets newer.
func (c Choice) recorded() bool { return c.Observation != "" }

// What [Program.Screen] returns beside the errors of a host.
var (
	// ErrNoScreen: no screen can be shown here.
	ErrNoScreen = errors.New("cannot open the screen: not a terminal, or one that cannot move its cursor")
	// ErrInterrupted: a signal, or the loss of the terminal, ended it.
	ErrInterrupted = errors.New("interrupted")
)

// Program is what the command line needs from whoever starts it.
type Program struct {
	Open func(context.Context, Choice) (Host, error)
	// Screen opens a host and shows it until the user leaves.
	Screen func(context.Context, Choice) error
	// Carry carries a recorded operation out, in this process; nil: none can be.
	Carry func(ctx context.Context, id string) error
	// Log opens a log of an open host; nil: that host keeps no journal.
	Log      func(context.Context, Host, model.LogQuery) Log
	Out, Err io.Writer
	// Configure gives what the user has configured; nil: nothing is. With an
	// error, what is wrong with the file, it is what holds without one.
	Configure func() (Settings, error)
	// CollectPolicy is what a periodic clean-up may do on this host, with what is
	// wrong with the configuration of that; nil: what it does by default.
	CollectPolicy func() (model.CollectPolicy, error)
	// Enter gives this process, with its terminal, to an ssh that runs a command
	// in a guest, or a shell without one: it returns only where that cannot be,
	// and nothing was tried then. nil: no guest can be entered.
	Enter func(ctx context.Context, entry model.Entry, command []string) error
	// ReplaceFile writes a file that everybody may read, in one step; nil: none
	// can be written.
	ReplaceFile func(path string, text []byte) error
	// AwaitReaderGone returns when nobody reads Out any more; nil: that shows
	// only when something is written.
	AwaitReaderGone func()
	// In is where questions are answered; nil: there is nobody to ask.
	In io.Reader
	// Width is the width in cells of the terminal that Err is; nil: it is
	// none, and shows no progress.
	Width func() int
	Style OutputStyle
}

// Run runs the command that args name (without the program's own name) and
// returns the exit status.
func (p Program) Run(ctx context.Context, args []string) int {
	s := &session{Program: p, closeLog: func() error { return nil }}
	s.waiting = waitLine{out: p.Err, width: p.Width}
	root := s.root()
	root.SetArgs(append([]string{}, args...)) // nil would be those of the process
	root.SetOut(&s.answer)
	root.SetErr(p.Err)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	err := root.ExecuteContext(ctx)
	if err != nil && (ctx.Err() != nil || errors.Is(err, ErrInterrupted)) && statusOf(err) != exitInterrupted {
		// Without words after a screen: its terminal may be the one that standard
		// error is, and may not read any more.
		ended := errors.Is(err, ErrInterrupted)
		err = problem{status: exitInterrupted}
		if !ended {
			err = problem{exitInterrupted, "interrupted"}
		}
	}
	if werr := s.flush(); werr != nil && err == nil {
		err = werr
	}
	status := s.report(err)
	slog.Info("end", "status", status)
	if err := s.closeLog(); err != nil {
		return max(status, s.report(err))
	}
	return status
}

// session is one run of the program.
type session struct {
	Program
	choice   Choice
	json     bool
	log      string
	closeLog func() error
	// answer is what goes to standard output, whole or not at all.
	answer bytes.Buffer
	// failed and refused count the names for which it did not come about, and
	// those for which nothing was tried.
	failed, refused int
	results         []resultEntry // of operations
	settings        Settings
	waiting         waitLine
	typed           <-chan string // lines of In
	unwritten       error         // what kept a line from being written
}

// writeLine writes a line to standard output at once.
func (s *session) writeLine(line text.SafeText) {
	if _, err := fmt.Fprintln(s.Out, s.Style.text(line)); err != nil {
		s.unwritten = err
	}
}

func (s *session) flush() error {
	_, err := s.Out.Write(s.answer.Bytes())
	if err = cmp.Or(s.unwritten, err); err != nil {
		return problem{exitFailed, text.Safef("write output: %v", err)}
	}
	return nil
}

// observe asks the chosen host once.
func (s *session) observe(ctx context.Context) (model.Observation, error) {
	var seen model.Observation
	err := s.withHost(ctx, func(h Host) (err error) {
		seen, err = h.Observe(ctx)
		return err
	})
	return seen, err
}

// withHost opens the chosen host for as long as use runs.
func (s *session) withHost(ctx context.Context, use func(Host) error) error {
	h, err := s.Open(ctx, s.choice)
	if err != nil {
		return err
	}
	defer h.Close()
	return use(h)
}

// screen shows the screen, or the list where there is none.
func (s *session) screen(cmd *cobra.Command) error {
	err := s.Screen(cmd.Context(), s.choice)
	if !errors.Is(err, ErrNoScreen) {
		return err
	}
	s.say(text.Safef("%v; showing microtui list instead", err))
	return s.list(cmd.Context(), nil, listOptions{})
}
