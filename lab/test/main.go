// Command test runs the tests and says at the end what was skipped and what to
// install for it:
//
//	go run ./lab/test              everything: go test ./...
//	go run ./lab/test -run X ./a   go test with these arguments
//
// It prints what go test prints. Waiting for the machine's one lab counts
// against nobody's time-out here: each package that needs it has its ten
// minutes from when its tests begin.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"microtui/model"
)

func main() {
	arguments := os.Args[1:]
	if len(arguments) == 0 {
		arguments = []string{"./..."}
	}
	status, err := run(arguments, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(arguments []string, out io.Writer) (status int, err error) {
	cmd := exec.Command("go", append([]string{"test", "-json", "-timeout=1h"}, arguments...)...)
	cmd.Env = append(os.Environ(), "MICROTUI_TEST_TIMEOUT=10m")
	cmd.Stderr = os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	told := read(events, out)
	err = cmd.Wait()
	fmt.Fprintln(out, told.summary())
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}

// event is a line of go test -json (go doc test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
}

// outcome is what became of the tests.
type outcome struct {
	ran     int
	parts   int             // of tests that ran, that were skipped
	skipped map[string]int  // by reason
	missing map[string]bool // Debian packages
}

// read follows the events, prints what go test would print without -json and
// counts.
func read(events io.Reader, out io.Writer) outcome {
	told := outcome{skipped: map[string]int{}, missing: map[string]bool{}}
	output := map[string][]string{} // by package and test
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(out, lines.Text())
			continue
		}
		at := e.Package + "\x00" + e.Test
		switch e.Action {
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "output":
			output[at] = append(output[at], e.Output)
		case "pass", "fail", "skip":
			told.count(e, output[at])
			told.print(e, output[at], out)
			delete(output, at)
		}
	}
	return told
}

// count counts a test that ended. Those that have parts count as one, unless a
// part was skipped.
func (o *outcome) count(e event, output []string) {
	isPart, isSkipped := strings.Contains(e.Test, "/"), e.Action == "skip"
	switch {
	case e.Test == "":
		return
	case !isPart:
		o.ran++
	case isSkipped:
		o.parts++
	}
	if !isSkipped {
		return
	}
	why, packages := missing(reason(output))
	o.skipped[why]++
	for _, name := range packages {
		o.missing[name] = true
	}
}

// missing takes the packages out of a reason for which they are missing:
// "a lab needs the Debian packages dbus nix-bin".
func missing(reason string) (why string, packages []string) {
	why, names, found := strings.Cut(reason, "the Debian packages ")
	if !found {
		return reason, nil
	}
	return why + "Debian packages that are not installed", strings.Fields(names)
}

// print prints the output of what failed, and the line of a package.
func (o *outcome) print(e event, output []string, out io.Writer) {
	if e.Test != "" {
		if e.Action == "fail" {
			fmt.Fprint(out, strings.Join(output, ""))
		}
		return
	}
	for _, line := range output {
		if e.Action == "fail" || strings.HasPrefix(line, "ok  ") || strings.HasPrefix(line, "?   ") {
			fmt.Fprint(out, line)
		}
	}
}

// reason is why a test was skipped: the last line that it logged, without the
// place in the source.
func reason(output []string) string {
	found := "no reason given"
	for _, line := range output {
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "===") || strings.HasPrefix(text, "---") {
			continue
		}
		if place, rest, ok := strings.Cut(text, ": "); ok && strings.Contains(place, ".go:") {
			text = rest
		}
		if _, why, ok := strings.Cut(text, "skip '"); ok { // as a script says it
			text = strings.TrimSuffix(why, "'")
		}
		found = text
	}
	return found
}

// summary is the line at the end.
func (o outcome) summary() string {
	all := 0
	var parts []string
	byCount := slices.SortedFunc(maps.Keys(o.skipped), func(a, b string) int {
		return cmp.Or(cmp.Compare(o.skipped[b], o.skipped[a]), cmp.Compare(a, b))
	})
	for _, reason := range byCount {
		all += o.skipped[reason]
		parts = append(parts, fmt.Sprintf("%d: %s", o.skipped[reason], reason))
	}
	if all == 0 {
		return fmt.Sprintf("%s, none skipped", model.Counted(o.ran, "test"))
	}
	text := fmt.Sprintf("%s, %d skipped", model.Counted(o.ran, "test"), all-o.parts)
	if o.parts > 0 {
		text += fmt.Sprintf(", and %s of others", model.Counted(o.parts, "part"))
	}
	text += fmt.Sprintf(" (%s)", strings.Join(parts, "; "))
	if len(o.missing) > 0 {
		text += "; to run more: apt-get install " + strings.Join(slices.Sorted(maps.Keys(o.missing)), " ")
	}
	return text
}
