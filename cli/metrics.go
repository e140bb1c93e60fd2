package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
)

const metricsLong = `Print metrics of the host and its VMs in the Prometheus text format. Unknown
values are left out. With --textfile, write them to a file that is replaced
atomically, for the textfile collector of node_exporter; its name should end in
.prom. Some metrics (trash, operations) require root.`

func (s *session) metricsCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use: "metrics", Short: "Print metrics for Prometheus", Long: metricsLong, Args: noNames, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case s.json:
				return usage("metrics does not support --json; see microtui list --json")
			case cmd.Flags().Changed("textfile") && path == "":
				return usage("--textfile needs a path; see %s --help", cmd.CommandPath())
			}
			return s.metrics(cmd.Context(), path)
		},
	}
	cmd.Flags().StringVar(&path, "textfile", "", "write to `FILE` instead, replacing it atomically")
	return cmd
}

// metrics answers with the figures, or replaces a file by them: of a host that
// could not be read, what the file said before stays, with its age.
func (s *session) metrics(ctx context.Context, path string) error {
	all, err := s.measure(ctx)
	if err != nil {
		return err
	}
	written := metricsText(all)
	switch {
	case path == "":
		s.answer.WriteString(written)
		return nil
	case s.ReplaceFile == nil:
		return problem{exitRefused, "metrics: no file can be written here"}
	}
	if err := s.ReplaceFile(path, []byte(written)); err != nil {
		return problem{exitFailed, text.Safef("metrics: write %s: %v", path, err)}
	}
	return nil
}

func (s *session) measure(ctx context.Context) (all []model.Metric, err error) {
	b := readBuild()
	facts := model.MetricFacts{Version: model.Raw(b.Version), GoVersion: model.Raw(b.Go)}
	if b.Revision != nil {
		facts.Revision = model.Raw(*b.Revision)
	}
	err = s.withHost(ctx, func(h Host) error {
		start := time.Now()
		seen, err := h.Observe(ctx)
		if err != nil {
			return err
		}
		facts.Took = time.Since(start)
		facts.Operations = operationsOn(ctx, h, seen.Host.Privileged)
		i := doctor.Interpret(seen)
		i.Findings = orEmpty(i.Findings) // it was asked
		all = model.Metrics(i, facts)
		return nil
	})
	return all, err
}

// operationsOn are the operations on record; nil where not all could be read.
func operationsOn(ctx context.Context, h Host, privileged bool) []model.Operation {
	operator, ok := h.(Operator)
	if !ok || !privileged {
		return nil
	}
	all, err := operator.Operations(ctx)
	if err != nil {
		return nil
	}
	return orEmpty(all)
}
