package model

import (
	"fmt"
	"strings"
)

// rawf formats evidence: prose with names from outside in it.
func rawf(format string, args ...any) Raw {
	return Raw(fmt.Sprintf(format, args...))
}

// Listed writes names as prose: "a", "a and b", "a, b and 3 more".
func Listed[T ~string](names []T) string {
	const most = 4
	words := make([]string, 0, most)
	for i, name := range names {
		if i == most-1 && len(names) > most {
			words = append(words, fmt.Sprintf("%d more", len(names)-i))
			break
		}
		words = append(words, string(name))
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
