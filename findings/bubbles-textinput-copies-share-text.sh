#!/usr/bin/env bash
# charm.land/bubbles/v2 v2.2.1: a copy of a textinput that was kept changes when the other one is edited.
#
# textinput.Model is a value, and Update returns the next one; one would guess that a copy made before
# (for undo, or to compare) keeps its text.
# Seen: edits in the middle write into the slice that both share, so the copy, which keeps its length,
# shows a mixture. Deleting at the start of "abcdef": next "bcdef", the copy from before "bcdef\x00", which
# has a NUL although SetValue and pasting drop control characters.
# At the end, where everybody tries it, nothing of the sort shows: "abcdefx" beside "abcdef".
# Value() kept as a string is safe.
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

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

func main() {
	changed := false
	for _, try := range []struct {
		what      string
		cursor    int
		key       tea.KeyPressMsg
		next, old string
	}{
		{"type at the end", 6, tea.KeyPressMsg{Code: 'x', Text: "x"}, "abcdefx", "abcdef"},
		{"delete at the start", 0, tea.KeyPressMsg{Code: tea.KeyDelete}, "bcdef", "bcdef\x00"},
	} {
		m := textinput.New()
		m.Focus()
		m.SetValue("abcdef")
		m.SetCursor(try.cursor)
		kept := m
		m, _ = m.Update(try.key)
		fmt.Printf("%s: next %q, copy kept from before %q\n", try.what, m.Value(), kept.Value())
		changed = changed || m.Value() != try.next || kept.Value() != try.old
	}
	if changed {
		os.Exit(1)
	}
}
EOM
GOFLAGS=-mod=mod go mod tidy -e >/dev/null 2>&1
go list -m charm.land/bubbles/v2
go run .
