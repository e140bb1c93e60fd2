package cli

import (
	"context"

	"github.com/spf13/cobra"

	"microtui/model"
)

const about = `Manage the microVMs of a microvm.nix host: see every VM and everything that
belongs to it, and what removed VMs left behind. Without a command, microtui
opens its screen.`

const statuses = `Exit status: 0 done; 1 something failed; 2 usage error or invalid name;
3 refused before anything was changed (unknown name, not permitted, busy);
4 doctor --check found problems; 130 interrupted. With several names, a failure
takes precedence over a refusal.`

// The commands stay in the order in which they are added.
func init() { cobra.EnableCommandSorting = false }

// root is the command line: the program itself and its commands.
func (s *session) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "microtui",
		Short: "See and manage the microVMs of a NixOS host",
		Long:  about + "\n\n" + statuses,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return unknownCommand(cmd, args[0])
			case s.json:
				return usage("the screen does not support --json; see microtui list --json")
			}
			return s.screen(cmd)
		},
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error { return s.begin(cmd, args) },
		SilenceErrors:     true, SilenceUsage: true, DisableAutoGenTag: true,
		SuggestionsMinimumDistance: 2,
		Version:                    readBuild().Version,
	}
	root.SetFlagErrorFunc(flagProblem)
	root.SetUsageFunc(usageOf(root.UsageFunc()))
	flags := root.PersistentFlags()
	flags.BoolVar(&s.choice.Demo, "demo", false, "use the built-in demo host instead of this one")
	flags.StringVar(&s.choice.Observation, "observation", "", "use a `FILE` written by microtui observe instead of this host (-: standard input)")
	flags.StringVar(&s.choice.StateDir, "state-dir", "", "the `DIR` that holds the VMs' directories (default: as the host's units say)")
	flags.BoolVar(&s.choice.ReadOnly, "read-only", false, "do not change anything")
	flags.BoolVar(&s.json, "json", false, "print JSON")
	flags.StringVar(&s.log, "log", "", "write a log of this run to `FILE`")
	root.SetHelpCommand(helpCommand())
	s.addCommands(root)
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" { // whose own answer to an unknown shell is help, and status 0
			cmd.Args, cmd.RunE = cobra.ArbitraryArgs, completionHelp
		}
	}
	root.InitDefaultHelpCmd()
	s.addCompletions(root)
	return root
}

// addCommands adds the commands as the help lists them: in groups, and in each
// those first that are reached for first.
func (s *session) addCommands(root *cobra.Command) {
	groups := []struct {
		title    string
		commands []*cobra.Command
	}{
		{"Inspect:", []*cobra.Command{s.listCommand(), s.showCommand(), s.doctorCommand(), s.logsCommand(), s.opsCommand(), s.trashCommand(), s.snapshotsCommand(), s.metricsCommand()}},
		{"Run:", s.actCommands()},
		{"Change:", []*cobra.Command{s.createCommand(), s.updateCommand(), s.rollbackCommand(), s.purgeCommand(), s.restoreCommand(), s.snapshotCommand(), s.keepCommand(), s.gcCommand()}},
		{"About microtui:", []*cobra.Command{s.configCommand(), s.observeCommand(), s.versionCommand()}},
	}
	for _, group := range groups {
		root.AddGroup(&cobra.Group{ID: group.title, Title: group.title})
		for _, cmd := range group.commands {
			cmd.GroupID = group.title
			root.AddCommand(cmd)
		}
	}
	root.SetHelpCommandGroupID("About microtui:")
	root.SetCompletionCommandGroupID("About microtui:")
	root.AddCommand(s.manCommand(), s.operationCommand())
}

// actCommands are the commands that run a VM, and the one that goes into it.
func (s *session) actCommands() []*cobra.Command {
	var all []*cobra.Command
	for _, action := range model.Actions {
		all = append(all, s.actCommand(action))
	}
	return append(all, s.sshCommand())
}

// begin checks the flags that every command has, and opens the log.
func (s *session) begin(cmd *cobra.Command, args []string) error {
	if cmd.Name() == cobra.ShellCompRequestCmd { // a shell asks: what is wrong elsewhere is nothing to it
		return nil
	}
	see := "see " + cmd.CommandPath() + " --help"
	switch c := s.choice; {
	case c.Demo && c.recorded():
		return usage("use only one of --demo and --observation; %s", see)
	case c.StateDir != "" && (c.Demo || c.recorded()):
		return usage("--state-dir works on this host only, not with --demo or --observation; %s", see)
	case cmd.Flags().Changed("observation") && c.Observation == "":
		return usage("--observation needs a path; %s", see)
	case cmd.Flags().Changed("state-dir") && c.StateDir == "":
		return usage("--state-dir needs a path; %s", see)
	}
	if err := s.openLog(cmd.CommandPath(), args); err != nil {
		return err
	}
	return s.configure(cmd)
}

// named makes a command that takes names.
func named(use, short string, run func(context.Context, []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), args) },
	}
}
