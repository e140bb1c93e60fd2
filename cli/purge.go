package cli

import (
	"context"

	"github.com/spf13/cobra"

	"microtui/model"
)

const purgeLong = `Remove VMs: stop them, move their directories into the trash, and clear away
their interfaces, gcroot links and failed units. With --orphans: everything that
is a proven leftover; what holds data or runs only where that is asked for.

What is in the trash comes back with microtui restore. What holds data stays
there until microtui trash empty; the rest is offered for deletion after 7 days.`

func (s *session) purgeCommand() *cobra.Command {
	var t terms
	var orphans bool
	var options model.PurgeOptions
	var clean model.CleanUpOptions
	cmd := named("purge NAME… | --orphans", "Remove VMs, or all proven leftovers", func(ctx context.Context, names []string) error {
		switch {
		case orphans && len(names) > 0:
			return usage("purge: give names or --orphans, not both; see microtui purge --help")
		case orphans && options.Now:
			return usage("purge: --now is for names: what --orphans moves into the trash, microtui trash empty deletes")
		case orphans:
			return s.operate(ctx, "purge", t, func(i model.Inventory) model.Plan { return model.PlanCleanUp(i, clean) })
		case clean != model.CleanUpOptions{}:
			return usage("purge: --include-data and --include-running go with --orphans")
		}
		if err := possible("purge", names); err != nil {
			return err
		}
		return s.operate(ctx, "purge", t, func(i model.Inventory) model.Plan { return model.PlanPurge(i, raws(names), options) })
	})
	cmd.Long = purgeLong
	t.bind(cmd)
	t.bindConfirm(cmd, "remove the VM of this `NAME` though it is no proven orphan; may be given again")
	flags := cmd.Flags()
	flags.BoolVar(&orphans, "orphans", false, "everything that is a proven leftover")
	flags.BoolVar(&clean.Data, "include-data", false, "with --orphans: directories that hold data too")
	flags.BoolVar(&clean.Running, "include-running", false, "with --orphans: what runs too")
	flags.BoolVar(&options.Now, "now", false, "delete the directories for good, not into the trash")
	return cmd
}

// raws are distinct names, in the order in which they were given.
func raws(names []string) []model.Raw {
	var all []model.Raw
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			all = append(all, model.Raw(name))
		}
	}
	return all
}
