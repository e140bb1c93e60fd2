package tui

import (
	"microtui/model"
	"microtui/tui/intent"
	"microtui/tui/prompt"
)

// The search in the log.

// searchChanged marks what is typed where it stands.
func (p *logPane) searchChanged() { p.view.look.search = p.search.Text() }

func (p *logPane) clearSearch() {
	p.search = prompt.Prompt{}
	p.searchChanged()
}

// keepSearch goes to the newest match in sight or above, else to the next one
// below.
func (p *logPane) keepSearch() intent.Intent {
	p.search.Open = false
	v := &p.view
	if p.search.Text() == "" || len(v.window.lines) == 0 {
		return nil
	}
	end := min(v.forth(v.start(), v.height).line, v.window.end()-1)
	if v.find(end, -1) || v.find(end, 1) {
		return p.backfill()
	}
	return p.noMatch(-1)
}

// findNext goes to the next match after the last one gone to, downwards or
// upwards.
func (p *logPane) findNext(step int64) intent.Intent {
	if p.search.Text() == "" {
		return intent.Warn("Search: nothing is looked for" + p.keys.Mention("; ", "search", " begins"))
	}
	v := &p.view
	from := v.found
	if from < v.window.first || from >= v.window.end() {
		from = v.start().line - step
	}
	if v.find(from+step, step) {
		return p.backfill()
	}
	return p.noMatch(step)
}

// noMatch says that nothing was found, and upwards has more lines read.
func (p *logPane) noMatch(step int64) intent.Intent {
	const none model.SafeText = "Search: no match"
	if step < 0 && !p.complete && p.reader != 0 {
		return intent.All(p.readBack(), intent.Warn(none+" in what is loaded; older lines are read"))
	}
	return intent.Warn(none)
}
