package wording

import (
	"strings"

	"microtui/model"
)

// Capital writes a text of ours with a capital letter, if it begins with one of
// ASCII's.
func Capital(text model.SafeText) model.SafeText {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return model.Safe(model.Raw(strings.ToUpper(string(text[:1])))) + text[1:]
}

// YesNo is "yes" or "no".
func YesNo(yes bool) model.SafeText {
	if yes {
		return "yes"
	}
	return "no"
}

// Joined writes texts one after the other: "a, b, c".
func Joined(texts []model.Raw) (all model.SafeText) {
	for i, text := range texts {
		if i > 0 {
			all += ", "
		}
		all += model.Safe(text)
	}
	return all
}

// Plural is the ending of a word that counts: "" of one, else "s".
func Plural(n int) model.Raw {
	if n == 1 {
		return ""
	}
	return "s"
}

// Count is a number of things: "1 VM", "12 VMs".
func Count(n int, thing model.SafeText) model.SafeText {
	return model.Counted(n, thing)
}
