package systemd

import (
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"

	"microtui/model"
)

var errNoUnit = errors.New("systemd has no such unit")

// jobErrors maps the answers of systemd to a request for a job to what they
// mean (bus-common-errors.c of systemd) and to our own words; without words,
// those of systemd follow.
var jobErrors = map[string]struct {
	kind  error
	words string
}{
	"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired": {model.ErrDenied, "polkit requires a password, which microtui cannot ask for: run as root, or allow it with a polkit rule"},
	"org.freedesktop.DBus.Error.AccessDenied":                     {model.ErrDenied, "run as root, or allow it with a polkit rule"},
	busName + ".TransactionIsDestructive":                         {model.ErrBusy, "a conflicting systemd job is in progress"},
	busName + ".TransactionJobsConflicting":                       {model.ErrBusy, "another systemd job is in progress"},
	busName + ".ShuttingDown":                                     {model.ErrRefused, "the host is shutting down"},
	busName + ".UnitMasked":                                       {model.ErrRefused, ""},
	busName + ".OnlyByDependency":                                 {model.ErrRefused, ""},
	busName + ".NoSuchUnit":                                       {errNoUnit, ""},
	busName + ".NoSuchJob":                                        {model.ErrStale, "the job has ended"},
}

// explainJob gives an error of a request that changes something in our own
// words.
func explainJob(err error) error {
	var answer dbus.Error
	if !errors.As(err, &answer) {
		return explain(err)
	}
	known, ok := jobErrors[answer.Name]
	switch {
	case !ok:
		return explain(err)
	case known.words != "":
		return fmt.Errorf("%w: %s", known.kind, known.words)
	}
	return fmt.Errorf("%w: %w", known.kind, err)
}

// mayHaveWorked reports whether systemd may have got a request all the same,
// or will get it when it is asked again: the connection broke, or systemd was
// re-executing itself.
func mayHaveWorked(err error) bool {
	return errors.Is(err, ErrNoBus) || errors.Is(err, ErrNoSystemd) || errors.Is(err, ErrNoAnswer)
}

// IsLost reports whether something was not done because systemd could not be
// reached: it is there again soon, mostly.
func IsLost(err error) bool { return mayHaveWorked(err) && !errors.Is(err, ErrUnclear) }
