package tui

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/tui/prompt"
)

// palette is the dialog that lists every command, with its key, and with the
// reason where it does nothing now. What is typed narrows the list.
type palette struct {
	menu
	field prompt.Prompt
}

func (a *App) openPalette() {
	p := &palette{field: prompt.New("")}
	p.menu.from, p.menu.keyed = p.choices, true
	p.renew(a)
	// It asks nothing, so that what is typed ahead counts.
	a.dialog = dialog{content: p}
}

func (p *palette) title(a *App) model.SafeText {
	return ":" + model.Safe(model.Raw(p.field.Text())) + model.Safe(model.Raw(a.glyphs.Caret))
}

func (p *palette) layer() layers { return onPalette }

func (p *palette) write(a *App, d *draw.Document) {
	if len(p.menu.choices) == 0 {
		detail.None(d, "No matching command.")
		return
	}
	p.menu.write(a, d)
}

// narrowed shows what is left after something was typed, from its beginning.
func (a *App) narrowed(p *palette) {
	p.cursor, a.dialog.scroll.Top = 0, 0
	p.renew(a)
	a.fitDialog()
}

// choices are the commands that are looked for: those of the page first.
func (p *palette) choices(a *App) []choice {
	var here, elsewhere []choice
	page := a.pageLayer()
	for i := range a.commands {
		c := &a.commands[i]
		if c.group == "" || c.name == "palette" || c.where&onPages == 0 || !p.finds(c) {
			continue
		}
		line := choice{name: c.name, text: model.Safe(model.Raw(c.Help().Desc)), run: c.run}
		if c.where&page == 0 {
			line.reason = "not on this page"
			elsewhere = append(elsewhere, line)
			continue
		}
		if c.why != nil {
			line.reason = c.why(a)
		}
		here = append(here, line)
	}
	return slices.Concat(here, elsewhere)
}

// finds reports whether every word that was typed stands in what a command is
// called.
func (p *palette) finds(c *command) bool {
	called := strings.ToLower(c.name + " " + c.Help().Desc + " " + string(c.group))
	for word := range strings.FieldsSeq(strings.ToLower(p.field.Text())) {
		if !strings.Contains(called, word) {
			return false
		}
	}
	return true
}

// openedMenu is the menu that is open, the palette's, too; nil: none.
func (a *App) openedMenu() *menu {
	switch m := a.dialog.content.(type) {
	case *menu:
		return m
	case *palette:
		return &m.menu
	}
	return nil
}
