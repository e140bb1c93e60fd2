package keys

import (
	"slices"
	"strings"
	"unicode/utf8"

	"microtui/model"
	"microtui/model/text"
)

// Bound are the commands with the keys that are wanted, by name. What is fixed,
// and what is not named, keeps its own.
func Bound[A any](all []Command[A], wanted map[string][]string) Ring[A] {
	changed := make(map[string]bool)
	for i := range all {
		c := &all[i]
		if keys, named := wanted[c.Name]; named && c.Name != "" && !c.Fixed && !slices.Equal(keys, c.Keys()) {
			c.SetKeys(keys...)
			changed[c.Name] = true
		}
	}
	named := func(name string) *Command[A] {
		return &all[slices.IndexFunc(all, func(c Command[A]) bool { return c.Name == name })]
	}
	for i := range all {
		c := &all[i]
		if c.As != "" {
			c.SetKeys(named(c.As).Keys()...)
		}
		if help := c.Help(); help.Key != "" && (changed[c.Name] || changed[c.As] || changed[c.With]) {
			shown := keyTexts(c.Keys(), 2)
			if c.With != "" {
				shown = keyTexts(slices.Concat(first(c.Keys()), first(named(c.With).Keys())), 2)
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
		words := ""
		for _, held := range [][2]string{{"ctrl+", "Ctrl-"}, {"alt+", "Alt-"}, {"shift+", "S-"}} {
			if rest, found := strings.CutPrefix(key, held[0]); found && rest != "" {
				words, key = words+held[1], rest
			}
		}
		switch name := keyNames[key]; {
		case name != "":
			key = name
		case utf8.RuneCountInString(key) > 1:
			key = strings.ToUpper(key[:1]) + key[1:]
		}
		texts = append(texts, words+key)
	}
	return strings.Join(texts, " ")
}

// Ring are the commands with the keys that they have. What is said about
// keys anywhere comes from it: they may be other ones than usual.
type Ring[A any] []Command[A]

// Of is the key of a command, as it is shown; empty: it has none.
func (k Ring[A]) Of(name string) text.SafeText { return k.First(name, 1) }

// First are so many keys of a command at most, as they are shown.
func (k Ring[A]) First(name string, most int) text.SafeText {
	if c := k.Named(name); c != nil {
		return text.Safe(model.Raw(keyTexts(c.Keys(), most)))
	}
	return ""
}

// Named is the command of a name; nil: there is none.
func (k Ring[A]) Named(name string) *Command[A] {
	for i := range k {
		if c := &k[i]; c.Name == name && name != "" {
			return c
		}
	}
	return nil
}

// Mention speaks of the key of a command; empty: it has none, and the palette
// knows the command.
func (k Ring[A]) Mention(before text.SafeText, name string, after text.SafeText) text.SafeText {
	key := k.Of(name)
	if key == "" {
		return ""
	}
	return before + key + after
}
