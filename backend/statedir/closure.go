package statedir

import (
	"strings"
	"time"

	"microtui/model"
)

// closureAge is how long it is good that all is there that a runner's scripts
// are: what is in the store goes only by garbage collection, or by somebody who
// breaks it.
const closureAge = 10 * time.Second

// closure is what of a runner leads nowhere.
type closure struct {
	broken []model.Raw
	at     time.Time
}

// closureOf looks whether the scripts of a runner lead to something, and the
// program that microvm-run becomes is there. Of a runner that is not root's in
// the store nothing is followed.
func (r *Reader) closureOf(runner *model.Runner, number int, now time.Time) closure {
	const parts = 8
	kept, ok := r.closures[runner.Path]
	if ok && now.Sub(kept.at) < closureAge+closureAge/2*time.Duration(number%parts)/parts {
		return kept
	}
	found := closure{at: now}
	if !runner.Trusted {
		return found
	}
	for _, name := range runner.Bin {
		if !exists(string(runner.Path + "/bin/" + name)) {
			found.broken = append(found.broken, "bin/"+name)
		}
	}
	if runner.Program != "" && !exists(string(runner.Program)) {
		found.broken = append(found.broken, runner.Program)
	}
	return found
}

// programOf is the hypervisor among the words of the command that microvm-run
// becomes: the first path in the store.
func programOf(words []string, store string) model.Raw {
	for _, word := range words {
		if strings.HasPrefix(word, store+"/") && !strings.ContainsAny(word, "$`*?") {
			return model.Raw(word)
		}
		if strings.HasPrefix(word, "/") {
			return ""
		}
	}
	return ""
}
