package newcomer

import (
	"regexp"
	"slices"
	"strings"
)

// aKey is how the screen writes a key.
const aKey = `(?:Enter|Esc|Tab|S-Tab|Space|PgUp|PgDn|Up|Down|Ctrl-[a-z]|[!-~])`

// hint is the key that a text names for what is to be done; empty: none. Hints
// stand at the beginning of a line or after two blanks or a frame, a key or
// several before what they do.
func (n *Newcomer) hint(text, does string) string {
	named := regexp.MustCompile(`(?:^|  |│)\s*(` + aKey + `)(?: ` + aKey + `)*\s+` + regexp.QuoteMeta(does) + `(?:[ ,:]|$)`)
	for _, line := range slices.Backward(strings.Split(text, "\n")) {
		if found := named.FindStringSubmatch(line); found != nil {
			return found[1]
		}
	}
	return ""
}

// sent is what terminals send for the keys with a name.
var sent = map[string]string{
	"Enter": "\r", "Esc": "\x1b", "Tab": "\t", "S-Tab": "\x1b[Z", "Space": " ",
	"PgUp": "\x1b[5~", "PgDn": "\x1b[6~", "Up": "\x1b[A", "Down": "\x1b[B",
}

func bytesOf(key string) string {
	if letter, ok := strings.CutPrefix(key, "Ctrl-"); ok {
		return string(letter[0] & 0x1f)
	}
	if bytes, ok := sent[key]; ok {
		return bytes
	}
	return key
}
