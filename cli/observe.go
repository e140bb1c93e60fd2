package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"microtui/model"
)

func (s *session) observeCommand() *cobra.Command {
	var maskNames bool
	cmd := &cobra.Command{
		Use: "observe", Short: "Write everything read from the host as JSON, for --observation",
		Args: noNames, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var seen model.Observation
			err := s.withHost(cmd.Context(), func(h Host) (err error) {
				if attentive, ok := h.(Attentive); ok {
					attentive.AttendAll()
				}
				seen, err = h.Observe(cmd.Context())
				return err
			})
			seen = withoutCredentials(seen)
			if err == nil && maskNames {
				seen, err = masked(seen)
			}
			if err != nil {
				return err
			}
			return s.answerJSON(withoutNulls(seen))
		},
	}
	cmd.Flags().BoolVar(&maskNames, "mask-names", false, "replace names of VMs, hosts, interfaces and flakes, and MAC and IP addresses, with numbers")
	return cmd
}

// withoutCredentials masks those in flake references: what is written goes into
// bug reports. It means the same when it is replayed.
func withoutCredentials(o model.Observation) model.Observation {
	o.Systems = slices.Clone(o.Systems)
	for at := range o.Systems {
		declared := slices.Clone(o.Systems[at].Declared)
		for i := range declared {
			declared[i].Flake = model.MaskedFlake(declared[i].Flake)
		}
		o.Systems[at].Declared = declared
	}
	o.BuiltFrom, o.StateDir.Directories = slices.Clone(o.BuiltFrom), slices.Clone(o.StateDir.Directories)
	for at := range o.StateDir.Directories {
		d := &o.StateDir.Directories[at]
		if d.Flake == nil {
			continue
		}
		shown := *d.Flake
		shown.Ref = model.MaskedFlake(shown.Ref)
		for i, b := range o.BuiltFrom {
			if b.VM == d.Name && b.Is(d.Flake.Ref) {
				o.BuiltFrom[i] = model.NewBuiltFrom(b.StateDir, b.VM, shown.Ref, b.At)
			}
		}
		d.Flake = &shown
	}
	return o
}

// withoutNulls makes lists that hold nothing [] and not null.
func withoutNulls(o model.Observation) model.Observation {
	o.Faults, o.Units, o.Systems = orEmpty(o.Faults), orEmpty(o.Units), orEmpty(o.Systems)
	o.StateDir.Directories, o.Runners, o.GCRoots = orEmpty(o.StateDir.Directories), orEmpty(o.Runners), orEmpty(o.GCRoots)
	o.Links, o.Netdevs, o.Processes = orEmpty(o.Links), orEmpty(o.Netdevs), orEmpty(o.Processes)
	o.Usage, o.Keep = orEmpty(o.Usage), orEmpty(o.Keep)
	return o
}
