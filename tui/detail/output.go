package detail

import (
	"microtui/model"
	"microtui/model/text"
)

// Output is what programs said during one operation.
type Output struct {
	ID      string
	Text    model.Raw
	Fault   text.SafeText
	Reading bool
}
