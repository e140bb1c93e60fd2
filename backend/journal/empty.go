package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// The places of the journal (systemd-journald.service(8)).
const (
	lasting  = "/var/log/journal"
	volatile = "/run/log/journal" // lost at shutdown
)

// whyNoJournal says in one line why nothing can be read at all; empty: it can.
func whyNoJournal() model.Raw {
	switch kept, lost := look(lasting), look(volatile); {
	case kept == denied || lost == denied:
		return "not permitted to read the journal: run as root or join the group systemd-journal"
	case kept == absent && lost == absent:
		return "this host has no journal: neither " + lasting + " nor " + volatile + " exists"
	}
	return ""
}

// whyEmpty says in one line why a query gives nothing; empty: it would give
// something by now, or that cannot be told.
func whyEmpty(ctx context.Context, q model.LogQuery) model.Raw {
	if why := whyNoJournal(); why != "" {
		return why
	}
	if q.Before != "" {
		return "the log begins here"
	}
	last, err := newest(ctx, model.LogQuery{Units: q.Units, Priority: model.NoPriority})
	switch {
	case err != nil:
		return ""
	case last == nil:
		return neverRan(ctx)
	}
	if wanted, err := newest(ctx, q); wanted != nil || err != nil || bounds(q) == "" {
		return ""
	}
	return model.Raw(fmt.Sprintf("no lines %s; the last one is from %s", bounds(q), clock(last.at())))
}

// storage is what there is of the system's journal in a folder.
type storage int

const (
	absent storage = iota
	denied
	readable
)

// look looks for files of the system's journal, the one in use first. Those of
// users hold nothing about units of the system.
func look(folder string) storage {
	machines, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrPermission) {
		return denied
	}
	for _, machine := range machines {
		dir := filepath.Join(folder, machine.Name())
		files, err := os.ReadDir(dir)
		if errors.Is(err, os.ErrPermission) {
			return denied
		}
		for _, file := range files {
			name := file.Name()
			switch {
			case !strings.HasPrefix(name, "system") || !strings.HasSuffix(name, ".journal"):
			case unix.Access(filepath.Join(dir, name), unix.R_OK) != nil:
				return denied
			default:
				return readable
			}
		}
	}
	return absent
}

// newest is the last entry that a query asks for; nil: there is none.
func newest(ctx context.Context, q model.LogQuery) (found *fields, err error) {
	q.Before = ""
	err = run(ctx, slices.Concat(backwards(q), matches(q)), func(f *fields) error {
		if !q.Until.IsZero() && f.at().After(q.Until) {
			return nil
		}
		if !isOutside(q, f.at()) {
			found = f
		}
		return errEnough
	})
	return found, err
}

// oldest is the first entry of the journal.
func oldest(ctx context.Context) (found *fields, err error) {
	err = run(ctx, []string{"--lines=all"}, func(f *fields) error {
		found = f
		return errEnough
	})
	return found, err
}

// neverRan is for units without any line.
func neverRan(ctx context.Context) model.Raw {
	begin, err := oldest(ctx)
	switch {
	case err != nil:
		return ""
	case begin == nil:
		return "the journal of this host is empty"
	case look(lasting) == absent:
		return model.Raw(fmt.Sprintf("no lines since %s: the journal is kept in memory only and lost when the host reboots", clock(begin.at())))
	}
	return model.Raw(fmt.Sprintf("no lines: it has not run since %s, where the journal begins", clock(begin.at())))
}

// bounds says what a query leaves out.
func bounds(q model.LogQuery) string {
	var words []string
	if !q.Since.IsZero() {
		words = append(words, "since "+clock(q.Since))
	}
	if !q.Until.IsZero() {
		words = append(words, "until "+clock(q.Until))
	}
	if q.Boot != "" {
		words = append(words, "from boot "+q.Boot)
	}
	if q.Priority != model.NoPriority {
		words = append(words, fmt.Sprintf("of priority %s or higher", priorityName(q.Priority)))
	}
	return strings.Join(words, ", ")
}

// priorityName is journalctl's word for a priority.
func priorityName(p model.Priority) string {
	names := []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}
	return names[max(0, min(int(p), len(names)-1))]
}

// clock is a time as journalctl shows it.
func clock(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
