package tui

import (
	"cmp"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/tui/keys"
	"microtui/tui/list"
	"microtui/tui/logview"
	"microtui/tui/scene"
	"microtui/tui/table"
)

// newApp makes the app. Nothing runs until Bubble Tea calls Init.
func newApp(ctx context.Context, host Host, options Options, on screen) *App {
	if options.Interval <= 0 {
		options.Interval = 2 * time.Second
	}
	sheets, glyphs := options.Terminal.styles(), options.Terminal.glyphs()
	ring := keys.Bound(allCommands(), options.Keys)
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
