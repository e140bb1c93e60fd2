package tui

import (
	"cmp"
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/draw"
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
	Copy(text string)
	// Mouse makes the terminal report the mouse, or not.
	Mouse(taken bool)
	Enter() error
	Leave() error
	// Lend leaves it to another program that runs in this one's place.
	Lend() error
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

// App is the root, and the only Bubble Tea model. Its parts are plain structs
// that it calls; they know nothing of messages.
type App struct {
	ctx     context.Context // ends with the program
	host    Host
	options Options
	screen  screen
	feed    *feed
	actor   Actor // nil: the host takes no orders
	journal Logs  // nil: it keeps none

	operator Operator // nil: it carries out no operations
	enterer  Enterer  // nil: it has no guests to enter
	exporter Exporter // nil: it writes no log into a file
	visit    *visit   // nil: nobody is in a guest

	styles   styles.Styles
	glyphs   styles.Glyphs
	commands keyring

	width, height int
	shot          scene.Snapshot
	known         bool          // a first observation has come
	age           time.Duration // of the data where that is too old; 0: fresh

	page          page
	view          model.View
	leftoversOnly bool
	table         table.Table
	tableFilter   filter // of the VMs and leftovers
	trashFilter   filter
	filter        prompt.Prompt // of the page
	// filterFrom is where the cursor was after the last change of the filter:
	// who moves it after that has chosen.
	filterFrom model.Ref
	filterWhy  model.SafeText // what of it is not understood
	detail     detail.Page
	help       help

	marks    marks
	dialog   dialog
	jobs     jobs
	ops      operations
	trash    table.Table
	doctor   examination
	closures *scene.Closures
	ways     *scene.Connectivity               // of the snapshot; nil: nobody asked for them
	courses  map[model.Raw]*scene.UsageHistory // by the VM's name
	orphans  int                               // of the snapshot
	reasons  map[reasonKey]model.SafeText      // of the snapshot
	record   record
	log      logview.Pane
	logs     openLogs
	logBelow bool        // a log is wanted below the table
	logFocus bool        // and has the keys
	logFor   []model.Raw // the VMs whose log is wanted
	under    page        // the log page: where back leads
	keyTime  time.Time   // of the last key
	mouse    bool        // the mouse is the screen's
	clicked  model.Ref   // the thing that was last clicked on

	crash error // why the program has to end
}

// newApp makes the app. Nothing runs until Bubble Tea calls Init.
func newApp(ctx context.Context, host Host, options Options, on screen) *App {
	if options.Interval <= 0 {
		options.Interval = 2 * time.Second
	}
	look, glyphs := options.Look.styles(), options.Look.glyphs()
	actor, _ := host.(Actor)
	journal, _ := host.(Logs)
	operator, _ := host.(Operator)
	enterer, _ := host.(Enterer)
	exporter, _ := host.(Exporter)
	columns := table.WantedColumns(options.Columns)
	newTable := func() table.Table { return table.Table{Cursor: -1, Styles: look, Glyphs: glyphs, Columns: columns} }
	keys := keyring(bound(commands(), options.Keys))
	return &App{
		actor: actor, journal: journal, operator: operator, enterer: enterer, exporter: exporter,
		ctx: ctx, host: host, options: options, screen: on,
		styles: look, glyphs: glyphs, commands: keys,
		view: firstView(options), mouse: options.Mouse,
		table: newTable(), trash: newTable(), ops: operations{table: newTable()},
		doctor: examination{table: newTable()}, closures: &scene.Closures{},
		log: logview.New(options.Log, look, glyphs, keys, noJournal(journal, options.Recorded)),
	}
}

// firstView is how the VMs are shown at first.
func firstView(o Options) model.View {
	sort, group := cmp.Or(o.Sort, model.SortName), cmp.Or(o.Group, model.GroupNone)
	return model.View{Sort: sort, Descending: biggestFirst[sort], Group: group}
}

// Init implements tea.Model: it begins to watch the host.
func (a *App) Init() tea.Cmd {
	a.screen.Mouse(a.mouse)
	a.feed = &feed{observations: a.host.Watch(a.ctx, a.options.Interval)}
	return a.waitForData()
}

// silence is how long nothing may come before data counts as old.
func (a *App) silence() time.Duration {
	if a.age > 0 {
		return time.Second // the age is on the screen, and moves
	}
	return 3*a.options.Interval + time.Second
}

// waitForData is the command that waits for the next snapshot.
func (a *App) waitForData() tea.Cmd {
	limit := a.silence()
	return guarded(func() tea.Msg { return a.feed.next(a.ctx, limit) })
}

// refill gives the table the rows of the present data and view.
func (a *App) refill() {
	view := a.view
	view.Filter = a.tableFilter.terms
	s := listing{view: view, leftoversOnly: a.leftoversOnly, glyphs: a.glyphs, pending: a.pending()}
	a.table.Show(s.rows(a.shot), a.shot.Has(a.table.Wanted))
	a.showMarks()
}

// refillPages gives the pages of operations and of the trash their rows.
func (a *App) refillPages() {
	if a.page != pageOperations && a.page != pageTrash && a.page != pageDetail {
		return // they get them when they are opened
	}
	pending := a.pending()
	var rows []table.Row
	for i := range a.ops.list {
		if o := &a.ops.list[i]; a.ops.filter.terms.MatchesTexts(operationTexts(o)...) {
			rows = append(rows, operationRow(o, a.jobs.now, a.commands))
		}
	}
	a.ops.table.Show(rows, a.ops.of(string(a.ops.table.Wanted.Name)) != nil)
	rows = nil
	entries := slices.Clone(a.shot.Inventory.Trash)
	slices.SortStableFunc(entries, func(x, y model.TrashEntry) int { return y.PurgedAt.Compare(x.PurgedAt) })
	for at := range entries {
		if !a.trashFilter.terms.MatchesTexts(entryTexts(&entries[at])...) {
			continue
		}
		r := trashRow(&entries[at], a.shot.Inventory.At, a.glyphs)
		if p, ok := pending[r.Ref]; ok {
			r.Cells[table.Notes] = draw.Run{Role: styles.Busy, Text: p.state + " " + p.notes}
		}
		rows = append(rows, r)
	}
	a.trash.Show(rows, a.shot.Entry(a.trash.Wanted) != nil)
}

// pending are the things that an order or an operation works on.
func (a *App) pending() map[model.Ref]pending {
	return a.ops.pending(a.jobs.pending(a.glyphs), a.jobs.now, a.glyphs)
}

// listed is the list of the present page.
func (a *App) listed() *table.Table {
	switch a.page {
	case pageOperations:
		return &a.ops.table
	case pageTrash:
		return &a.trash
	case pageDoctor:
		return &a.doctor.table
	}
	return &a.table
}

// about is all that is known of a thing.
func (a *App) about(ref model.Ref) detail.Subject {
	s := detail.Subject{
		VM: a.shot.VM(ref), Leftover: a.shot.Leftover(ref), Entry: a.shot.Entry(ref), Finding: a.shot.Finding(ref),
		Closures: a.closures, Shot: a.shot, Now: a.jobs.now,
	}
	if s.VM != nil {
		s.Usage = a.courses[ref.Name]
		s.Connectivity = a.waysOf(ref.Name)
	}
	s.Mend = a.mending(s.Finding)
	if ref.Kind == scene.KindOperation {
		s.Operation, s.Output = a.ops.of(string(ref.Name)), &a.ops.output
	}
	return s
}
