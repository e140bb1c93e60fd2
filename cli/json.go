package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"microtui/model/text"
)

// answerJSON writes one JSON value, indented, on lines of its own.
func (s *session) answerJSON(value any) error {
	encoded, err := showableJSON(value, "  ")
	s.answer.WriteString(encoded)
	return err
}

// showableJSON is a value as JSON, on lines of its own, that is safe on a
// terminal.
func showableJSON(value any, indent string) (string, error) {
	var encoded bytes.Buffer
	out := json.NewEncoder(&encoded)
	out.SetIndent("", indent)
	out.SetEscapeHTML(false)
	if err := out.Encode(value); err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	var safe strings.Builder
	safe.Grow(encoded.Len())
	for _, r := range encoded.String() {
		writeJSONRune(&safe, r)
	}
	return safe.String(), nil
}

// writeJSONRune writes a character of JSON, escaped where it would not be safe
// on a terminal: JSON itself only asks for that below U+0020.
func writeJSONRune(out *strings.Builder, r rune) {
	switch {
	case r == '\n', r >= ' ' && r < 0x7f, string(text.Safe(string(r))) == string(r):
		out.WriteRune(r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		fmt.Fprintf(out, `\u%04x\u%04x`, high, low)
	default:
		fmt.Fprintf(out, `\u%04x`, r)
	}
}
