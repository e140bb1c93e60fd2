package tui

import (
	"strings"

	"microtui/styles"
	"microtui/tui/terminal"
)

// TerminalCaps is what a terminal can show.
type TerminalCaps struct {
	Term  string // the terminal's name, TERM; "dumb" and empty have no screen
	Theme styles.Theme
	ASCII bool // only ASCII can be shown
}

// TerminalCapsFrom decides from the environment ("NAME=value", the last one counts).
// It follows no-color.org, and the locale for what can be shown.
func TerminalCapsFrom(environment []string) TerminalCaps {
	env := make(map[string]string, len(environment))
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	caps := TerminalCaps{Term: env["TERM"], Theme: theme(env)}
	caps.ASCII = !isUTF8(env) || caps.Term == "linux" // the console's fonts hold 256 or 512 glyphs
	return caps
}

func theme(env map[string]string) styles.Theme {
	term := env["TERM"]
	direct := env["COLORTERM"] == "truecolor" || env["COLORTERM"] == "24bit"
	switch {
	case env["NO_COLOR"] != "", strings.HasPrefix(term, "vt"), strings.HasSuffix(term, "-m"), strings.HasSuffix(term, "-mono"):
		return styles.Mono
	case !strings.Contains(term, "256color") && !strings.Contains(term, "direct") && !direct:
		return styles.Basic
	case strings.HasSuffix(env["COLORFGBG"], ";15"), strings.HasSuffix(env["COLORFGBG"], ";7"):
		return styles.Light
	}
	return styles.Dark
}

// isUTF8 reads the locale as setlocale(3) does: the first that is set and not
// empty.
func isUTF8(env map[string]string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(env[name]); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}

func (c TerminalCaps) colours() terminal.Colours {
	switch c.Theme {
	case styles.Dark, styles.Light:
		return terminal.ManyColours
	case styles.Basic:
		return terminal.SixteenColours
	}
	return terminal.NoColours
}

func (c TerminalCaps) styles() styles.Styles {
	s := styles.New(c.Theme)
	if c.ASCII {
		return s.ASCII()
	}
	return s
}

func (c TerminalCaps) glyphs() styles.Glyphs {
	if c.ASCII {
		return styles.ASCII()
	}
	return styles.Unicode()
}

// hasScreen reports whether the terminal can move its cursor.
func (c TerminalCaps) hasScreen() bool {
	return c.Term != "" && c.Term != "dumb" && c.Term != "unknown"
}
