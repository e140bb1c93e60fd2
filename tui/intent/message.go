package intent

import (
	"time"

	"microtui/model/text"
	"microtui/styles"
)

// Message is something that is told on the last line.
type Message struct {
	At   time.Time
	Role styles.Role // its severity
	Text text.SafeText
	More bool // the record says more about it
	Key  Mention
}

// Mention is what is said at the end of a message about the key of a command,
// between two texts; nothing where it has none.
type Mention struct {
	Before  text.SafeText
	Command string
	After   text.SafeText
}

// Tell tells a message; kept ones can be looked up later.
type Tell struct {
	Message
	Keep bool
}

// Keeping keeps a message that is not told now, to be looked up later.
type Keeping Message

func (Tell) intent()    {}
func (Keeping) intent() {}

// Warn tells why something cannot be done.
func Warn(s text.SafeText) Intent {
	return Tell{Message: Message{Role: styles.Warn, Text: s}}
}

// Failed tells what was asked for in vain, and keeps it.
func Failed(at time.Time, what text.SafeText, err error) Intent {
	line := what + ": " + text.Safe(err.Error())
	return Tell{Message: Message{At: at, Role: styles.Bad, Text: line}, Keep: true}
}
