package cli

import (
	"context"

	"github.com/spf13/cobra"

	"microtui/model"
)

const purgeLong = `Remove VMs: stop them, move their directories to the trash, and remove their
interfaces, gcroot links and failed units. With --orphans, remove every proven
leftover; what holds data or is running only if that is included explicitly.

microtui restore brings back what is in the trash. What holds data stays there
until microtui trash empty; the rest is offered for deletion after 7 days.`

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
			return usage("purge: --now does not work with --orphans; use microtui trash empty afterwards")
		case orphans:
			return s.operate(ctx, "purge", t, func(i model.Inventory) model.Plan { return model.PlanCleanUp(i, clean) })
		case clean != model.CleanUpOptions{}:
			return usage("purge: --include-data and --include-running need --orphans")
		}
		if err := possible("purge", names); err != nil {
			return err
		}
		return s.operate(ctx, "purge", t, func(i model.Inventory) model.Plan { return model.PlanPurge(i, raws(names), options) })
	})
	cmd.Long = purgeLong
	t.bind(cmd)
	t.bindConfirm(cmd, "remove VM `NAME` even if it is not a proven orphan (repeatable)")
	flags := cmd.Flags()
	flags.BoolVar(&orphans, "orphans", false, "remove all proven leftovers")
	flags.BoolVar(&clean.Data, "include-data", false, "with --orphans, include directories that hold data")
	flags.BoolVar(&clean.Running, "include-running", false, "with --orphans, include what is running")
	flags.BoolVar(&options.Now, "now", false, "delete directories for good instead of moving them to the trash")
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
