package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
)

// Namer is a host that gives the names of what it has without reading what it
// takes to judge it, since a shell waits with the user's key. Of others the
// names come from a whole observation.
type Namer interface {
	Names(ctx context.Context, kind model.Kind) []model.Named
}

// choices say what may be typed next.
type choices func(ctx context.Context, h Host, cmd *cobra.Command) []model.Named

// completed are the commands that take names, with what those name.
var completed = map[string]choices{
	"list": ofKind(model.KindVM), "show": ofKind(model.KindVM), "doctor": ofKind(model.KindVM), "logs": ofKind(model.KindVM),
	"start":   inStates(model.StateStopped, model.StateFailed),
	"stop":    inStates(model.StateRunning, model.StateStarting, model.StatePaused, model.StateCrashLoop),
	"restart": inStates(model.StateRunning, model.StateFailed, model.StatePaused, model.StateCrashLoop),
	"kill":    inStates(model.StateRunning, model.StateStarting, model.StateStopping, model.StatePaused, model.StateCrashLoop),
	"pause":   inStates(model.StateRunning),
	"resume":  inStates(model.StateRunning, model.StatePaused), // a unit's line does not tell
	"ssh":     inStates(model.StateRunning, model.StateOutside),
	"update":  ofKind(model.KindVM), "rollback": ofKind(model.KindVM), "purge": ofKind(model.KindVM),
	"keep":    ofKindFlag,
	"restore": ofKind(model.KindTrash), "trash empty": ofKind(model.KindTrash),
	"snapshot":          inStates(model.StateStopped, model.StateFailed),
	"snapshots":         ofKind(model.KindVM),
	"snapshots restore": ofKind(model.KindSnapshot), "snapshots delete": ofKind(model.KindSnapshot),
	"help": commands,
	"ops":  operationIDs, "ops cancel": operationIDs, "ops settle": operationIDs,
}

// single are those that take one name only.
var single = []string{"help", "ssh", "ops", "ops cancel", "ops settle"}

// completedFlags are flags whose values are known beforehand, or are names.
var completedFlags = map[string]choices{
	"kind":     fixed(convert(model.KeptKinds, func(k model.Kind) string { return string(k) })),
	"explain":  rules,
	"priority": fixed(strings.Fields("emerg alert crit err warning notice info debug")),
	"unit":     fixed(roleNames()),
	"confirm":  ofKind(model.KindVM),
}

// addCompletions tells every command what may be typed next. A shell shows no
// error: what cannot be told is left out.
func (s *session) addCompletions(cmd *cobra.Command) {
	path := strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
	if of := completed[path]; of != nil {
		one := slices.Contains(single, path)
		cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if one && len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return s.complete(cmd, of, args, begun), cobra.ShellCompDirectiveNoFileComp
		}
	} else if cmd.ValidArgsFunction == nil && path != "completion" {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	for flag, of := range completedFlags {
		if cmd.LocalFlags().Lookup(flag) != nil {
			_ = cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
				return s.complete(cmd, of, nil, begun), cobra.ShellCompDirectiveNoFileComp
			})
		}
	}
	for _, below := range cmd.Commands() {
		s.addCompletions(below)
	}
}

// complete asks the chosen host what a word that was begun can become, but for
// what was typed before.
func (s *session) complete(cmd *cobra.Command, of choices, typed []string, begun string) []cobra.Completion {
	var all []cobra.Completion
	_ = s.withHost(cmd.Context(), func(h Host) error {
		for _, choice := range of(cmd.Context(), h, cmd) {
			name := string(choice.Name)
			if strings.HasPrefix(name, begun) && !slices.Contains(typed, name) && !strings.ContainsFunc(name, text.IsDangerous) {
				all = append(all, cobra.CompletionWithDesc(name, string(text.Safe(choice.Note))))
			}
		}
		return nil
	})
	return all
}

func ofKind(kind model.Kind) choices {
	return func(ctx context.Context, h Host, _ *cobra.Command) []model.Named { return namesOf(ctx, h, kind) }
}

// ofKindFlag gives the names of the kind that --kind says.
func ofKindFlag(ctx context.Context, h Host, cmd *cobra.Command) []model.Named {
	return namesOf(ctx, h, model.Kind(cmd.Flag("kind").Value.String()))
}

func inStates(states ...model.State) choices {
	return func(ctx context.Context, h Host, _ *cobra.Command) []model.Named {
		return keep(namesOf(ctx, h, model.KindVM), func(n model.Named) bool { return slices.Contains(states, model.State(n.Note)) })
	}
}

func namesOf(ctx context.Context, h Host, kind model.Kind) []model.Named {
	if namer, ok := h.(Namer); ok {
		return namer.Names(ctx, kind)
	}
	seen, err := h.Observe(ctx)
	if err != nil {
		return nil
	}
	return model.Interpret(seen).NamesOf(kind)
}

// operationIDs are those of the operations that there are.
func operationIDs(ctx context.Context, h Host, _ *cobra.Command) []model.Named {
	operator, ok := h.(Operator)
	if !ok {
		return nil
	}
	all, _ := operator.Operations(ctx)
	return convert(all, func(o model.Operation) model.Named {
		return model.Named{Name: model.Raw(o.ID), Note: model.Raw(fmt.Sprintf("%s, %s", o.Plan.Action, o.State))}
	})
}

func commands(_ context.Context, _ Host, cmd *cobra.Command) []model.Named {
	return convert(cmd.Root().Commands(), func(c *cobra.Command) model.Named {
		return model.Named{Name: model.Raw(c.Name()), Note: model.Raw(c.Short)}
	})
}

func rules(context.Context, Host, *cobra.Command) []model.Named {
	all := []model.Named{{Name: "list", Note: "list the rules"}}
	for _, rule := range doctor.Rules() {
		all = append(all, model.Named{Name: model.Raw(rule.ID), Note: model.Raw(rule.Title)})
	}
	return all
}

func fixed(values []string) choices {
	all := convert(values, func(value string) model.Named { return model.Named{Name: model.Raw(value)} })
	return func(context.Context, Host, *cobra.Command) []model.Named { return all }
}
