package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"microtui/model/text"
)

// namedKeys are the keys that are no character, as Bubble Tea writes them.
var namedKeys = []string{
	"enter", "esc", "tab", "space", "backspace", "delete", "insert",
	"up", "down", "left", "right", "home", "end", "pgup", "pgdown",
	"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12",
}

// modifiers in the order in which they are written.
var modifiers = []string{"ctrl", "alt", "shift"}

// sameAs are keys for which most terminals send what they send for another:
// they arrive as that one.
var sameAs = map[string]string{"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "esc"}

// ParseKey gives a key as programs write it: "s", "S", "ctrl+l", "alt+enter",
// "pgup". Read is the same with dashes, and in any case (Ctrl-L). wrong says
// what is no key of a terminal.
func ParseKey(typed string) (key, wrong string) {
	var held [3]bool
	rest := typed
	for again := true; again; {
		again = false
		for i, name := range modifiers {
			if n := len(name); len(rest) > n+1 && strings.EqualFold(rest[:n], name) && (rest[n] == '+' || rest[n] == '-') {
				held[i], rest, again = true, rest[n+1:], true
			}
		}
	}
	isCharacter := utf8.RuneCountInString(rest) == 1 && rest != " " && string(text.Safe(rest)) == rest
	switch named := strings.ToLower(rest); {
	case slices.Contains(namedKeys, named):
		rest = named
	case !isCharacter:
		return "", fmt.Sprintf("unknown key %s; %s", quoted(typed), instead(named, namedKeys, "a key is a character, or a name such as enter, pgup, f1 or ctrl+l"))
	case held[2]:
		return "", fmt.Sprintf("write %s as the character it types, such as S", quoted(typed))
	case held[0]:
		rest = named
	}
	for i, name := range slices.Backward(modifiers) {
		if held[i] {
			rest = name + "+" + rest
		}
	}
	if other := sameAs[rest]; other != "" {
		return "", fmt.Sprintf("most terminals cannot tell %s from %s", quoted(typed), other)
	}
	return rest, ""
}

func (r *reader) setKeys(name string, value any) string {
	at := slices.IndexFunc(r.names.Commands, func(c Command) bool { return c.Name == name })
	if at < 0 {
		return "unknown command; " + instead(name, commandNames(r.names.Commands), "see microtui config")
	}
	if r.names.Commands[at].Fixed {
		return "its keys cannot be changed"
	}
	written, wrong := texts(value)
	if wrong != "" {
		return `must be a list of keys such as ["s"]: ` + wrong
	}
	keys := make([]string, len(written))
	for i, typed := range written {
		if keys[i], wrong = ParseKey(typed); wrong != "" {
			return wrong
		}
		if slices.Contains(keys[:i], keys[i]) {
			return quoted(keys[i]) + " is listed twice"
		}
	}
	r.Keys[name] = keys
	return ""
}

func commandNames(commands []Command) []string {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.Name
	}
	return names
}

// clash is a key that would do two things in one place, where the file made it
// so.
func (r *reader) clash() *problem {
	for i, a := range r.names.Commands {
		for _, b := range r.names.Commands[:i] {
			keyA, keyB := dotted([]string{"keys", a.Name}), dotted([]string{"keys", b.Name})
			line := max(r.Lines[keyA], r.Lines[keyB])
			shared := slices.IndexFunc(r.Keys[a.Name], func(key string) bool { return slices.Contains(r.Keys[b.Name], key) })
			if line == 0 || shared < 0 || !a.meets(b) {
				continue
			}
			here, other := keyA, b.Name
			if r.Lines[keyB] == line {
				here, other = keyB, a.Name
			}
			return &problem{line, fmt.Sprintf("%s: %s is also bound to %s: give one of them another key", here, quoted(r.Keys[a.Name][shared]), other)}
		}
	}
	return nil
}

// meets reports whether there is a place where both can be given.
func (c Command) meets(other Command) bool {
	return c.Places == 0 || other.Places == 0 || c.Places&other.Places != 0
}
