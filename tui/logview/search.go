package logview

import (
	"microtui/model/text"
	"microtui/tui/intent"
	"microtui/tui/prompt"
)

// The search in the log.

// SearchChanged marks what is typed where it stands.
func (p *Pane) SearchChanged() { p.View.Layout.Search = p.Search.Text() }

// ClearSearch forgets what is looked for.
func (p *Pane) ClearSearch() {
	p.Search = prompt.Prompt{}
	p.SearchChanged()
}

// KeepSearch goes to the newest match in sight or above, else to the next one
// below.
func (p *Pane) KeepSearch() intent.Intent {
	p.Search.Open = false
	v := &p.View
	if p.Search.Text() == "" || len(v.Window.Lines) == 0 {
		return nil
	}
	end := min(v.forth(v.Start(), v.Height).Line, v.Window.End()-1)
	if v.find(end, -1) || v.find(end, 1) {
		return p.backfill()
	}
	return p.noMatch(-1)
}

// FindNext goes to the next match after the last one gone to, downwards or
// upwards.
func (p *Pane) FindNext(step int64) intent.Intent {
	if p.Search.Text() == "" {
		return intent.Warn("Search: nothing to search for" + p.keys.Mention("; ", "search", " begins"))
	}
	v := &p.View
	from := v.found
	if from < v.Window.First || from >= v.Window.End() {
		from = v.Start().Line - step
	}
	if v.find(from+step, step) {
		return p.backfill()
	}
	return p.noMatch(step)
}

// noMatch says that nothing was found, and upwards has more lines read.
func (p *Pane) noMatch(step int64) intent.Intent {
	const none text.SafeText = "Search: no match"
	if step < 0 && !p.Complete && p.Reader != 0 {
		return intent.All(p.readBack(), intent.Warn(none+" in what is loaded; older lines are read"))
	}
	return intent.Warn(none)
}
