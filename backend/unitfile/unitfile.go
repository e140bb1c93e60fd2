// Package unitfile reads files in the syntax of systemd's units
// (systemd.syntax(7)).
//
// It knows sections, assignments, quotes and booleans. It must not know what a
// setting means, nor which files there are.
package unitfile

import (
	"iter"
	"strings"
)

// Assignment is one "Key=value", with the section it stands in.
type Assignment struct{ Section, Key, Value string }

// Assignments goes through those of a file as systemd does: lines that end in a
// backslash go on, comments among them are left out, and what is no assignment
// is passed over.
func Assignments(text string) iter.Seq[Assignment] {
	return func(yield func(Assignment) bool) {
		section, begun := "", ""
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\r\n")
			if bare := strings.TrimSpace(line); strings.HasPrefix(bare, "#") || strings.HasPrefix(bare, ";") {
				continue
			}
			if head, goesOn := strings.CutSuffix(line, `\`); goesOn {
				begun += head + " "
				continue
			}
			line, begun = strings.TrimSpace(begun+line), ""
			if name, ok := strings.CutPrefix(line, "["); ok {
				section = strings.TrimSuffix(name, "]")
				continue
			}
			key, value, found := strings.Cut(line, "=")
			if found && !yield(Assignment{section, strings.TrimSpace(key), strings.TrimSpace(value)}) {
				return
			}
		}
	}
}

// Words splits a value at blanks, but for those in quotes or after a backslash.
func Words(value string) []string {
	var all []string
	var word strings.Builder
	var quote byte
	begun := false
	for at := 0; at < len(value); at++ {
		switch c := value[at]; {
		case c == '\\' && at+1 < len(value):
			at++
			word.WriteByte(value[at])
			begun = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, begun = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if begun {
				all = append(all, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if begun {
		all = append(all, word.String())
	}
	return all
}

// IsYes reads a boolean; what is none is no.
func IsYes(value string) bool {
	switch strings.ToLower(value) {
	case "1", "yes", "y", "true", "t", "on":
		return true
	}
	return false
}
