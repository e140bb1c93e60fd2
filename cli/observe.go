package cli

import (
	"github.com/spf13/cobra"

	"microtui/model"
)

func (s *session) observeCommand() *cobra.Command {
	var maskNames bool
	cmd := &cobra.Command{
		Use: "observe", Short: "Write what was read from the host as JSON, to be replayed with --observation",
		Args: noNames, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			seen, err := s.observe(cmd.Context())
			if err == nil && maskNames {
				seen, err = masked(seen)
			}
			if err != nil {
				return err
			}
			return s.answerJSON(withoutNulls(seen))
		},
	}
	cmd.Flags().BoolVar(&maskNames, "mask-names", false, "put numbers for the names of VMs, hosts, interfaces and flakes, and for MAC and IP addresses")
	return cmd
}

// withoutNulls makes lists that hold nothing [] and not null.
func withoutNulls(o model.Observation) model.Observation {
	o.Faults, o.Units, o.Systems = orEmpty(o.Faults), orEmpty(o.Units), orEmpty(o.Systems)
	o.StateDir.Directories, o.Runners, o.GCRoots = orEmpty(o.StateDir.Directories), orEmpty(o.Runners), orEmpty(o.GCRoots)
	o.Links, o.Netdevs, o.Processes = orEmpty(o.Links), orEmpty(o.Netdevs), orEmpty(o.Processes)
	o.Usage, o.Keep = orEmpty(o.Usage), orEmpty(o.Keep)
	return o
}
