package logview

import (
	"strings"

	"microtui/model/text"
	"microtui/styles"
)

// highlighted marks what is searched for, also where it goes over pieces.
func (k *Layout) highlighted(pieces []Piece) []Piece {
	if k.Search == "" {
		return pieces
	}
	var all strings.Builder
	for _, p := range pieces {
		all.WriteString(string(p.Text))
	}
	hits := matches(all.String(), k.Search)
	if len(hits) == 0 {
		return pieces
	}
	mark := k.styles.Plain.Ink(styles.Match)
	if k.here {
		mark = k.styles.Selected.Ink(styles.Accent)
	}
	var out []Piece
	at := 0 // of the piece, in the whole
	for _, p := range pieces {
		for p.Text != "" {
			for len(hits) > 0 && hits[0]+len(k.Search) <= at {
				hits = hits[1:]
			}
			ink, n := p.ink, len(p.Text)
			switch {
			case len(hits) == 0:
			case hits[0] <= at:
				ink, n = mark, min(n, hits[0]+len(k.Search)-at)
			default:
				n = min(n, hits[0]-at)
			}
			out = append(out, Piece{ink, p.Text[:n]})
			p.Text, at = p.Text[n:], at+n
		}
	}
	return out
}

// matches reports whether a line has what is searched for.
func (k *Layout) matches(line *Line) bool {
	var shown strings.Builder
	for _, span := range text.Spans(line.Message, false) {
		shown.WriteString(string(span.Text))
	}
	return len(matches(shown.String(), k.Search)) > 0
}

// matches are the places in a text where another stands. Case counts only
// where the text that is looked for has capitals.
func matches(s, wanted string) (at []int) {
	if wanted == lower(wanted) {
		s = lower(s)
	}
	for from := 0; ; {
		i := strings.Index(s[from:], wanted)
		if i < 0 {
			return at
		}
		at = append(at, from+i)
		from += i + len(wanted)
	}
}

// lower makes ASCII's letters small and leaves every byte in its place.
func lower(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' }) < 0 {
		return s
	}
	out := []byte(s)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

// find shows the first line from a number on that has a match.
func (v *View) find(from, step int64) bool {
	for number := from; number >= v.Window.First && number < v.Window.End(); number += step {
		if v.Layout.matches(v.Window.At(number)) {
			v.found = number
			if !v.Sees(number) {
				v.show(number)
			}
			return true
		}
	}
	return false
}
