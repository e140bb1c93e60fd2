package cli

import (
	"context"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
)

const gcLong = `Report leftovers to the journal and delete what has expired in the trash. This
is meant for a timer. Leftovers are removed only if /etc/microtui/config.toml
says so: [gc] orphans is "report" (the default), "clean" (what holds no data and
is not running) or "clean-data" (directories with data too, which go to the
trash). Even then, only what has been a leftover for gc.grace (168h) is removed,
at most gc.most (5) per run, and nothing that cannot be undone. If many VMs look
like leftovers at the same time, or the configuration cannot be read, nothing is
removed.`

// Collector is a host on which a periodic clean-up can keep its record.
type Collector interface {
	// Sightings are since when each leftover has been seen as one.
	Sightings(ctx context.Context) ([]model.Sighting, error)
	// RecordSightings replaces the record of them.
	RecordSightings(ctx context.Context, seen []model.Sighting) error
	// RecordCollection writes to the journal what was found and done.
	RecordCollection(ctx context.Context, i model.Inventory, c model.Collection, seen []model.Sighting)
}

func (s *session) gcCommand() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use: "gc", Short: "Report leftovers and empty expired trash, for a timer", Long: gcLong, Args: noNames, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.gc(cmd.Context(), dryRun) },
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "show what would be done, and do and record nothing")
	return cmd
}

// gc looks for leftovers, removes what the policy lets it, and reports.
func (s *session) gc(ctx context.Context, dryRun bool) error {
	return s.withOperator(ctx, "gc", func(h Host, operator Operator) error {
		collector, ok := h.(Collector)
		if !ok {
			return problem{exitRefused, "gc: this host keeps no record of leftovers"}
		}
		seen, err := h.Observe(ctx)
		if err != nil {
			return err
		}
		i := model.Interpret(seen)
		i.ReadOnly = s.barred(h)
		policy, trouble := s.collectPolicy()
		sightings, err := sight(ctx, collector, i, dryRun)
		if err != nil && trouble == "" {
			trouble = model.Raw(oneLine(err))
		}
		plan, err := operator.Survey(ctx, model.PlanCollect(i, sightings, policy).Withheld(trouble))
		if err != nil {
			return err
		}
		if dryRun {
			return s.answerCollection(i, plan.WouldCollect(), nil, dryRun)
		}
		ended, err := s.collect(ctx, operator, plan)
		if err != nil {
			return err
		}
		c := plan.Collected(ended)
		if i.ReadOnly == "" {
			collector.RecordCollection(ctx, i, c, sightings)
		}
		s.countCollection(c, policy)
		return s.answerCollection(i, c, orNull(ended.ID), dryRun)
	})
}

// sight looks up since when what is left over has been so, and writes it down.
// What only root can read, others do without.
func sight(ctx context.Context, collector Collector, i model.Inventory, dryRun bool) ([]model.Sighting, error) {
	if !i.Host.Privileged {
		return nil, nil
	}
	before, err := collector.Sightings(ctx)
	if err != nil {
		return nil, err
	}
	now := model.Sight(i, before)
	if dryRun || i.ReadOnly != "" {
		return now, nil
	}
	return now, collector.RecordSightings(ctx, now)
}

// collectPolicy is what may be done, and what is wrong with the configuration:
// then nothing may.
func (s *session) collectPolicy() (policy model.CollectPolicy, trouble model.Raw) {
	if s.CollectPolicy == nil || s.choice.Demo {
		return model.DefaultCollectPolicy, ""
	}
	policy, err := s.CollectPolicy()
	if err != nil {
		return model.DefaultCollectPolicy, model.Raw(oneLine(err))
	}
	return policy, ""
}

// collect carries out what is ticked.
func (s *session) collect(ctx context.Context, operator Operator, plan model.Plan) (model.Operation, error) {
	chosen := plan.Chosen()
	if len(chosen.Items) == 0 {
		return model.Operation{}, nil
	}
	id, err := operator.Begin(ctx, model.Request{Plan: chosen, By: "microtui gc"})
	if err != nil {
		return model.Operation{}, problem{exitRefused, text.Safef("gc: %s", oneLine(err))}
	}
	return s.follow(ctx, operator, id)
}

// countCollection counts what failed, and, where something was to be done, what
// kept it from being.
func (s *session) countCollection(c model.Collection, policy model.CollectPolicy) {
	for _, one := range c.Left {
		if one.Failed {
			s.failed++
		}
	}
	if c.SafetyWarning != "" && (c.Blocked || policy.Orphans != model.CollectReport) {
		s.refused++
	}
}
