package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"microtui/model"
)

// Actor is a host that takes orders. One that takes none refuses them all.
type Actor interface {
	// Act carries an order out and tells how it goes; it returns at once. The
	// last news holds the outcome, then the channel is closed. The end of ctx
	// ends the waiting, never the job.
	Act(ctx context.Context, order model.Order) <-chan model.Progress
}

// actionHelp says what an action's command does, in a line.
var actionHelp = map[model.Action]string{
	model.ActionStart:   "Start VMs",
	model.ActionStop:    "Shut down VMs",
	model.ActionRestart: "Shut down VMs and start them again",
	model.ActionPause:   "Freeze running VMs where they are",
	model.ActionResume:  "Let paused VMs continue",
	model.ActionKill:    "Power off VMs hard, without a guest shutdown",
}

// yesHelp says what --yes consents to, for the actions that can ask.
var yesHelp = map[model.Action]string{
	model.ActionStart:   "start even if that breaks something else, which is then listed",
	model.ActionRestart: "restart even if that breaks something else, which is then listed",
	model.ActionKill:    "do not ask",
}

func (s *session) actCommand(action model.Action) *cobra.Command {
	var t terms
	cmd := named(string(action)+" NAME…", actionHelp[action], func(ctx context.Context, names []string) error {
		return s.act(ctx, action, names, t)
	})
	if help := yesHelp[action]; help != "" {
		cmd.Flags().BoolVar(&t.yes, "yes", false, help)
	}
	if action.Ends() {
		t.bindConfirm(cmd, "proceed with VM `NAME` even if it loses deleted files it still has open (repeatable)")
	}
	return cmd
}

// act does an action to each of the names and tells of each how it ended.
func (s *session) act(ctx context.Context, action model.Action, names []string, t terms) error {
	if err := possible(string(action), names); err != nil {
		return err
	}
	var all []*task
	err := s.withHost(ctx, func(h Host) (err error) {
		if all, err = s.prepare(ctx, h, action, names); err == nil {
			err = s.consent(ctx, all, t)
		}
		if err == nil {
			err = s.carryOut(ctx, h, all)
		}
		return err
	})
	if !s.json || len(all) == 0 {
		return err
	}
	return cmp.Or(err, s.answerJSON(newResults(all)))
}

// possible is an error where a name can be no VM's, or there is none.
func possible(verb string, names []string) error {
	if len(names) == 0 {
		return usage("%s: missing VM name; see microtui list", verb)
	}
	for _, name := range names {
		if err := impossible(verb, name); err != nil {
			return err
		}
		if !model.ParseName(model.Raw(name)) {
			return usage("%s %s: invalid VM name", verb, name)
		}
	}
	return nil
}
