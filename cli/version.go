package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// What a release says of itself, by -ldflags '-X microtui/cli.version=…'. Empty:
// what Go wrote into the executable counts.
var version, revision string

// build is what the program knows of its own making.
type build struct {
	Schema   int     `json:"schema"`
	Version  string  `json:"version"`
	Revision *string `json:"revision"` // null: not built from a checkout
	Modified *bool   `json:"modified"` // the checkout differed from its revision
	Time     *string `json:"revision_time"`
	Go       string  `json:"go"`
	System   string  `json:"system"`
}

// readBuild reads what Go wrote into the executable.
func readBuild() (b build) {
	b = build{Schema: schema, Version: "unknown", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	defer b.stamp()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := strings.Trim(info.Main.Version, "()"); v != "" {
		b.Version = v
	}
	for _, setting := range info.Settings {
		switch value := setting.Value; setting.Key {
		case "vcs.revision":
			b.Revision = &value
		case "vcs.time":
			b.Time = &value
		case "vcs.modified":
			modified := value == "true"
			b.Modified = &modified
		}
	}
	return b
}

// stamp puts what a release says of itself in the place of what Go knows.
func (b *build) stamp() {
	if version != "" {
		b.Version = version
	}
	if revision != "" {
		b.Revision = &revision
	}
}

func (s *session) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version", Args: noNames, DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			b := readBuild()
			if s.json {
				return s.answerJSON(b)
			}
			fmt.Fprintf(&s.answer, "microtui %s (%s, %s)\n", b.Version, b.Go, b.System)
			return nil
		},
	}
}

// noNames refuses arguments of a command that takes none.
func noNames(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s: unexpected argument %q; see %s --help", cmd.Name(), args[0], cmd.CommandPath())
	}
	return nil
}
