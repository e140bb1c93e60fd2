package dialog

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/prompt"
	"microtui/tui/scene"
)

// Dialog is what a dialog says, asks and does. [plain] is one that only says
// something: the others begin with it.
type Dialog interface {
	Title(*scene.Scene) text.SafeText
	Write(*scene.Scene, *draw.Document)
	// Mode says which keys it has.
	Mode() Mode
	// Question is what is to be agreed to.
	Question() Question
	// Field is what is typed into; nil: nothing is.
	Field() *prompt.Prompt
	// Typed notes that the field changed.
	Typed(*scene.Scene) Change

	// Renew takes new data.
	Renew(*scene.Scene) Change
	// Due is what has to be done in the background now; nil: nothing.
	Due(*scene.Scene) intent.Intent
	// Surveyed takes the answer to an [intent.Survey].
	Surveyed(Survey) Change
	// Begun takes the answer to an [intent.Begin]: the id of the operation, or
	// why it was not begun.
	Begun(id string, err error) Change
	// Shows is the operation that it shows; empty: none.
	Shows() string

	// Details are the VMs of which it tells details.
	Details() []model.Raw

	// Press answers a key.
	Press(Key, *scene.Scene) Change
	// Choose does what its line does that is called like a command.
	Choose(command string) Change
	// Move moves a cursor, by so many lines; it reports whether there is one.
	// Without one the text is scrolled.
	Move(by int) bool
	// Bring scrolls the text that was just written so far that what matters is
	// in sight.
	Bring(*draw.Scroll)
	// Pinned is the line of the text that stays in sight while it is scrolled;
	// -1: none does.
	Pinned() int
	// Left is what has to be given up when it is left.
	Left() intent.Intent
}

// Mode says which keys a dialog has.
type Mode int

// The modes.
const (
	Reports  Mode = iota // it asks nothing
	Confirms             // yes or no
	Ticks                // yes or no to a list, in which things are ticked
	Types                // a word that agrees is typed
	Chooses              // a line of a menu
	Finds                // a line that what is typed narrows
	Names                // a file is named
	Asks                 // something else is typed
	Follows              // an operation goes on, and does so when it is left
	Builds               // a build goes on, which ends when it is left
)

// Key is what a key means to a dialog.
type Key int

// The keys.
const (
	Agree Key = iota
	Leave
	Submit // Enter where something is typed or chosen
	Enter  // where yes or no is asked
	Tick
	TickAll
	Take // the choice beside yes and no
	Cancel
)

// Question is what is to be agreed to.
type Question struct {
	Yes   text.SafeText // what it does, in words; empty: there is nothing to agree to
	Word  model.Raw     // it has to be typed; empty: y is enough
	Wrong bool          // another one was typed
	Offer *Offer        // a choice beside it; nil: there is none
	Ticks bool          // things can be ticked
}

// Offer is a choice beside yes and no.
type Offer struct {
	Key  text.SafeText
	Text text.SafeText
}

// Change is what becomes of a dialog.
type Change struct {
	Then   intent.Intent
	Next   Dialog // takes its place; nil: nothing does
	Closed bool
	Why    text.SafeText // why a key did nothing; empty: it did something
	Anew   bool          // it asks something else: keys on their way were not meant for it
	Top    bool          // it is shown from its beginning
}

func closed(then ...intent.Intent) Change { return Change{Closed: true, Then: intent.All(then...)} }

// plain is a dialog that says something and asks nothing.
type plain struct{}

func (plain) Mode() Mode                     { return Reports }
func (plain) Question() Question             { return Question{} }
func (plain) Field() *prompt.Prompt          { return nil }
func (plain) Typed(*scene.Scene) Change      { return Change{} }
func (plain) Renew(*scene.Scene) Change      { return Change{} }
func (plain) Due(*scene.Scene) intent.Intent { return nil }
func (plain) Surveyed(Survey) Change         { return Change{} }
func (plain) Begun(string, error) Change     { return Change{} }
func (plain) Shows() string                  { return "" }
func (plain) Details() []model.Raw           { return nil }
func (plain) Choose(string) Change           { return Change{} }
func (plain) Move(int) bool                  { return false }
func (plain) Bring(*draw.Scroll)             {}
func (plain) Pinned() int                    { return -1 }
func (plain) Left() intent.Intent            { return nil }

func (plain) Press(key Key, _ *scene.Scene) Change { return Change{Closed: key == Leave} }
