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
)

// App is the root, and the only Bubble Tea model. Its parts are plain structs
// that it calls; they know nothing of messages.
type App struct {
	ctx     context.Context // ends with the program
	host    Host
	options Options
	screen  screen
	feed    *feed

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

	crash error // why the program has to end
}

// newApp makes the app. Nothing runs until Bubble Tea calls Init.
func newApp(ctx context.Context, host Host, options Options, on screen) *App {
	if options.Interval <= 0 {
		options.Interval = 2 * time.Second
	}
	look, glyphs := styles.New(options.Look.Theme), options.Look.glyphs()
	return &App{
		ctx: ctx, host: host, options: options, screen: on,
		styles: look, glyphs: glyphs, commands: commands(),
		view:   model.View{Sort: model.SortName},
		table:  table{cursor: -1, styles: look, glyphs: glyphs},
		detail: detail{scroll: scroll{}},
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

// columns are the columns of the open view.
func (a *App) columns() []column {
	if a.leftoversOnly {
		return leftoverColumns
	}
	return vmColumns
}

// refill gives the table the rows of the present data and view.
func (a *App) refill() {
	s := scene{view: a.view, leftoversOnly: a.leftoversOnly, glyphs: a.glyphs}
	a.table.show(s.rows(a.shot), a.columns(), a.shot.has(a.table.wanted))
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
