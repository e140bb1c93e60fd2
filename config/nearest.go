package config

import (
	"fmt"
	"strings"
)

// instead says what could have been meant by a name that there is not: the one
// that is written most like it, or else more, or else all there are.
func instead(name string, known []string, more string) string {
	best, least := "", 2+len(name)/4
	for _, candidate := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("did you mean %s?", best)
	case more != "":
		return more
	case len(known) == 0:
		return "none are available"
	}
	return "use one of " + strings.Join(known, ", ")
}

// distance is how many letters have to be added, taken away, or changed to
// make one word of the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
