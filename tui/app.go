package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/terminal"
)

// screen is what the app draws on. terminal.Terminal is one.
type screen interface {
	Size() (width, height int)
	Show(terminal.Frame)
	Redraw()
	Enter() error
	Leave() error
}

// page is what fills the screen.
type page int

const (
	pageTable page = iota
	pageDetail
	pageLog
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

	styles   styles.Styles
	glyphs   styles.Glyphs
	commands []command

	width, height int
	shot          snapshot
	known         bool          // a first observation has come
	age           time.Duration // of the data where that is too old; 0: fresh

	page          page
	view          model.View
	leftoversOnly bool
	table         table
	filter        prompt
	detail        detail
	help          help

	marks    marks
	dialog   dialog
	jobs     jobs
	record   record
	log      logPane
	logs     openLogs
	logBelow bool      // a log is wanted below the table
	logFocus bool      // and has the keys
	logFor   model.Raw // the VM whose log is wanted
	under    page      // the log page: where back leads
	keyTime  time.Time // of the last key

	crash error // why the program has to end
}

// newApp makes the app. Nothing runs until Bubble Tea calls Init.
func newApp(ctx context.Context, host Host, options Options, on screen) *App {
	if options.Interval <= 0 {
		options.Interval = 2 * time.Second
	}
	look, glyphs := styles.New(options.Look.Theme), options.Look.glyphs()
	actor, _ := host.(Actor)
	journal, _ := host.(Logs)
	return &App{
		actor: actor, journal: journal,
		ctx: ctx, host: host, options: options, screen: on,
		styles: look, glyphs: glyphs, commands: commands(),
		view:  model.View{Sort: model.SortName},
		table: table{cursor: -1, styles: look, glyphs: glyphs},
		log:   logPane{priority: model.NoPriority, view: logView{look: logLook{styles: look, glyphs: glyphs, wrap: true}}},
	}
}

// Init implements tea.Model: it begins to watch the host.
func (a *App) Init() tea.Cmd {
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
	s := scene{view: a.view, leftoversOnly: a.leftoversOnly, glyphs: a.glyphs, pending: a.jobs.pending(a.glyphs)}
	a.table.show(s.rows(a.shot), a.shot.has(a.table.wanted))
	a.showMarks()
}

// has reports whether a thing is on the host.
func (s snapshot) has(ref model.Ref) bool {
	return s.vm(ref) != nil || s.leftover(ref) != nil
}

func (s snapshot) vm(ref model.Ref) *model.VM {
	for i := range s.inventory.VMs {
		if vm := &s.inventory.VMs[i]; vm.Ref() == ref {
			return vm
		}
	}
	return nil
}

func (s snapshot) leftover(ref model.Ref) *model.Leftover {
	for i := range s.inventory.Leftovers {
		if l := &s.inventory.Leftovers[i]; l.Ref == ref {
			return l
		}
	}
	return nil
}
