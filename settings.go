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
		return config.Read(config.Find(func(name string) string { return variable(env, name) }), configurable())
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

// collectPolicy is what the periodic clean-up may do: the host's file says it, not
// that of whoever calls.
func collectPolicy() (model.CollectPolicy, error) {
	c, err := config.Read(config.HostPath, configurable())
	return c.GC, err
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
		Terminal: terminalFor(env, c), Interval: c.Refresh, Keys: c.Keys, Columns: c.Columns, Addresses: c.SSH,
		Sort: model.SortKey(c.Sort), Group: model.GroupKey(c.Group), Mouse: c.Mouse,
		Log: logview.Options{Timestamps: c.Log.Timestamps, Cut: !c.Log.Wrap, Colours: c.Log.Colours},
	}
}

// settingsOf is what the command line takes from a configuration.
func settingsOf(c config.Config, style cli.OutputStyle) cli.Settings {
	return cli.Settings{Style: style, Addresses: c.SSH, Effective: c}
}

// terminalFor is what the terminal is to show, as the user wants it. Colours
// that are asked for by name count more than NO_COLOR, as no-color.org has it.
func terminalFor(env []string, c config.Config) tui.TerminalCaps {
	named := map[string]styles.Theme{"dark": styles.Dark, "light": styles.Light}[c.Theme]
	if named != "" {
		env = slices.DeleteFunc(slices.Clone(env), func(entry string) bool { return strings.HasPrefix(entry, "NO_COLOR=") })
	}
	caps := tui.TerminalCapsFrom(env)
	switch {
	case c.Theme == "mono":
		caps.Theme = styles.Mono
	case named != "" && (caps.Theme == styles.Dark || caps.Theme == styles.Light): // not where the terminal has no such colours
		caps.Theme = named
	}
	switch c.ASCII {
	case "on":
		caps.ASCII = true
	case "off":
		caps.ASCII = false
	}
	return caps
}

// outputStyle is how text that is written to a file looks.
func outputStyle(caps tui.TerminalCaps, out *os.File) cli.OutputStyle {
	return cli.OutputStyle{
		Colour: caps.Term != "" && caps.Term != "dumb" && isTerminal(out),
		Theme:  caps.Theme,
		ASCII:  caps.ASCII,
		Width:  widthOf(out),
	}
}
