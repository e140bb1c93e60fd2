package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"microtui/model/text"
)

// The exit statuses, a contract with scripts.
const (
	exitDone        = 0   // done, or already so
	exitFailed      = 1   // something was tried and failed
	exitUsage       = 2   // not understood, or a name that nothing can have
	exitRefused     = 3   // nothing was tried: unknown, not permitted, busy, refused
	exitFound       = 4   // --check found a warning or worse
	exitInterrupted = 130 // a signal came first
)

// problem is an error with the status it ends the program with.
type problem struct {
	status int
	text   text.SafeText
}

func (p problem) Error() string { return string(p.text) }

func usage(format string, args ...any) error {
	return problem{exitUsage, text.Safef(format, args...)}
}

// report writes an error as one line, if it has words, and gives the exit
// status.
func (s *session) report(err error) int {
	switch {
	case err == nil && s.failed > 0:
		return exitFailed
	case err == nil && s.refused > 0:
		return exitRefused
	case err == nil:
		return exitDone
	}
	if line := oneLine(err); line != "" {
		s.say(line)
	}
	return statusOf(err)
}

// statusOf is the status that an error ends the program with.
func statusOf(err error) int {
	if p := (problem{}); errors.As(err, &p) {
		return p.status
	}
	return exitFailed
}

// oneLine is the text of an error on one line, though it be several joined.
func oneLine(err error) text.SafeText {
	return text.Safe(strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; "))
}

// say writes a line to standard error.
func (s *session) say(line text.SafeText) {
	fmt.Fprintf(s.Err, "microtui: %s\n", s.Style.text(line))
}

// flagProblem puts an error of the flag parser into words.
func flagProblem(cmd *cobra.Command, err error) error {
	see := "see " + cmd.CommandPath() + " --help"
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usage("unknown flag -%s; %s, or put -- before a name", unknown.GetSpecifiedShortnames(), see)
	case errors.As(err, &unknown):
		return usage("unknown flag --%s; %s", unknown.GetSpecifiedName(), see)
	case errors.As(err, &missing):
		return usage("--%s needs a value; %s", missing.GetSpecifiedName(), see)
	case errors.As(err, &invalid):
		return usage("--%s: %q is not %s; %s", invalid.GetFlag().Name, invalid.GetValue(), valueNames[invalid.GetFlag().Value.Type()], see)
	}
	return usage("%v; %s", err, see)
}

// valueNames is what the flag parser's types are to a reader.
var valueNames = map[string]string{
	"duration": "a duration such as 2s or 1m",
	"bool":     "true or false",
}

// unknownCommand is the error for a first argument that is no command.
func unknownCommand(root *cobra.Command, name string) error {
	see := "see microtui --help"
	if near := root.SuggestionsFor(name); len(near) > 0 {
		see = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return usage("unknown command %s; %s", name, see)
}
