package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"microtui/lab"
	"microtui/lab/fixture"
)

// TestHostScripts runs the program on a real host of each script's own, one
// script after the other: they share the systemd.
func TestHostScripts(t *testing.T) {
	lab.Require(t)
	testscript.RunT(inTurn{t}, testscript.Params{
		Dir:                 "testdata/script/host",
		RequireExplicitExec: true,
		Condition:           holds,
		Setup: func(env *testscript.Env) error {
			env.Setenv("MICROTUI", buildProgram(t))
			env.Setenv("LANG", "C.UTF-8")
			t := env.T().(inTurn).T
			env.Values["host"] = fixture.NewHost(t, fixture.Options{})
			env.Defer(func() { leavesNothing(t) })
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"microtui": runProgram, "host": doOnHost, "drop-in": writeDropIn, "await": awaitText,
		},
	})
}

// inTurn runs scripts one after the other.
type inTurn struct{ *testing.T }

func (t inTurn) Run(name string, script func(testscript.T)) {
	t.T.Run(name, func(t *testing.T) { script(inTurn{t}) })
}

func (inTurn) Parallel()     {}
func (inTurn) Verbose() bool { return testing.Verbose() }

func hostOf(ts *testscript.TestScript) *fixture.Host { return ts.Value("host").(*fixture.Host) }

// doOnHost is the script command `host`: create NAME [OPTION…], flake FLAKE NAME
// [OPTION…], which writes or changes a flake, create-from FLAKE NAME, start NAME…,
// outside NAME, console NAME TEXT and is UNIT PROPERTY VALUE, which waits until
// it is so.
func doOnHost(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: host WHAT ARGS…")
	}
	h := hostOf(ts)
	switch what, rest := args[0], args[1:]; {
	case what == "create":
		h.Create(rest[0], vmOptions(ts, rest[1:])...)
		h.Register()
	case what == "flake" && len(rest) > 1:
		h.Flake(rest[0], fixture.NewVM(rest[1], vmOptions(ts, rest[2:])...))
	case what == "create-from" && len(rest) == 2:
		h.UpstreamCreate(rest[1], "path:/srv/flakes/"+rest[0], nil)
		h.Register()
	case what == "start":
		h.Start(rest...)
	case what == "outside":
		h.RunOutside(rest[0])
	case what == "console" && len(rest) == 2:
		h.AwaitConsole(rest[0], rest[1])
	case what == "is" && len(rest) == 3:
		h.Await(strings.Join(rest, " "), func() bool { return h.Property(rest[0], rest[1]) == rest[2] })
	default:
		ts.Fatalf("host %q: no such thing", args)
	}
}

func vmOptions(ts *testscript.TestScript, words []string) []fixture.Option {
	var options []fixture.Option
	for _, word := range words {
		switch name, value, _ := strings.Cut(word, "="); name {
		case "tap":
			options = append(options, fixture.Tap(value))
		case "exits":
			status, err := strconv.Atoi(value)
			ts.Check(err)
			options = append(options, fixture.Exits(status))
		case "vsock":
			cid, err := strconv.Atoi(value)
			ts.Check(err)
			options = append(options, fixture.Vsock(cid))
		case "no-shutdown":
			options = append(options, fixture.NoShutdown())
		default:
			ts.Fatalf("VM option %q: no such option", word)
		}
	}
	return options
}

// writeDropIn is the script command `drop-in UNIT FILE`.
func writeDropIn(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) != 2 {
		ts.Fatalf("usage: drop-in UNIT FILE")
	}
	folder := filepath.Join("/run/systemd/system", args[0]+".d")
	ts.Check(os.MkdirAll(folder, 0o755))
	ts.Check(os.WriteFile(filepath.Join(folder, args[1]), []byte(ts.ReadFile(args[1])), 0o644))
	ts.Check(ts.Exec("systemctl", "daemon-reload"))
}

// awaitText is the script command `await FILE REGEXP`: waits until a file that
// is being written to matches.
func awaitText(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) != 2 {
		ts.Fatalf("usage: await FILE REGEXP")
	}
	wanted, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	path := ts.MkAbs(args[0])
	hostOf(ts).Await(args[1]+" in "+args[0], func() bool {
		text, _ := os.ReadFile(path)
		return wanted.Match(text)
	})
}
