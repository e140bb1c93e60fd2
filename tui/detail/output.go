package detail

import "microtui/model"

// Output is what programs said during one operation.
type Output struct {
	ID      string
	Text    model.Raw
	Fault   model.SafeText
	Reading bool
}
