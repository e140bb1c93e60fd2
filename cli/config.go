package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"microtui/model"
)

// Settings are what the command line takes from the user's configuration.
type Settings struct {
	Look      Look                        // in the place of that of [Program]
	Addresses map[model.Raw]model.Address // of guests, by the VM's name
	Effective Effective                   // what microtui config tells
}

// Effective is a configuration as it holds.
type Effective interface {
	TOML() string         // in the form of the file, with where each value comes from
	JSON() map[string]any // the same as one object
}

const aboutConfig = `Tell the configuration as it holds, in the form of its file, each value with the
line that sets it. A file to begin with is
    microtui config >FILE

It is read from $XDG_CONFIG_HOME/microtui/config.toml, or else from
~/.config/microtui/config.toml. Through sudo that is root's, and as root only a
file is read that nobody else can change. With a mistake in it the screen, ssh
and config do not start; the other commands say so and go on without it.`

func (s *session) configCommand() *cobra.Command {
	return &cobra.Command{
		Use: "config", Short: "Tell the configuration", Long: aboutConfig, Args: noNames, DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			if s.settings.Effective == nil {
				return problem{exitRefused, "config: nothing can be configured here"}
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
	s.settings, s.Look = settings, settings.Look
	switch {
	case err == nil:
	case slices.Contains(needConfig, cmd.Name()):
		return usage("%v", err)
	default:
		s.say(model.Safef("%v; going on without it", err))
	}
	return nil
}
