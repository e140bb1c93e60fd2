package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/wording"
)

// menu is the dialog that lists everything that can be done, with a reason
// where something cannot.
type menu struct {
	about   model.SafeText
	choices []choice
	cursor  int
	// from makes the choices anew; nil: they are all that can be done.
	from  func(*App) []choice
	keyed bool // its lines are commands, with their keys
}

// choice is a line of the menu.
type choice struct {
	name   string // of the command that does the same; empty: none does
	text   model.SafeText
	reason model.SafeText // empty: it can be chosen
	run    func(*App) tea.Cmd
}

func (a *App) whyNoMenu() model.SafeText {
	if vms, _ := a.targets(); len(vms) > 0 {
		return ""
	}
	return a.whyNoDetail()
}

func (a *App) openMenu() tea.Cmd {
	m := &menu{about: a.menuTitle(), keyed: true}
	m.renew(a)
	a.openDialog(m)
	return nil
}

func (a *App) menuTitle() model.SafeText {
	vms, marked := a.targets()
	switch {
	case marked:
		return model.Safef("%d marked VM%s", len(vms), wording.Plural(len(vms)))
	case len(vms) == 1:
		return model.Safe(vms[0])
	}
	if ref, ok := a.table.Selected(); ok {
		return model.Safe(ref.Name)
	}
	return "Actions"
}

// choices are the lines of the menu as things are now.
func (a *App) choices() []choice {
	var all []choice
	for _, action := range model.Actions {
		all = append(all, choice{
			name: actionNames[action], text: wording.Verb(action), reason: a.reasonForAll(action),
			run: func(a *App) tea.Cmd { return a.ask(action, true) },
		})
	}
	keep, _ := a.reasonToKeep()
	return append(all,
		choice{"update", "update: build, compare, switch", a.whyNot(model.ActionUpdate), (*App).update},
		choice{"rollback", "roll back to the runner before", a.whyNot(model.ActionRollback), (*App).rollback},
		choice{"purge", "purge: move it into the trash", a.whyNotPurge(), (*App).purge},
		choice{"keep", a.keepText(), keep, (*App).keep},
		choice{"clean-up", a.cleanUpHint(), a.whyNotCleanUp(), (*App).cleanUp},
		choice{"cancel-jobs", "cancel pending jobs", a.reasonToCancel(), (*App).cancelJobs},
		choice{"enter", "ssh into the guest", a.whyNotEnter(), (*App).enter},
		choice{"log", "log below the table", a.reasonForLog(), (*App).toggleLog},
		choice{"log-page", "log on the whole screen", a.reasonForLog(), (*App).openLogPage},
	)
}

// actionNames are the commands of the actions; power-off has one in the menu
// only.
var actionNames = map[model.Action]string{
	model.ActionStart: "start", model.ActionStop: "stop", model.ActionRestart: "restart", model.ActionKill: "power-off",
}

// inMenu are the commands whose keys are the menu's, too.
var inMenu = []string{"start", "stop", "restart", "update", "rollback", "purge", "keep", "clean-up", "cancel-jobs", "enter", "log", "log-page"}

func (m *menu) title(*App) model.SafeText { return m.about }

func (m *menu) layer() layers { return onMenu }

func (m *menu) answer() (model.SafeText, bool) { return "", false }

// renew implements content. The menu asks nothing, so nothing changed: what
// is chosen is looked at again.
func (m *menu) renew(a *App) bool {
	if m.from != nil {
		m.choices = m.from(a)
	} else {
		m.choices = a.choices()
	}
	m.cursor = max(0, min(m.cursor, len(m.choices)-1))
	return false
}

func (m *menu) write(a *App, d *draw.Document) {
	keys := 3
	for _, c := range m.choices {
		keys = max(keys, draw.Width(a.commands.of(c.name))+1)
	}
	for i, c := range m.choices {
		sheet := a.styles.Plain
		if i == m.cursor {
			sheet = a.styles.Selected
		}
		l := &draw.Line{Sheet: sheet, Ellipsis: a.glyphs.Ellipsis, Limit: d.Cells}
		text, key := styles.Text, styles.Key
		if c.reason != "" {
			text, key = styles.Dim, styles.Dim
		}
		l.Space(1)
		if m.keyed {
			l.Column(key, a.commands.of(c.name), keys, false)
		}
		l.Put(text, c.text)
		if c.reason != "" {
			l.Put(styles.Dim, ": "+c.reason)
		}
		if i == m.cursor {
			l.Space(d.Cells - l.Width)
		}
		d.Lines = append(d.Lines, l.String())
	}
}

// choose runs the line under the cursor, or says why it cannot be.
func (a *App) choose() tea.Cmd {
	m := a.openedMenu()
	if m == nil || m.cursor >= len(m.choices) {
		return nil
	}
	return a.pick(m.choices[m.cursor])
}

func (a *App) pick(c choice) tea.Cmd {
	a.closeDialog()
	if c.reason != "" {
		return a.warn(wording.Capital(c.text) + ": " + c.reason)
	}
	return c.run(a)
}

// chooseNamed runs the line of the menu that does what a command does.
func chooseNamed(name string) func(*App) tea.Cmd {
	return func(a *App) tea.Cmd {
		m, ok := a.dialog.content.(*menu)
		if !ok {
			return nil
		}
		at := slices.IndexFunc(m.choices, func(c choice) bool { return c.name == name })
		if at < 0 {
			return nil
		}
		return a.pick(m.choices[at])
	}
}

// moveInMenu moves the menu's cursor, and what is in sight with it.
func (a *App) moveInMenu(m *menu, by int) {
	m.cursor = max(0, min(m.cursor+by, len(m.choices)-1))
	s := &a.dialog.scroll
	s.Top = max(min(s.Top, m.cursor), m.cursor-s.Height+1)
	s.Clamp()
}
