package tui

import (
	"cmp"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/dialog"
	"microtui/tui/keys"
	"microtui/tui/list"
	"microtui/tui/logview"
	"microtui/tui/prompt"
	"microtui/tui/scene"
	"microtui/tui/table"
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
	visit    *visit // nil: nobody is in a guest
	crash    error  // why the program has to end

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

	// What else is known.
	orphans  int // of the snapshot
	closures *scene.Closures
	ways     *scene.Connectivity               // of the snapshot; nil: nobody asked for them
	courses  map[model.Raw]*scene.UsageHistory // by the VM's name
	output   detail.Output                     // of the operation that was looked at last
	renewed  [2]int                            // what the dialog has seen: snapshots, and versions of the work
	keyTime  time.Time                         // of the last key
	ticking  bool
}

// newApp makes the app. Nothing runs until Bubble Tea calls Init.
func newApp(ctx context.Context, host Host, options Options, on screen) *App {
	if options.Interval <= 0 {
		options.Interval = 2 * time.Second
	}
	sheets, glyphs := options.Terminal.styles(), options.Terminal.glyphs()
	ring := keys.Bound(commands(), options.Keys)
	a := &App{
		ctx: ctx, host: host, options: options, screen: on, styles: sheets, glyphs: glyphs, commands: ring,
		mouse: options.Mouse, closures: &scene.Closures{},
	}
	a.actor, _ = host.(Actor)
	a.journal, _ = host.(Logs)
	a.operator, _ = host.(Operator)
	a.enterer, _ = host.(Enterer)
	a.exporter, _ = host.(Exporter)
	a.Limits = scene.Limits{Recorded: options.Recorded, ReadOnly: options.ReadOnly, NoOrders: a.actor == nil, NoOperations: a.operator == nil}
	a.vms.View = list.NewView(cmp.Or(options.Sort, model.SortName), cmp.Or(options.Group, model.GroupNone))
	columns := table.WantedColumns(options.Columns)
	for _, l := range []*list.List{&a.vms.List, &a.ops.List, &a.trash.List, &a.doctor.List} {
		l.Table = table.Table{Cursor: -1, Styles: sheets, Glyphs: glyphs, Columns: columns}
	}
	a.Listed = &a.vms
	a.log = logview.New(options.Log, sheets, glyphs, ring, noJournal(a.journal, options.Recorded))
	return a
}

// Init implements tea.Model: it begins to watch the host.
func (a *App) Init() tea.Cmd {
	a.screen.Mouse(a.mouse)
	a.feed = &feed{observations: a.host.Watch(a.ctx, a.options.Interval)}
	return a.waitForData()
}

// silence is how long nothing may come before data counts as old.
func (a *App) silence() time.Duration {
	if a.Age > 0 {
		return time.Second // the age is on the screen, and moves
	}
	return 3*a.options.Interval + time.Second
}

// waitForData is the command that waits for the next snapshot.
func (a *App) waitForData() tea.Cmd {
	limit := a.silence()
	return guarded(func() tea.Msg { return a.feed.next(a.ctx, limit) })
}

// about is all that is known of a thing.
func (a *App) about(ref model.Ref) detail.Subject {
	s := detail.Subject{
		VM: a.Shot.VM(ref), Leftover: a.Shot.Leftover(ref), Entry: a.Shot.Entry(ref), Finding: a.Shot.Finding(ref),
		Closures: a.closures, Shot: a.Shot, Now: a.Work.Now,
	}
	if s.VM != nil {
		s.Usage = a.courses[ref.Name]
		s.Connectivity = a.waysOf(ref.Name)
	}
	s.Mend = a.mending(s.Finding)
	if ref.Kind == scene.KindOperation {
		s.Operation, s.Output = a.Work.Operation(string(ref.Name)), &a.output
	}
	return s
}
