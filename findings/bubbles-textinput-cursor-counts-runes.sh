#!/usr/bin/env bash
# charm.land/bubbles/v2 v2.2.1: textinput.Cursor().X is not the cell where the view ends before the cursor.
#
# Cursor() is there to put the terminal's own cursor into what View() draws; one would guess that X is in
# cells and follows the horizontal scrolling, as the drawn (virtual) cursor does.
# Seen: X is the prompt's width and the number of runes before the cursor, at most the field's width:
#   "日本語", cursor at its end: 6 cells drawn, X = 3
#   "e" and U+0301 (1 cell), at its end: X = 2
#   20 letters in a field of 5 that is scrolled to its end, cursor 4 to the left: cell 1, X = 5
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
cat >go.mod <<'EOM'
module finding
go 1.26
require charm.land/bubbles/v2 v2.2.1
EOM
cat >main.go <<'EOM'
package main

import (
	"fmt"
	"os"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

func main() {
	changed := false
	for _, try := range []struct {
		text        string
		width, left int
		before      string // what is drawn before the cursor
		x           int
	}{
		{"abc", 0, 0, "abc", 3},
		{"日本語", 0, 0, "日本語", 3},
		{"e\u0301", 0, 0, "e\u0301", 2},
		{"abcdefghijklmnopqrst", 5, 4, "p", 5},
	} {
		m := textinput.New()
		m.Prompt = ""
		m.SetVirtualCursor(false)
		m.Focus()
		m.SetWidth(try.width)
		m.SetValue(try.text)
		m.CursorEnd()
		for range try.left {
			m, _ = m.Update(tea.KeyPressMsg{Code: tea.KeyLeft})
		}
		fmt.Printf("view %q, cursor after %q: cell %d, X %d\n", m.View(), try.before, lipgloss.Width(try.before), m.Cursor().X)
		changed = changed || m.Cursor().X != try.x || !strings.Contains(m.View(), "m"+try.before)
	}
	if changed {
		os.Exit(1)
	}
}
EOM
GOFLAGS=-mod=mod go mod tidy -e >/dev/null 2>&1
go list -m charm.land/bubbles/v2
go run .
