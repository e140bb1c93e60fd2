package tui

import (
	"slices"
	"strings"
	"unicode/utf8"

	"microtui/model"
	"microtui/model/text"
)

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
		if c.name == "" {
			continue
		}
		places := c.where
		switch {
		case slices.Contains(inMenu, c.name):
			places |= onMenu
		case slices.Contains(nowhereElse, c.name):
			places = 0
		}
		all = append(all, Command{c.name, c.Keys(), uint64(places), c.fixed})
	}
	return all
}

// nowhereElse are the commands whose keys do nothing else on any page: the key
// that asked must not be the one that confirms, and one always ends the program.
var nowhereElse = []string{"confirm", "quit-at-once"}

// bound are the commands with the keys that are wanted, by name. What is fixed,
// and what is not named, keeps its own.
func bound(all []command, wanted map[string][]string) []command {
	changed := make(map[string]bool)
	for i := range all {
		c := &all[i]
		if keys, named := wanted[c.name]; named && c.name != "" && !c.fixed && !slices.Equal(keys, c.Keys()) {
			c.SetKeys(keys...)
			changed[c.name] = true
		}
	}
	named := func(name string) *command {
		return &all[slices.IndexFunc(all, func(c command) bool { return c.name == name })]
	}
	for i := range all {
		c := &all[i]
		if c.as != "" {
			c.SetKeys(named(c.as).Keys()...)
		}
		if help := c.Help(); help.Key != "" && (changed[c.name] || changed[c.as] || changed[c.with]) {
			shown := keyTexts(c.Keys(), 2)
			if c.with != "" {
				shown = keyTexts(slices.Concat(first(c.Keys()), first(named(c.with).Keys())), 2)
			}
			c.SetHelp(shown, help.Desc)
		}
	}
	return all
}

func first(keys []string) []string { return keys[:min(1, len(keys))] }

// keyNames are how keys are written that are no character.
var keyNames = map[string]string{"pgup": "PgUp", "pgdown": "PgDn", "delete": "Del", "insert": "Ins"}

// keyTexts write the first few keys as the help has them: "Ctrl-l", "PgDn", "s".
func keyTexts(keys []string, most int) string {
	texts := make([]string, 0, most)
	for _, key := range keys[:min(most, len(keys))] {
		written := ""
		for _, held := range [][2]string{{"ctrl+", "Ctrl-"}, {"alt+", "Alt-"}, {"shift+", "S-"}} {
			if rest, found := strings.CutPrefix(key, held[0]); found && rest != "" {
				written, key = written+held[1], rest
			}
		}
		switch name := keyNames[key]; {
		case name != "":
			key = name
		case utf8.RuneCountInString(key) > 1:
			key = strings.ToUpper(key[:1]) + key[1:]
		}
		texts = append(texts, written+key)
	}
	return strings.Join(texts, " ")
}

// keyring are the commands with the keys that they have. What is said about
// keys anywhere comes from it: they may be other ones than usual.
type keyring []command

// of is the key of a command, as it is shown; empty: it has none.
func (k keyring) of(name string) text.SafeText { return k.First(name, 1) }

// First are so many keys of a command at most, as they are shown.
func (k keyring) First(name string, most int) text.SafeText {
	if c := k.named(name); c != nil {
		return text.Safe(model.Raw(keyTexts(c.Keys(), most)))
	}
	return ""
}

// named is the command of a name; nil: there is none.
func (k keyring) named(name string) *command {
	for i := range k {
		if c := &k[i]; c.name == name && name != "" {
			return c
		}
	}
	return nil
}

// Mention speaks of the key of a command; empty: it has none, and the palette
// knows the command.
func (k keyring) Mention(before text.SafeText, name string, after text.SafeText) text.SafeText {
	key := k.of(name)
	if key == "" {
		return ""
	}
	return before + key + after
}
