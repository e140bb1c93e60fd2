package cli

import (
	"context"

	"github.com/spf13/cobra"

	"microtui/model"
)

const about = `See every microVM of a microvm.nix host and everything that belongs to it,
and what was left behind and why. Without a command: the screen.`

const statuses = `Exit status: 0 done; 1 something was tried and failed; 2 not understood, or an
impossible name; 3 nothing was tried (an unknown name, not permitted, refused);
4 doctor --check found something; 130 interrupted. Of several names, one that
failed counts before one that was refused.`

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
				return usage("show screen: it has no --json; see microtui list --json")
			}
			return s.screen(cmd)
		},
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error { return s.begin(cmd, args) },
		SilenceErrors:     true, SilenceUsage: true, DisableAutoGenTag: true,
		SuggestionsMinimumDistance: 2,
		Version:                    readBuild().Version,
	}
	root.SetFlagErrorFunc(flagProblem)
	flags := root.PersistentFlags()
	flags.BoolVar(&s.choice.Demo, "demo", false, "the embedded demo host instead of this one")
	flags.StringVar(&s.choice.Observation, "observation", "", "a `FILE` that microtui observe wrote, or - for what is piped in, instead of this host")
	flags.StringVar(&s.choice.StateDir, "state-dir", "", "the `DIR` with the VMs' directories (default: where the host's units say)")
	flags.BoolVar(&s.choice.ReadOnly, "read-only", false, "change nothing")
	flags.BoolVar(&s.json, "json", false, "answer as JSON")
	flags.StringVar(&s.log, "log", "", "write a log of this run to `FILE`")
	root.SetHelpCommand(helpCommand())
	s.addCommands(root)
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" { // whose own answer to an unknown shell is help, and status 0
			cmd.Args, cmd.RunE = cobra.ArbitraryArgs, completionHelp
		}
	}
	return root
}

// addCommands adds the commands as the help lists them: in groups, and in each
// those first that are reached for first.
func (s *session) addCommands(root *cobra.Command) {
	groups := []struct {
		title    string
		commands []*cobra.Command
	}{
		{"Look:", []*cobra.Command{s.listCommand(), s.showCommand(), s.doctorCommand(), s.logsCommand(), s.opsCommand(), s.trashCommand()}},
		{"Run:", s.actCommands()},
		{"Change:", []*cobra.Command{s.updateCommand(), s.rollbackCommand(), s.purgeCommand(), s.restoreCommand(), s.keepCommand()}},
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
