package wording

import (
	"microtui/model"
	"microtui/model/text"
)

// action is how an action is called.
type action struct {
	verb, doing, done text.SafeText
}

var actions = map[model.Action]action{
	model.ActionStart:    {"start", "starting", "started"},
	model.ActionStop:     {"stop", "stopping", "stopped"},
	model.ActionRestart:  {"restart", "restarting", "restarted"},
	model.ActionKill:     {"power off", "powering off", "powered off"},
	model.ActionPause:    {"pause", "pausing", "paused"},
	model.ActionResume:   {"resume", "resuming", "resumed"},
	model.ActionPurge:    {doing: "purging"},
	model.ActionCleanUp:  {doing: "cleaning"},
	model.ActionRestore:  {doing: "restoring"},
	model.ActionEmpty:    {doing: "deleting"},
	model.ActionBuild:    {doing: "building"},
	model.ActionUpdate:   {doing: "updating"},
	model.ActionRollback: {doing: "rolling back"},
	model.ActionCreate:   {doing: "creating"},
	model.ActionReset:    {doing: "resetting"},
	model.ActionSnapshot: {doing: "copying"},
	model.ActionRevert:   {doing: "restoring"},
	model.ActionForget:   {doing: "deleting"},
}

// Verb is what is asked for: "power off".
func Verb(a model.Action) text.SafeText {
	if verb := actions[a].verb; verb != "" {
		return verb
	}
	return a.Verb()
}

// Doing is what a row says while it goes on: "stopping".
func Doing(a model.Action) text.SafeText { return actions[a].doing }

// Done is what a result says: "stopped".
func Done(a model.Action) text.SafeText { return actions[a].done }

// UnderWay says what has to end first. Without a name it is about what belongs
// to no VM.
func UnderWay(a model.Action, name model.Raw) text.SafeText {
	if name == "" {
		return Verb(a) + " is in progress"
	}
	return Verb(a) + " of " + text.Safe(name) + " is in progress"
}

// Outcome is how an order ended, in one line.
func Outcome(order model.Order, o model.Outcome) text.SafeText {
	name, reason := text.Safe(order.VM), text.Safe(o.Reason)
	switch {
	case o.Result == model.ResultDone && reason == "":
		return name + " " + Done(order.Action)
	case o.Result == model.ResultDone:
		return name + " " + Done(order.Action) + ": " + reason
	case reason == "":
		return Verb(order.Action) + " " + name + ": " + Of(o.Result)
	}
	return Verb(order.Action) + " " + name + ": " + Of(o.Result) + ": " + reason
}
