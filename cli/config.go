package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
)

// Settings are what the command line takes from the user's configuration.
type Settings struct {
	Style     OutputStyle                 // in the place of that of [Program]
	Addresses map[model.Raw]model.Address // of guests, by the VM's name
	Effective Effective                   // what microtui config tells
}

// Effective is a configuration as it holds.
type Effective interface {
	TOML() string         // in the form of the file, with where each value comes from
	JSON() map[string]any // the same as one object
}

const aboutConfig = `Show the effective configuration as a configuration file, with the line that
sets each value. To start a file of your own:
    microtui config >FILE

The file is $XDG_CONFIG_HOME/microtui/config.toml, or else
~/.config/microtui/config.toml. With sudo that is root's file, and root reads it
only if nobody else can change it. If the file has an error, the screen, ssh and
config refuse to start; other commands report it and use the defaults.`

func (s *session) configCommand() *cobra.Command {
	return &cobra.Command{
		Use: "config", Short: "Show the effective configuration", Long: aboutConfig, Args: noNames, DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			if s.settings.Effective == nil {
				return problem{exitRefused, "config: no configuration is available here"}
			}
			if s.json {
				all := s.settings.Effective.JSON()
				all["schema"] = schema
				return s.answerJSON(all)
			}
			s.answer.WriteString(s.settings.Effective.TOML())
			return nil
		},
	}
}

// Commands for which the configuration counts so much that a mistake in it
// stops them: keys that do something else than was asked for, or another
// address. And those that show no host, to which it is nothing.
var (
	needConfig = []string{"microtui", "ssh", "config"}
	lackConfig = []string{"operation", "version", "man", "completion", "help", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}
)

// configure takes over the configuration, where a command asks for it.
func (s *session) configure(cmd *cobra.Command) error {
	for cmd.HasParent() && cmd.Parent().HasParent() {
		cmd = cmd.Parent()
	}
	if s.Configure == nil || slices.Contains(lackConfig, cmd.Name()) {
		return nil
	}
	settings, err := s.Configure()
	s.settings, s.Style = settings, settings.Style
	switch {
	case err == nil:
	case slices.Contains(needConfig, cmd.Name()):
		return usage("%v", err)
	default:
		s.say(text.Safef("%v; using the defaults", err))
	}
	return nil
}
