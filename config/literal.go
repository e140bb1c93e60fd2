package config

import (
	"fmt"
	"strings"

	"microtui/model/text"
)

// literal writes a value as the file would, on one line; what no setting is
// made of, by the name of its kind.
func literal(value any) string {
	switch v := value.(type) {
	case nil:
		return "a table"
	case string:
		return quoted(v)
	case bool, int64, float64:
		return fmt.Sprint(v)
	case []string:
		return "[" + quotedList(v) + "]"
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = literal(part)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		return "a table"
	}
	return "a date or time"
}

func quotedList(texts []string) string {
	parts := make([]string, len(texts))
	for i, one := range texts {
		parts[i] = quoted(one)
	}
	return strings.Join(parts, ", ")
}

// quoted writes a basic string of TOML in which nothing stands that would not
// be safe on a terminal.
func quoted(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case string(text.Safe(string(r))) == string(r):
			out.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&out, `\U%08x`, r)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// bareOrQuoted writes a part of a key.
func bareOrQuoted(part string) string {
	const bare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	if part != "" && strings.Trim(part, bare) == "" {
		return part
	}
	return quoted(part)
}
