package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"microtui/model"
)

const updateLong = `Build what a VM's flake says now, show what is different, and switch to it. The
VM goes on running what it has booted until it is restarted; what it ran before
stays as old, to roll back to.`

func (s *session) updateCommand() *cobra.Command {
	var t terms
	var restart, buildOnly, check bool
	cmd := named("update NAME…", "Build VMs anew from their flakes and switch to that", func(ctx context.Context, names []string) error {
		if check && (restart || buildOnly || t.dryRun || t.yes) {
			return usage("update: --check builds nothing; it stands alone, with names or without")
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
			return usage("update: --build-only switches to nothing that a --restart could start")
		}
		return s.update(ctx, raws(names), t, restart, buildOnly)
	})
	cmd.Long = updateLong
	t.bind(cmd)
	t.bindConfirm(cmd, "update the VM of this `NAME` though its flake reference is another one than at the last update, or its restart loses deleted files; may be given again")
	cmd.Flags().BoolVar(&check, "check", false, "only tell whether there is something newer; without names, of all")
	cmd.Flags().BoolVar(&restart, "restart", false, "restart those that run, one after the other")
	cmd.Flags().BoolVar(&buildOnly, "build-only", false, "build and show what is different, and switch to nothing")
	return cmd
}

func (s *session) rollbackCommand() *cobra.Command {
	var t terms
	var restart bool
	cmd := named("rollback NAME…", "Switch VMs back to what they had before", func(ctx context.Context, names []string) error {
		if err := possible("rollback", names); err != nil {
			return err
		}
		return s.operate(ctx, "rollback", t, func(i model.Inventory) model.Plan { return model.PlanRollback(i, raws(names), restart) })
	})
	t.bind(cmd)
	t.bindConfirm(cmd, "restart the VM of this `NAME` though it loses deleted files that it has open; may be given again")
	cmd.Flags().BoolVar(&restart, "restart", false, "restart those that run, one after the other")
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
			s.say(model.Safef("update %s: %s", item.Ref.Name, caution))
		}
	}
}

// showBuild is the answer to --dry-run: what is switched to is known only when it
// is built.
func (s *session) showBuild(plan model.Plan, buildOnly bool) error {
	err := s.showPlan(plan)
	if !s.json && !buildOnly && len(plan.Items) > 0 {
		s.answer.WriteString("what is built is then switched to, by a plan of its own\n")
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
		at := slices.IndexFunc(i.VMs, func(vm model.VM) bool { return vm.Name == b.VM })
		if at < 0 || i.VMs[at].Directory == nil || i.VMs[at].Directory.Current == nil || s.json {
			continue
		}
		diff, err := operator.Compare(ctx, i.VMs[at].Directory.Current.Target, b.Runner)
		if err != nil {
			s.say(model.Safef("update %s: what is different could not be told: %s", b.VM, oneLine(err)))
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
