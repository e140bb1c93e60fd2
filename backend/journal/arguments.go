package journal

import (
	"fmt"
	"strconv"
	"time"

	"microtui/model"
)

// common are the arguments of every journalctl.
var common = []string{"--no-pager", "--quiet", "--output=export", "--output-fields=" + fieldNames}

// term is one way in which an entry can belong to a unit. Together they are
// what `journalctl --unit` means (systemd, add_matches_for_unit), in all
// versions of it. They are not written as --unit: that takes a name with *, ?
// or [ for a pattern and completes one without a suffix; and it has no way to
// hide what is unimportant and keep the console.
type term struct {
	field string   // which field holds the unit's name
	and   []string // what must also be so
	// all is set for what no priority hides; consoles, for what only counts
	// for the units of hypervisors.
	all, consoles bool
}

var terms = []term{
	{field: "_SYSTEMD_UNIT"},
	{field: "_SYSTEMD_UNIT", and: []string{"_TRANSPORT=" + stdout}, all: true, consoles: true},
	// Lines of systemd about it. Up to version 253 told by the process id,
	// later by the cgroup, to have helpers of PID 1 too.
	{field: "UNIT", and: []string{"_PID=1"}},
	{field: "UNIT", and: []string{"_SYSTEMD_CGROUP=/init.scope"}},
	{field: "OBJECT_SYSTEMD_UNIT", and: []string{"_UID=0"}},
	{field: "OBJECT_SYSTEMD_UNIT", and: []string{"_TRANSPORT=" + driver, "MESSAGE_ID=" + droppedID}, all: true},
	// Which user systemd-coredump is has changed; its slice has not.
	{field: "COREDUMP_UNIT", and: []string{"MESSAGE_ID=" + coredumpID, "_UID=0"}},
	{field: "COREDUMP_UNIT", and: []string{"MESSAGE_ID=" + coredumpID, `_SYSTEMD_SLICE=system-systemd\x2dcoredump.slice`}},
}

// startTerms are for what systemd says of starts: "Starting …" and "Started …".
var startTerms = []term{
	{field: "UNIT", and: []string{"_PID=1", "MESSAGE_ID=" + startingID, "MESSAGE_ID=" + startedID}, consoles: true},
	{field: "UNIT", and: []string{"_SYSTEMD_CGROUP=/init.scope", "MESSAGE_ID=" + startingID, "MESSAGE_ID=" + startedID}, consoles: true},
}

// matches are the arguments that choose the entries of a query: terms with a +
// between them. In a term, values of one field are alternatives and different
// fields must all be so. A value is taken as it is, and an argument that
// begins with a field's name is never an option. None: nothing was asked for.
func matches(q model.LogQuery) []string {
	var args []string
	wanted := terms
	if q.Starts {
		wanted = startTerms
	}
	for _, t := range wanted {
		if t.all && q.Priority == model.NoPriority {
			continue // the others have it
		}
		units := t.units(q.Units)
		if len(units) == 0 {
			continue
		}
		if len(args) > 0 {
			args = append(args, "+")
		}
		for _, unit := range units {
			args = append(args, t.field+"="+string(unit))
		}
		args = append(args, t.and...)
		if q.Boot != "" {
			args = append(args, "_BOOT_ID="+q.Boot)
		}
		for p := model.Priority(0); !t.all && p <= q.Priority; p++ {
			args = append(args, "PRIORITY="+strconv.Itoa(int(p)))
		}
	}
	return args
}

// units are those a term counts for.
func (t term) units(all []model.Raw) []model.Raw {
	var some []model.Raw
	for _, unit := range all {
		if unit != "" && (!t.consoles || isHypervisor(unit)) {
			some = append(some, unit)
		}
	}
	return some
}

// place is where in a journal one has come to.
type place struct {
	cursor string
	at     time.Time
	// unreadable is set where the entry itself is the trouble.
	unreadable bool
}

// start are the arguments of the first journalctl of a log.
//
// --since is not given together with a number of lines: versions differ in
// whether that means the first or the last of them (252: the first).
func start(q model.LogQuery) []string {
	args := []string{"--lines=" + lines(q.Last)}
	if !q.Since.IsZero() && q.Last < 0 {
		args = append(args, "--since="+stamp(q.Since))
	}
	return append(args, ending(q)...)
}

// resume are the arguments to go on after an entry, which is given once more
// if it is still there. --after-cursor would, when it is not, also leave out
// the entry after it (252).
func resume(q model.LogQuery, from place) []string {
	args := []string{"--lines=all", "--cursor=" + from.cursor}
	if from.unreadable {
		args[1] = "--after-cursor=" + from.cursor
	}
	return append(args, ending(q)...)
}

// resumeByTime is for a cursor that journalctl cannot go to.
func resumeByTime(q model.LogQuery, from place) []string {
	q.Last, q.Since = -1, from.at
	return start(q)
}

// ending says how far a log goes.
func ending(q model.LogQuery) []string {
	switch {
	case q.Follow:
		return []string{"--follow"}
	case !q.Until.IsZero():
		return []string{"--until=" + stamp(q.Until)}
	}
	return nil
}

// backwards are the arguments to read from a place towards the beginning. The
// reader stops when it has enough: with --until, a number of lines means the
// lines before it but one (252).
func backwards(q model.LogQuery) []string {
	args := []string{"--reverse", "--lines=all"}
	switch {
	case q.Before != "":
		args = append(args, "--cursor="+q.Before)
	case !q.Until.IsZero():
		args = append(args, "--until="+stamp(q.Until))
	}
	return args
}

func lines(n int) string {
	if n < 0 {
		return "all"
	}
	return strconv.Itoa(n)
}

// stamp writes a time as systemd.time(7) reads it, exactly.
func stamp(t time.Time) string {
	micro := t.UnixMicro()
	return fmt.Sprintf("@%d.%06d", micro/1e6, micro%1e6)
}
