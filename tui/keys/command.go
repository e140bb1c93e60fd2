package keys

import (
	"charm.land/bubbles/v2/key"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/intent"
)

// Layers says where a command can be given: a bit for each place.
type Layers int

// Command is something a key does, on a screen A. The table of them is the only
// truth about keys: it is matched against, and both helps are made from it. A
// command without a help text is the other half of one that has it.
type Command[A any] struct {
	key.Binding
	Name  string // in the configuration; empty: of no use there
	As    string // the one whose keys it has, too: whatever these are
	With  string // the one whose keys the help shows after its own
	Fixed bool   // the configuration cannot give it other keys
	// Also are words that somebody may look for it by, and that its name and its
	// help do not have.
	Also  string
	Group text.SafeText
	Where Layers
	Brief Layers // where the line of hints names it
	// Kept: its hint takes room from those before it, but from what is urgent and
	// what is firm.
	Kept, Firm bool
	// Suits reports whether the line of hints names it for what is selected; nil:
	// for anything.
	Suits func(A) bool
	// Why says for what reason it does nothing now, so that its hint is dimmed;
	// nil: it always does something.
	Why func(A) text.SafeText
	// Says is what the hint says instead of the help text; nil: nothing else.
	Says func(A) text.SafeText
	// Aimed: it does something to what is selected. A key that was on its way
	// while new data moved the cursor is not meant for what is selected then.
	Aimed bool
	// Urgent reports whether the hint comes before all others now; nil: never.
	Urgent func(A) bool
	Run    func(A) intent.Intent
}

// Bind gives a command keys, and the help: how they are written, and what they
// do.
func Bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// text is what the help says that it does.
func (c *Command[A]) text() text.SafeText { return text.Safe(model.Raw(c.Help().Desc)) }

// shown are its keys, as the help writes them.
func (c *Command[A]) shown() text.SafeText { return text.Safe(model.Raw(c.Help().Key)) }
