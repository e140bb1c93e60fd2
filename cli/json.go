package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"

	"microtui/model"
)

// answerJSON writes one JSON value, indented, on lines of its own.
func (s *session) answerJSON(value any) error {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(value); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	for _, r := range text.String() {
		s.writeJSONRune(r)
	}
	return nil
}

// writeJSONRune writes a character of JSON, escaped where it would not be safe
// on a terminal: JSON itself only asks for that below U+0020.
func (s *session) writeJSONRune(r rune) {
	switch char := string(r); {
	case r == '\n', string(model.Safe(model.Raw(char))) == char:
		s.answer.WriteRune(r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		fmt.Fprintf(&s.answer, `\u%04x\u%04x`, high, low)
	default:
		fmt.Fprintf(&s.answer, `\u%04x`, r)
	}
}
