package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpCommand replaces cobra's, which answers an unknown command with status 0.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Show help for a command", DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), args[0])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// completionHelp answers `completion` without a shell, or with an unknown one.
func completionHelp(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return cmd.Help()
}

// plainSwitch is a switch as the help writes it: --json. For a flag of type
// bool pflag writes --json[=true|false].
type plainSwitch struct{ pflag.Value }

// Type is the one type of a switch to which pflag adds nothing.
func (plainSwitch) Type() string { return "boolfunc" }

// IsBoolFlag says that it needs no value.
func (plainSwitch) IsBoolFlag() bool { return true }

// usageOf is cobra's usage with plain switches. Nothing reads the flags of a
// command once its help is asked for.
func usageOf(standard func(*cobra.Command) error) func(*cobra.Command) error {
	plain := func(flag *pflag.Flag) {
		if flag.Value.Type() == "bool" {
			flag.Value = plainSwitch{flag.Value}
		}
	}
	return func(cmd *cobra.Command) error {
		cmd.LocalFlags().VisitAll(plain)
		cmd.InheritedFlags().VisitAll(plain)
		return standard(cmd)
	}
}
