package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/dialog"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/keys"
	"microtui/tui/list"
	"microtui/tui/logview"
	"microtui/tui/prompt"
	"microtui/tui/scene"
	"microtui/tui/terminal"
)

// screen is what the app draws on. terminal.Terminal is one.
type screen interface {
	Size() (width, height int)
	Show(terminal.Frame)
	Redraw()
	// Copy hands a text to the terminal's clipboard.
	Copy(words string)
	// Mouse makes the terminal report the mouse, or not.
	Mouse(taken bool)
	Enter() error
	Leave() error
	// Lend leaves it to another program that runs in this one's place.
	Lend() error
}

// App is the root, and the only Bubble Tea model: it gives keys to the layer on
// top, hands its parts what they show, and turns what they want into commands.
type App struct {
	scene.Scene

	ctx      context.Context // ends with the program
	host     Host
	actor    Actor    // nil: the host takes no orders
	journal  Logs     // nil: it keeps none
	operator Operator // nil: it carries out no operations
	enterer  Enterer  // nil: it has no guests to enter
	exporter Exporter // nil: it writes no log into a file
	options  Options
	screen   screen
	feed     *feed
	logs     openLogs
	guest    *guestSession // nil: nobody is in a guest
	crash    error         // why the program has to end

	width, height int
	styles        styles.Styles
	glyphs        styles.Glyphs
	commands      keys.Ring[*App]

	// The layers, from the page up.
	page   page
	under  page // the log page: where back leads
	vms    list.VMs
	ops    list.Operations
	trash  list.Trash
	doctor list.Findings
	// doctorFrom is the page about the VM whose findings are shown alone, where
	// back leads; nil: to the table.
	doctorFrom *detail.Page
	detail     detail.Page
	log        logview.Pane
	filter     prompt.Prompt // of the page
	help       keys.Help
	dialog     dialog.Layer
	notice     notice

	filterWhy text.SafeText // what of the filter is not understood
	logBelow  bool          // a log is wanted below the table
	logFocus  bool          // and has the keys
	logFor    []model.Raw   // the VMs whose log is wanted
	mouse     bool          // the mouse is the screen's
	clicked   model.Ref     // the thing that was last clicked on
	slide     slide         // of the cursor

	// What else is known.
	orphans      int // of the snapshot
	closures     *scene.Closures
	connectivity *scene.Connectivity               // of the snapshot; nil: nobody asked for them
	usage        map[model.Raw]*scene.UsageHistory // by the VM's name
	output       detail.Output                     // of the operation that was looked at last
	focused      model.Focus                       // whose figures it was told are looked at
	attended     []model.Raw                       // the VMs that the host was asked to tell everything of
	renewed      [2]int                            // what the dialog has seen: snapshots, and versions of the work
	keyTime      time.Time                         // of the last key
	ticking      bool
	listening    bool // for the time when the dialog takes keys
}

func (a *App) newLine() *draw.Line {
	return &draw.Line{Sheet: a.styles.Plain, Ellipsis: a.glyphs.Ellipsis, Limit: a.width}
}

func (a *App) newDocument() draw.Document {
	return draw.Document{Cells: a.width, Sheet: a.styles.Plain, Glyphs: a.glyphs, Keys: a.commands}
}

// notice is the message on the last line: until a key, or for a while.
type notice struct {
	shown  *intent.Message
	number int
}

// guestSession is a stay in a guest. Meanwhile no key is the screen's.
type guestSession struct {
	vm    model.Raw
	leave context.CancelFunc
	over  chan struct{} // closed at its end
}

// page is what fills the screen.
type page int

const (
	pageTable page = iota
	pageDetail
	pageLog
	pageOperations
	pageTrash
	pageDoctor
)

// The messages that are not data.
type (
	// resizedMsg comes when the terminal has another size, and at the start. It
	// holds none: two of them may overtake each other.
	resizedMsg struct{}
	// resumedMsg comes when the program runs on after it was stopped.
	resumedMsg struct{}
	// crashMsg carries a panic of a command to the loop, which ends.
	crashMsg struct{ err error }
	// keyMsg is a key and when it came.
	keyMsg struct {
		tea.KeyPressMsg
		at time.Time
	}
)
