package systemd

import "strings"

// assignment is one "Key=value" of a unit file, with the section it stands in.
type assignment struct{ section, key, value string }

// assignmentsOf takes a unit file apart as systemd does (systemd.syntax(7)):
// lines that end in a backslash go on, comments among them are left out, and
// what is no assignment is passed over.
func assignmentsOf(text []byte) []assignment {
	var all []assignment
	var section, begun string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		bare := strings.TrimSpace(line)
		if strings.HasPrefix(bare, "#") || strings.HasPrefix(bare, ";") || bare == "" && begun == "" {
			continue
		}
		if head, goesOn := strings.CutSuffix(line, `\`); goesOn {
			begun += head + " "
			continue
		}
		bare, begun = strings.TrimSpace(begun+line), ""
		if name, ok := strings.CutPrefix(bare, "["); ok {
			section = strings.TrimSuffix(name, "]")
			continue
		}
		if key, value, found := strings.Cut(bare, "="); found {
			all = append(all, assignment{section, strings.TrimSpace(key), strings.TrimSpace(value)})
		}
	}
	return all
}

// words splits a value at blanks, but for those in quotes or after a backslash.
func words(value string) []string {
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

// isYes reads a boolean; what is none is no.
func isYes(value string) bool {
	switch strings.ToLower(value) {
	case "1", "yes", "y", "true", "t", "on":
		return true
	}
	return false
}
