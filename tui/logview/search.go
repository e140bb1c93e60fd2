package logview

import (
	"slices"

	"microtui/model/text"
	"microtui/tui/intent"
	"microtui/tui/prompt"
)

// The search in the log.

// SearchChanged marks what is typed where it stands.
func (p *Pane) SearchChanged() { p.View.Layout.Search = p.Search.Text() }

// ClearSearch forgets what is looked for.
func (p *Pane) ClearSearch() {
	p.Search, p.View.found = prompt.Prompt{}, nowhere
	p.SearchChanged()
}

// OpenSearch begins a search anew.
func (p *Pane) OpenSearch() {
	p.Search, p.View.found = prompt.New(""), nowhere
	p.recalled = len(p.searched)
	p.SearchChanged()
}

// Recall brings back what was looked for before, or after that.
func (p *Pane) Recall(by int) {
	p.recalled = max(0, min(p.recalled+by, len(p.searched)))
	words := ""
	if p.recalled < len(p.searched) {
		words = p.searched[p.recalled]
	}
	p.Search.Set(words)
	p.SearchChanged()
}

// maxSearches is how many searches can be recalled.
const maxSearches = 50

// KeepSearch goes to the newest match in sight or above, wherever in the log it
// is, else to the next one below. Without a text it looks for the last one
// again.
func (p *Pane) KeepSearch() intent.Intent {
	p.Search.Open = false
	v := &p.View
	if n := len(p.searched); p.Search.Text() == "" && n > 0 {
		p.Search.Set(p.searched[n-1])
		p.SearchChanged()
	}
	words := p.Search.Text()
	if words == "" || len(v.Window.Lines) == 0 {
		return nil
	}
	p.searched = append(slices.DeleteFunc(p.searched, func(old string) bool { return old == words }), words)
	p.searched = p.searched[max(0, len(p.searched)-maxSearches):]
	end := min(v.forth(v.Start(), v.Height).Line, v.Window.End()-1)
	if v.find(end, -1) || v.find(end, 1) {
		return p.backfill()
	}
	return p.hunt()
}

// FindNext goes to the next match after the last one gone to, downwards or
// upwards, and on from the other end.
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
	if step < 0 && p.hasOlder() {
		return p.hunt()
	}
	return p.wrap(step)
}

// wrap goes on from the other end, and says so.
func (p *Pane) wrap(step int64) intent.Intent {
	v := &p.View
	from, words := v.Window.First, text.SafeText("Search: on from the oldest line")
	if step < 0 {
		from, words = v.Window.End()-1, "Search continues at the newest line"
	}
	if step < 0 && v.Cut || step > 0 && p.hasOlder() {
		words += " that is loaded"
	}
	if !v.find(from, step) {
		return intent.Warn("Search: no match")
	}
	return intent.All(intent.Warn(words), p.backfill())
}

// hasOlder reports whether the journal may have lines before those held.
func (p *Pane) hasOlder() bool { return !p.Complete && p.Reader != 0 }

// hunt reads older lines until a match comes, or none is left.
func (p *Pane) hunt() intent.Intent {
	if p.hunts = p.hasOlder(); p.hunts {
		p.View.pause() // what is read takes the place of the newest lines
		return p.readBack()
	}
	if len(p.hits.of(&p.View)) > 0 {
		return p.wrap(-1)
	}
	none := intent.Warn("Search: no match")
	if p.View.Cut {
		return intent.All(none, p.followEnd())
	}
	return none
}

// huntOn looks among the lines that came before a number, and reads on where
// none matches.
func (p *Pane) huntOn(before int64) intent.Intent {
	if !p.hunts {
		return nil
	}
	if p.View.find(before-1, -1) {
		p.hunts = false
		return p.backfill()
	}
	return p.hunt()
}

// StopLooking gives up what a key looks for in the background.
func (p *Pane) StopLooking() { p.Seeks, p.hunts = 0, false }

// hits are the lines of a window that match, as far as they were looked at.
type hits struct {
	search     string
	first, end int64
	numbers    []int64
}

// of looks at the lines that are new.
func (h *hits) of(v *View) []int64 {
	w := &v.Window
	if h.search != v.Layout.Search || w.First > h.end || w.End() < h.first {
		*h = hits{search: v.Layout.Search, first: w.First, end: w.First}
	}
	var older []int64
	for n := w.First; n < h.first; n++ {
		if v.Layout.matches(w.At(n)) {
			older = append(older, n)
		}
	}
	h.numbers = append(older, h.numbers...)
	for n := h.end; n < w.End(); n++ {
		if v.Layout.matches(w.At(n)) {
			h.numbers = append(h.numbers, n)
		}
	}
	h.first, h.end = w.First, w.End()
	from, _ := slices.BinarySearch(h.numbers, w.First)
	to, _ := slices.BinarySearch(h.numbers, w.End())
	h.numbers = h.numbers[from:to]
	return h.numbers
}

// count says which match of how many lines is gone to: "3/17", with a sign
// where older lines may have more.
func (p *Pane) count() text.SafeText {
	all := p.hits.of(&p.View)
	at, found := slices.BinarySearch(all, p.View.found)
	if !found {
		return ""
	}
	count := text.Safef(" %d/%d", at+1, len(all))
	if p.hasOlder() {
		count += "+"
	}
	return count
}
