package intent

import (
	"time"

	"microtui/model"
	"microtui/styles"
)

// Message is something that is told on the last line.
type Message struct {
	At   time.Time
	Role styles.Role // its severity
	Text model.SafeText
	More bool // the record says more about it
}

// Tell tells a message; kept ones can be looked up later.
type Tell struct {
	Message
	Keep bool
}

func (Tell) intent() {}

// Warn tells why something cannot be done.
func Warn(text model.SafeText) Intent {
	return Tell{Message: Message{Role: styles.Warn, Text: text}}
}
