package model

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"microtui/model/text"
)

// The words of plans and operations, the same on every face.

// stepWords say what a step does, and, after the name of its item, what it has
// done.
var stepWords = map[StepAction]struct{ does, done string }{
	StepStop:        {"stop %s", "stopped"},
	StepQuarantine:  {"move the directory of %s to the trash", "directory moved to the trash"},
	StepDeleteLink:  {"delete interface %s", "interface %s deleted"},
	StepRemoveRoot:  {"remove gcroot link %s", "gcroot link %s removed"},
	StepResetFailed: {"reset the failed state of %s", "failed state of %s reset"},
	StepEndProcess:  {"end process %s", "process %s ended"},
	StepRestore:     {"restore %s", "restored"},
	StepDelete:      {"delete %s for good", "deleted for good"},
	StepBuild:       {"build %s", "built"},
	StepSwitch:      {"switch %s to its new runner", "switched to its new runner"},
	StepCreate:      {"create %s", "created"},
	StepRestart:     {"restart %s", "restarted"},
	StepSnapshot:    {"copy the volumes of %s", "volumes copied"},
	StepRevert:      {"put the snapshot's volumes in place of those of %s", "volumes restored"},
	StepForget:      {"delete a snapshot of %s for good", "snapshot deleted for good"},
}

// switchBack are the words of a switch to the runner that a VM had before.
var switchBack = struct{ does, done string }{"switch %s back to its older runner", "switched back to its older runner"}

// words are those of a step.
func (s Step) words() (words struct{ does, done string }, known bool) {
	if s.Action == StepSwitch && s.Back {
		return switchBack, true
	}
	words, known = stepWords[s.Action]
	return words, known
}

// subject is what a step's words name: of what is in the trash, the name that
// it had; of a snapshot, its VM's.
func (s Step) subject() Raw {
	if s.Ref.Kind == KindTrash || s.Ref.Kind == KindSnapshot {
		return cmp.Or(s.VM, s.Ref.Name)
	}
	return s.Ref.Name
}

// Text says what a step does: "stop web".
func (s Step) Text() text.SafeText {
	words, ok := s.words()
	if !ok {
		return text.Safef("%s %s", s.Action, s.subject())
	}
	return s.named(words.does)
}

// DoneText says, after the name of its item, what a step has done: "stopped".
func (s Step) DoneText() text.SafeText {
	words, ok := s.words()
	if !ok {
		return text.Safef("%s done", s.Action)
	}
	return s.named(words.done)
}

func (s Step) named(form string) text.SafeText {
	return text.Safe(strings.ReplaceAll(form, "%s", string(s.subject())))
}

// UndoText says how a step is taken back: "undo: microtui start web"; empty:
// it needs not be.
func (s Step) UndoText() text.SafeText {
	switch {
	case s.Undo != "":
		return text.Safef("undo: %s", s.Undo)
	case s.Harmless:
		return ""
	}
	return "cannot be undone"
}

var verbs = map[Action]text.SafeText{
	ActionPurge: "purge", ActionCleanUp: "clean up", ActionRestore: "restore", ActionEmpty: "delete for good",
	ActionBuild: "build", ActionUpdate: "update", ActionRollback: "roll back", ActionRestart: "restart",
	ActionReset: "reset the failed state of", ActionCreate: "create", ActionSnapshot: "take a snapshot of",
	ActionRevert: "restore the volumes of", ActionForget: "delete a snapshot of",
}

// Verb is what an operation does, in words: "clean up".
func (a Action) Verb() text.SafeText {
	if verb, ok := verbs[a]; ok {
		return verb
	}
	return text.Safe(a)
}

// Of says what an operation does to things: "delete web for good".
func (a Action) Of(things text.SafeText) text.SafeText {
	if a == ActionEmpty {
		return "delete " + things + " for good"
	}
	return a.Verb() + " " + things
}

// Title names a plan's things: "purge web, db".
func (p Plan) Title() text.SafeText {
	const most = 4
	var names []string
	for at, name := range p.Names() {
		if at == most {
			names = append(names, fmt.Sprintf("and %d more", len(p.Items)-most))
			break
		}
		names = append(names, string(name))
	}
	return p.Action.Of(text.Safe(strings.Join(names, ", ")))
}

// Facts are what one wants to know of a thing before agreeing, with times as
// they are in a place.
func (i Item) Facts(place *time.Location) []text.SafeText {
	var facts []text.SafeText
	add := func(known bool, line text.SafeText) {
		if known {
			facts = append(facts, line)
		}
	}
	add(i.Removed != "", text.Safef("gone since %s", i.Removed))
	add(i.Running, "running")
	add(i.Kills() != "", text.Safe(i.Kills()))
	add(i.HeldBy != "", text.Safef("held by %s", i.HeldBy))
	add(i.Data, "holds data")
	if i.Bytes != nil {
		add(true, FormatBytes(*i.Bytes)+" on disk")
	}
	add(!i.Written.IsZero(), text.Safef("last written to %s", i.Written.In(place).Format(time.DateTime)))
	return facts
}

// FreedText says what a plan frees, now and later; empty: nothing that is
// known.
func (p Plan) FreedText() text.SafeText {
	now, later := p.Freed()
	switch {
	case now+later == 0:
		return ""
	case later == 0:
		return "frees " + FormatBytes(now)
	case now == 0:
		return "frees " + FormatBytes(later) + " once the trash is emptied"
	}
	return text.Safef("frees %s now, %s once the trash is emptied", FormatBytes(now), FormatBytes(later))
}
