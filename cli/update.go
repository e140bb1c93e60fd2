package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
)

const updateLong = `Rebuild VMs from their flakes, show what differs, and switch to the result. A
running VM keeps what it booted until it is restarted. The previous runner stays
as the link old, for microtui rollback.`

func (s *session) updateCommand() *cobra.Command {
	var t terms
	var restart, buildOnly, check bool
	cmd := named("update NAME…", "Rebuild VMs from their flakes and switch to the result", func(ctx context.Context, names []string) error {
		if check && (restart || buildOnly || t.dryRun || t.yes) {
			return usage("update: --check cannot be combined with --restart, --build-only, --dry-run or --yes")
		}
		if check && len(names) == 0 {
			return s.checkUpdates(ctx, nil)
		}
		if err := possible("update", names); err != nil {
			return err
		}
		if check {
			return s.checkUpdates(ctx, raws(names))
		}
		if buildOnly && restart {
			return usage("update: use only one of --build-only and --restart")
		}
		return s.update(ctx, raws(names), t, restart, buildOnly)
	})
	cmd.Long = updateLong
	t.bind(cmd)
	t.bindConfirm(cmd, "update VM `NAME` even if its flake reference has changed since the last update, or a restart loses deleted files (repeatable)")
	cmd.Flags().BoolVar(&check, "check", false, "only check whether there is something newer; without names, for all VMs")
	cmd.Flags().BoolVar(&restart, "restart", false, "restart running VMs afterwards, one at a time")
	cmd.Flags().BoolVar(&buildOnly, "build-only", false, "build and show what differs, but do not switch")
	return cmd
}

func (s *session) rollbackCommand() *cobra.Command {
	var t terms
	var restart bool
	cmd := named("rollback NAME…", "Switch VMs back to their previous runners", func(ctx context.Context, names []string) error {
		if err := possible("rollback", names); err != nil {
			return err
		}
		return s.operate(ctx, "rollback", t, func(i model.Inventory) model.Plan { return model.PlanRollback(i, raws(names), restart) })
	})
	t.bind(cmd)
	t.bindConfirm(cmd, "restart VM `NAME` even if it loses deleted files it still has open (repeatable)")
	cmd.Flags().BoolVar(&restart, "restart", false, "restart running VMs afterwards, one at a time")
	return cmd
}

// update builds, shows what is different, and switches.
func (s *session) update(ctx context.Context, names []model.Raw, t terms, restart, buildOnly bool) error {
	return s.withOperator(ctx, "update", func(h Host, operator Operator) error {
		plan, err := s.planned(ctx, h, operator, func(i model.Inventory) model.Plan { return model.PlanBuild(i, names) })
		if err != nil {
			return err
		}
		if t.dryRun {
			return s.showBuild(plan, buildOnly)
		}
		s.sayCautions(plan)
		building := t
		building.yes, building.digest = true, "" // a build changes nothing yet
		built, err := s.carryThrough(ctx, operator, plan, building)
		if err != nil || built.ID == "" {
			return s.answerResults(err)
		}
		err = s.switchTo(ctx, h, operator, built.Built(), t, restart, buildOnly)
		// Where this is interrupted the switch goes on, and holds nothing yet of
		// what it has not come to. Then what is left goes with a later operation.
		if ctx.Err() == nil {
			_ = operator.Discard(ctx, built.ID)
		}
		return s.answerResults(err)
	})
}

// sayCautions tells what there is to know about builds that need no more than
// that.
func (s *session) sayCautions(plan model.Plan) {
	for _, item := range plan.Items {
		if item.ConfirmWord != "" || s.json {
			continue
		}
		for _, caution := range item.Cautions {
			s.say(text.Safef("update %s: %s", item.Ref.Name, caution))
		}
	}
}

// showBuild is the answer to --dry-run: what is switched to is known only when it
// is built.
func (s *session) showBuild(plan model.Plan, buildOnly bool) error {
	err := s.showPlan(plan)
	if !s.json && !buildOnly && len(plan.Items) > 0 {
		s.answer.WriteString("the result is then switched to, with a plan of its own\n")
	}
	return err
}

// switchTo shows what is different and switches to what was built.
func (s *session) switchTo(ctx context.Context, h Host, operator Operator, built []model.Built, t terms, restart, buildOnly bool) error {
	seen, err := h.Observe(ctx)
	if err != nil {
		return err
	}
	i := model.Interpret(seen)
	for _, b := range built {
		vm := i.VM(b.VM)
		if vm == nil || vm.Directory == nil || vm.Directory.Current == nil || s.json {
			continue
		}
		diff, err := operator.Compare(ctx, vm.Directory.Current.Target, b.Runner)
		if err != nil {
			s.say(text.Safef("update %s: cannot show what differs: %s", b.VM, oneLine(err)))
			continue
		}
		for _, line := range diff.Lines(b.VM) {
			s.writeLine(line)
		}
	}
	if buildOnly || len(built) == 0 {
		return nil
	}
	plan, err := s.planned(ctx, h, operator, func(i model.Inventory) model.Plan { return model.PlanUpdate(i, built, restart) })
	if err != nil {
		return err
	}
	// Of what was built, the switch is what counts.
	s.results = slices.DeleteFunc(s.results, func(r resultEntry) bool { return r.Result == model.ResultDone })
	_, err = s.carryThrough(ctx, operator, plan, t)
	return err
}
