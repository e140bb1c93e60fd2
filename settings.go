package main

import (
	"os"
	"slices"
	"strings"
	"sync"

	"microtui/cli"
	"microtui/config"
	"microtui/model"
	"microtui/styles"
	"microtui/tui"
	"microtui/tui/logview"
	"microtui/tui/table"
)

// readOnce reads the user's configuration when it is first asked for.
func readOnce(env []string) func() (config.Config, error) {
	return sync.OnceValues(func() (config.Config, error) {
		return config.Read(config.Path(func(name string) string { return variable(env, name) }), configurable())
	})
}

func variable(env []string, name string) string {
	for _, entry := range slices.Backward(env) {
		if value, found := strings.CutPrefix(entry, name+"="); found {
			return value
		}
	}
	return ""
}

// configurable is what a configuration can name.
func configurable() config.Names {
	names := config.Names{Columns: table.Columns()}
	for _, c := range tui.Commands() {
		names.Commands = append(names.Commands, config.Command(c))
	}
	return names
}

// screenOf is what the screen takes from a configuration.
func screenOf(env []string, c config.Config) tui.Options {
	return tui.Options{
		Look: lookFor(env, c), Interval: c.Refresh, Keys: c.Keys, Columns: c.Columns, Addresses: c.SSH,
		Sort: model.SortKey(c.Sort), Group: model.GroupKey(c.Group), Mouse: c.Mouse,
		Log: logview.Options{Timestamps: c.Log.Timestamps, Cut: !c.Log.Wrap, Colours: c.Log.Colours},
	}
}

// settingsOf is what the command line takes from a configuration.
func settingsOf(c config.Config, look cli.Look) cli.Settings {
	return cli.Settings{Look: look, Addresses: c.SSH, Effective: c}
}

// lookFor is how things look on the terminal as the user wants it. Colours
// that are asked for by name count more than NO_COLOR, as no-color.org has it.
func lookFor(env []string, c config.Config) tui.Look {
	named := map[string]styles.Theme{"dark": styles.Dark, "light": styles.Light}[c.Theme]
	if named != "" {
		env = slices.DeleteFunc(slices.Clone(env), func(entry string) bool { return strings.HasPrefix(entry, "NO_COLOR=") })
	}
	look := tui.LookFrom(env)
	switch {
	case c.Theme == "mono":
		look.Theme = styles.Mono
	case named != "" && (look.Theme == styles.Dark || look.Theme == styles.Light): // not where the terminal has no such colours
		look.Theme = named
	}
	switch c.ASCII {
	case "on":
		look.ASCII = true
	case "off":
		look.ASCII = false
	}
	return look
}

// textLook is how text that is written to a file looks.
func textLook(look tui.Look, out *os.File) cli.Look {
	return cli.Look{
		Colour: look.Term != "" && look.Term != "dumb" && isTerminal(out),
		Theme:  look.Theme,
		ASCII:  look.ASCII,
	}
}
