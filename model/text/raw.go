package text

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Raw is text from outside, byte for byte as it was read: a name on disk, a
// link's target, an error of another program. It may hold anything, so it is
// never shown as it is (see [Safe]).
//
// In JSON, bytes that are not UTF-8 are written as \xNN and a backslash as \\
// (inside the JSON string, that is, before JSON's own escaping), so that
// reading gives the same bytes back.
type Raw string

// Escaped is the text as a string in JSON holds it: UTF-8, and two texts that
// differ stay two. It is no safer to show.
func (r Raw) Escaped() string { return escapeBytes(string(r)) }

// MarshalJSON implements [json.Marshaler].
func (r Raw) MarshalJSON() ([]byte, error) {
	return json.Marshal(r.Escaped())
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *Raw) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return &json.UnmarshalTypeError{Value: "not text", Type: reflect.TypeFor[string]()}
	}
	raw, err := unescapeBytes(s)
	if err != nil {
		return err
	}
	*r = Raw(raw)
	return nil
}

func escapeBytes(s string) string {
	if utf8.ValidString(s) && !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\\':
			b.WriteString(`\\`)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

func unescapeBytes(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		switch rest := s[i+1:]; {
		case strings.HasPrefix(rest, `\`):
			b.WriteByte('\\')
			i++
		case len(rest) >= 3 && rest[0] == 'x':
			n, err := strconv.ParseUint(rest[1:3], 16, 8)
			if err != nil {
				return "", fmt.Errorf("%q: bad escape: %w", s, err)
			}
			b.WriteByte(byte(n))
			i += 3
		default:
			return "", fmt.Errorf("%q: bad escape at byte %d", s, i)
		}
	}
	return b.String(), nil
}
