package intent

import "microtui/model"

// The intents of dialogs that only choose.
type (
	// Run does what a command does, by its name.
	Run struct{ Command string }
	// Ask asks whether an action is to be done, whatever speaks for doing it at
	// once.
	Ask struct{ Action model.Action }
	// Copy hands a text to the terminal's clipboard.
	Copy struct{ Text model.Raw }
	// ShowUnit narrows the log to one of its units, by its place among them.
	ShowUnit struct{ At int }
	// Export writes a log into a new file.
	Export struct {
		Query model.LogQuery
		Path  string
	}
)

func (Run) intent()      {}
func (Ask) intent()      {}
func (Copy) intent()     {}
func (ShowUnit) intent() {}
func (Export) intent()   {}

// The intents that are about the screen itself.
type (
	// Enter hands the terminal to an ssh into a guest.
	Enter struct {
		VM    model.Raw
		Entry model.Entry
	}
	// Suspend gives the terminal back and stops the job.
	Suspend struct{}
	// Quit ends the program.
	Quit struct{}
)

func (Enter) intent()   {}
func (Suspend) intent() {}
func (Quit) intent()    {}
