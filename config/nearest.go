package config

import (
	"fmt"
	"strings"

	"microtui/model"
)

// instead says what could have been meant by a name that there is not: the one
// that is written most like it, or else more, or else all there are.
func instead(name string, known []string, more string) string {
	best := model.Nearest(name, known)
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
