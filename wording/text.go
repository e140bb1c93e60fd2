package wording

import (
	"strings"

	"microtui/model"
	"microtui/model/text"
)

// Capital writes a text of ours with a capital letter, if it begins with one of
// ASCII's.
func Capital(s text.SafeText) text.SafeText {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return text.Safe(strings.ToUpper(string(s[:1]))) + s[1:]
}

// YesNo is "yes" or "no".
func YesNo(yes bool) text.SafeText {
	if yes {
		return "yes"
	}
	return "no"
}

// Joined writes texts one after the other: "a, b, c".
func Joined(texts []model.Raw) (all text.SafeText) {
	for i, one := range texts {
		if i > 0 {
			all += ", "
		}
		all += text.Safe(one)
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
