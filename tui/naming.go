package tui

import "slices"

// What a configuration can name, and what becomes of it.

// Command is a command that has a name.
type Command struct {
	Name   string
	Keys   []string // where nothing else is wanted, as Bubble Tea writes them
	Places uint64   // where it can be given, a bit for each; 0: everywhere
	Fixed  bool     // its keys cannot be changed
}

// Commands are the commands of the screen, in the order of its help.
func Commands() []Command {
	var all []Command
	for _, c := range commands() {
		if c.Name == "" {
			continue
		}
		places := c.Where
		switch {
		case slices.Contains(inMenu, c.Name):
			places |= onMenu
		case slices.Contains(nowhereElse, c.Name):
			places = 0
		}
		all = append(all, Command{c.Name, c.Keys(), uint64(places), c.Fixed})
	}
	return all
}

// nowhereElse are the commands whose keys do nothing else on any page: the key
// that asked must not be the one that confirms, and one always ends the program.
var nowhereElse = []string{"confirm", "quit-at-once"}
