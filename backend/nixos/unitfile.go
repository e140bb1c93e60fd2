package nixos

import (
	"iter"
	"strings"
)

// setting is one assignment in a unit file.
type setting struct {
	section, key, value string
}

// settings goes through the assignments of a file in systemd's syntax
// (systemd.syntax(7)): sections in brackets, comment lines, and lines that a
// backslash continues.
func settings(text string) iter.Seq[setting] {
	return func(yield func(setting) bool) {
		section, pending := "", ""
		for line := range strings.SplitSeq(text, "\n") {
			line = strings.TrimRight(line, "\r")
			if start := strings.TrimLeft(line, " \t"); strings.HasPrefix(start, "#") || strings.HasPrefix(start, ";") {
				continue
			}
			if head, continued := strings.CutSuffix(line, `\`); continued {
				pending += head + " "
				continue
			}
			line, pending = strings.TrimSpace(pending+line), ""
			if name, ok := strings.CutPrefix(line, "["); ok {
				section = strings.TrimSuffix(name, "]")
				continue
			}
			key, value, ok := strings.Cut(line, "=")
			if ok && !yield(setting{section, strings.TrimSpace(key), strings.TrimSpace(value)}) {
				return
			}
		}
	}
}

// firstWord takes the first word of a value, with the quotes that systemd allows
// around it removed.
func firstWord(value string) string {
	for _, quote := range []string{`"`, `'`} {
		if rest, quoted := strings.CutPrefix(value, quote); quoted {
			word, _, _ := strings.Cut(rest, quote)
			return word
		}
	}
	word, _, _ := strings.Cut(value, " ")
	return word
}
