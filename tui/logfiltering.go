package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// openUnits lists the units of the log, to choose one of them.
func (a *App) openUnits() tea.Cmd {
	if a.log.Why != "" {
		return a.warn("Unit: " + a.log.Why)
	}
	m := &menu{about: "Show which lines?", from: (*App).unitChoices}
	m.renew(a)
	m.cursor = max(0, slices.Index(a.log.UnitFilters(), a.log.Filter.Unit))
	a.dialog = dialog{content: m} // it asks nothing: no key comes too early
	return nil
}

func (a *App) unitChoices() []choice {
	var choices []choice
	for _, f := range a.log.UnitFilters() {
		choices = append(choices, choice{text: a.log.UnitText(f), run: func(a *App) tea.Cmd {
			a.log.Filter.Unit = f
			return nil
		}})
	}
	return choices
}
