package cli

import (
	"context"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
)

const createLong = `Create a VM from nixosConfigurations.NAME of a flake, as microvm -c does: the
flake is evaluated, what it says is built on the side, and once that is confirmed
the VM's directory and gcroot links are made. The VM is not started.

FLAKE is a flake reference, such as git+file:///etc/nixos, github:OWNER/REPO or a
path. microtui update builds from it again later.`

func (s *session) createCommand() *cobra.Command {
	var t terms
	cmd := named("create NAME FLAKE", "Create a VM from a flake", func(ctx context.Context, args []string) error {
		switch {
		case len(args) != 2:
			return usage("create: needs a name and a flake reference; see microtui create --help")
		case args[1] == "":
			return usage("create: the flake reference is empty")
		}
		if err := possible("create", args[:1]); err != nil {
			return err
		}
		flake := model.Raw(args[1])
		if here, err := os.Getwd(); err == nil {
			flake = model.AbsoluteFlake(flake, model.Raw(here))
		}
		return s.create(ctx, model.Raw(args[0]), flake, t)
	})
	cmd.Long = createLong
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) != 1 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return s.complete(cmd, flakesInUse, nil, begun), cobra.ShellCompDirectiveDefault // a path is a flake, too
	}
	t.bind(cmd)
	return cmd
}

// create builds a VM to the side, shows what it is, and makes it.
func (s *session) create(ctx context.Context, name, flake model.Raw, t terms) error {
	return s.withOperator(ctx, "create", func(h Host, operator Operator) error {
		s.waiting.show(text.Safef("%s: evaluating its flake", name))
		plan, err := s.planned(ctx, h, operator, func(i model.Inventory) model.Plan { return model.PlanBuildNew(i, name, flake) })
		s.waiting.clear()
		if err != nil {
			return err
		}
		if len(plan.Items) == 0 {
			plan.Action = model.ActionCreate // it is that which is refused
		}
		if t.dryRun {
			return s.showCreation(plan)
		}
		if !s.json {
			for _, item := range plan.Items {
				for _, line := range slices.Concat(item.Cautions, item.Evidence) {
					s.say(text.Safef("create %s: %s", name, line))
				}
			}
		}
		building := t
		building.yes = t.yes || s.In != nil // a build changes nothing yet; but who is asked afterwards?
		built, err := s.carryThrough(ctx, operator, plan, building)
		if err != nil || built.ID == "" {
			return s.answerResults(err)
		}
		err = s.makeOf(ctx, h, operator, built.Built(), flake, t)
		if ctx.Err() == nil { // else it may go on, and hold nothing yet
			_ = operator.Discard(ctx, built.ID)
		}
		return s.answerResults(err)
	})
}

// showCreation is the answer to --dry-run: the runner is known only when it is
// built.
func (s *session) showCreation(plan model.Plan) error {
	err := s.showPlan(plan)
	if !s.json && len(plan.Items) > 0 {
		s.answer.WriteString("the VM is then created, with a plan of its own\n")
	}
	return err
}

// makeOf makes the VM of what was built for it.
func (s *session) makeOf(ctx context.Context, h Host, operator Operator, built []model.Built, flake model.Raw, t terms) error {
	if len(built) == 0 {
		return nil
	}
	plan, err := s.planned(ctx, h, operator, func(i model.Inventory) model.Plan { return model.PlanCreate(i, built, flake) })
	if err != nil {
		return err
	}
	// Of what was built, the VM is what counts.
	s.results = slices.DeleteFunc(s.results, func(r resultEntry) bool { return r.Result == model.ResultDone })
	t.digest = "" // it is that of the plan that --dry-run shows
	_, err = s.carryThrough(ctx, operator, plan, t)
	return err
}

// flakesInUse are the references that VMs are built from, but for those with
// credentials.
func flakesInUse(ctx context.Context, h Host, _ *cobra.Command) []model.Named {
	seen, err := h.Observe(ctx)
	if err != nil {
		return nil
	}
	var all []model.Named
	for _, d := range seen.StateDir.Directories {
		if d.Flake == nil || model.FlakeFault(d.Flake.Ref) != "" || model.MaskedFlake(d.Flake.Ref) != d.Flake.Ref {
			continue
		}
		if !slices.ContainsFunc(all, func(n model.Named) bool { return n.Name == d.Flake.Ref }) {
			all = append(all, model.Named{Name: d.Flake.Ref, Note: "of " + d.Name})
		}
	}
	return all
}
