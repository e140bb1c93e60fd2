package model

import (
	"fmt"
	"slices"
)

// Consent is what has to be typed to agree to what is ticked: the name of the
// one thing, or the number of several. Empty: a y is enough, since all of it
// can be taken back. count is how many items are ticked.
func (p Plan) Consent() (word Raw, count int) {
	chosen := p.Chosen()
	count = len(chosen.Items)
	asks := slices.ContainsFunc(chosen.Items, func(i Item) bool { return i.Word != "" || !i.Undoable() })
	switch {
	case !asks:
		return "", count
	case count == 1:
		return chosen.Names()[0], count
	}
	return Raw(fmt.Sprint(count)), count
}
