package tui

import (
	"context"
	"errors"
	"os"
	"time"

	"microtui/model"
	"microtui/tui/logview"
)

// Host is a host to look at.
type Host interface {
	// Watch gives the first observation at once and then one each interval,
	// or sooner when something changed. Only the newest is kept for a reader
	// that is late. The channel is closed when ctx ends.
	Watch(ctx context.Context, interval time.Duration) <-chan model.Observation
	// Refresh asks for an observation now.
	Refresh()
}

// Attentive is a host that leaves out of VMs that run well what costs much to
// read and no table shows.
type Attentive interface {
	// Attend makes it tell everything of these VMs, and no others, from the next
	// observation on.
	Attend(vms ...model.Raw)
	// Focus says whose figures are looked at: those of others may be older.
	Focus(model.Focus)
}

// Actor is a host that takes orders. One that takes none, a recorded
// observation, is no Actor: what would act is dimmed, with that reason.
type Actor interface {
	// Act carries an order out and tells how it goes; it returns at once. The
	// last news holds the outcome, then the channel is closed. The end of ctx
	// ends the waiting, never the job.
	Act(ctx context.Context, order model.Order) <-chan model.Progress
	// Cancel takes back the job that a VM waits for.
	Cancel(ctx context.Context, vm model.Raw) error
}

// Operator is a host on which operations can be carried out. One that is none,
// a recorded observation, has neither operations nor a trash to change.
type Operator interface {
	// Survey gives a plan without the items that a look at the disk speaks
	// against. It changes nothing.
	Survey(ctx context.Context, plan model.Plan) (model.Plan, error)
	// Begin begins an operation and returns its id. It goes on by itself.
	Begin(ctx context.Context, request model.Request) (id string, err error)
	// Follow tells of an operation: as it stands, then with each change, until
	// it is over or ctx ends, and then closes the channel. Only the newest is
	// kept for a reader that is late.
	Follow(ctx context.Context, id string) <-chan model.Operation
	// Operations lists the operations, the newest first. With an error it may
	// still list those that could be read.
	Operations(ctx context.Context) ([]model.Operation, error)
	// Output is what programs said during an operation.
	Output(ctx context.Context, id string) (model.Raw, error)
	// CancelOperation asks an operation to end where it can.
	CancelOperation(ctx context.Context, id string) error
	// Settle brings an operation that was interrupted to its end.
	Settle(ctx context.Context, id string) error
	// Compare tells how the closure of one runner differs from another's.
	Compare(ctx context.Context, before, after model.Raw) (model.ClosureDiff, error)
	// Discard gives up what a build brought about and nothing switched to.
	Discard(ctx context.Context, build string) error
	// Keep and Unkeep change the keep list.
	Keep(ctx context.Context, entry model.KeepEntry) error
	Unkeep(ctx context.Context, ref model.Ref) error
}

// Enterer is a host whose guests can be entered. The simulated one and a
// recorded observation have none.
type Enterer interface {
	// Enter gives the terminal to an ssh into a guest until that or ctx ends,
	// and tells its exit status. The terminal is then as it was.
	Enter(ctx context.Context, entry model.Entry) (status int, err error)
}

// Logs is a host that keeps a journal.
type Logs interface {
	// Log opens a log. It returns at once; what goes wrong is the Fault of a
	// batch. The end of ctx ends the log.
	Log(ctx context.Context, query model.LogQuery) Log
}

// Exporter is a host whose logs can be written into files.
type Exporter interface {
	// Export writes the lines that a query asks for as text into a new file,
	// which only the caller may read: never into one that is there, and
	// through no link. It gives the file's full path and how many lines it
	// holds, with an error, too. The query must not follow.
	Export(ctx context.Context, query model.LogQuery, path string) (full string, lines int, err error)
}

// Log is an open log.
type Log interface {
	// Next waits for news and gives all there is, 20 times a second at most;
	// io.EOF after the last. One call at a time.
	Next(ctx context.Context) (model.LogBatch, error)
	// Close ends the log, within a second, whatever Next does.
	Close() error
}

// Options are what the command line and the environment decided.
type Options struct {
	Interval time.Duration // between observations
	ReadOnly bool
	// Recorded is set where the host is a recorded observation: it has an age
	// of its own and never gets newer.
	Recorded bool
	Demo     bool // the host is the simulated one
	Terminal TerminalCaps
	// Keys are the keys of commands, by the names of [Commands], as Bubble Tea
	// writes them; a command that is not named has its own.
	Keys map[string][]string
	// Columns are those of the table of VMs, by the names of [Columns]; none: all.
	Columns []string
	// Sort and Group are how the VMs are shown at first; empty: by name, not
	// grouped.
	Sort  model.SortKey
	Group model.GroupKey
	Mouse bool // the mouse is the screen's at first
	Log   logview.Options
	// Folder is where a file is proposed for a log; empty: where the program
	// was started.
	Folder string
	// Addresses are how guests are reached, by the VM's name; none: over vsock.
	Addresses map[model.Raw]model.Address
	// Input and Output are the terminal.
	Input, Output *os.File
}

// ErrNoScreen says that there is no terminal a screen could be shown on:
// input or output is none, or it is a dumb one.
var ErrNoScreen = errors.New("no screen: needs a terminal that can move its cursor")

// ForeignEnvironment names the variables that make the libraries beneath the
// screen write files, wherever a user of sudo points them. They have to be
// unset before [Run].
var ForeignEnvironment = []string{"TEA_TRACE", "TEA_DEBUG"}
