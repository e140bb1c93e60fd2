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
	Version int // of the work, when it was read
}

// Wants reports whether it has to be read, of an operation, at a version of the
// work, and notes that it is.
func (o *Output) Wants(id string, version int) bool {
	if o.ID == id && (o.Reading || o.Version == version) {
		return false
	}
	if o.ID != id {
		*o = Output{ID: id}
	}
	o.Reading, o.Version = true, version
	return true
}
