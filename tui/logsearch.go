package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/tui/prompt"
)

// The search in the log.

func (a *App) openSearch() { a.log.search.Open = true }

func (a *App) searchChanged() { a.log.view.look.search = a.log.search.Text() }

func (a *App) clearSearch() {
	a.log.search = prompt.Prompt{}
	a.searchChanged()
}

// keepSearch goes to the newest match in sight or above, else to the next one
// below.
func (a *App) keepSearch() tea.Cmd {
	a.log.search.Open = false
	v := &a.log.view
	if a.log.search.Text() == "" || len(v.window.lines) == 0 {
		return nil
	}
	end := min(v.forth(v.start(), v.height).line, v.window.end()-1)
	if v.find(end, -1) || v.find(end, 1) {
		return a.backfill()
	}
	return a.noMatch(-1)
}

// findNext goes to the next match after the last one gone to, downwards or
// upwards.
func (a *App) findNext(step int64) tea.Cmd {
	if a.log.search.Text() == "" {
		return a.warn("Search: nothing is looked for" + a.commands.Mention("; ", "search", " begins"))
	}
	v := &a.log.view
	from := v.found
	if from < v.window.first || from >= v.window.end() {
		from = v.start().line - step
	}
	if v.find(from+step, step) {
		return a.backfill()
	}
	return a.noMatch(step)
}

// find shows the first line from a number on that has a match.
func (v *logView) find(from, step int64) bool {
	for number := from; number >= v.window.first && number < v.window.end(); number += step {
		if v.look.matches(v.window.at(number)) {
			v.found = number
			if !v.sees(number) {
				v.show(number)
			}
			return true
		}
	}
	return false
}

// noMatch says that nothing was found, and upwards has more lines read.
func (a *App) noMatch(step int64) tea.Cmd {
	if step < 0 && !a.log.complete && a.log.reader != nil {
		return tea.Batch(a.readBack(), a.warn("Search: no match in what is loaded; older lines are read"))
	}
	return a.warn("Search: no match")
}
