package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
	"microtui/wording"
)

// Log is an open log.
type Log interface {
	// Next waits for news and gives all there is; io.EOF after the last. One
	// call at a time.
	Next(ctx context.Context) (model.LogBatch, error)
	// Close ends the log.
	Close() error
}

const aboutLogs = `Show the logs of VMs' units and the consoles of their guests: time, source and
line. Lines of several VMs are merged by time, each with the name of its VM.

Without --follow, end with the last line. With it, print new lines as they
arrive, until Ctrl-C; as with journalctl, the exit status is then 130.

A TIME is one of
` + model.TimeForms + `
With --json, each line is an object: schema, time (RFC 3339, UTC), vm, unit,
role, from (the identifier), priority (0 to 7), pid, console (output of the
guest), message, cut (bytes cut from the message), boot and cursor. Unknown
values are null; bytes that are not UTF-8 are written \xNN, a backslash \\.`

func (s *session) logsCommand() *cobra.Command {
	var o logOptions
	cmd := named("logs NAME…", "Show the logs of VMs and their guests", func(ctx context.Context, names []string) error {
		return s.logs(ctx, names, o)
	})
	cmd.Long = aboutLogs
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&o.follow, "follow", "f", false, "print new lines as they arrive")
	flags.StringVarP(&o.lines, "lines", "n", "", "show the last `NUMBER` lines, or all (default 100; with --since, all)")
	flags.StringVarP(&o.since, "since", "S", "", "show lines from this `TIME` on")
	flags.StringVarP(&o.until, "until", "U", "", "show lines up to this `TIME`")
	flags.StringVarP(&o.priority, "priority", "p", "", "show lines of this `PRIORITY` or more urgent: emerg, alert, crit, err, warning, notice, info, debug; the console is always shown")
	flags.StringArrayVarP(&o.units, "unit", "u", nil, "show only the unit in this `ROLE`: "+strings.Join(roleNames(), ", ")+" (repeatable)")
	flags.BoolVar(&o.colours, "colours", false, "keep the guest's colours if the terminal supports them")
	return cmd
}

// logs writes the log of VMs.
func (s *session) logs(ctx context.Context, names []string, o logOptions) error {
	query, roles, err := o.query(time.Now())
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return usage("logs: missing VM name; see microtui list")
	}
	for _, name := range names {
		if err := impossible("logs", name); err != nil {
			return err
		}
	}
	return s.withHost(ctx, func(h Host) error {
		known, err := s.withUnits(ctx, h, names)
		if err != nil || len(known) == 0 {
			return err
		}
		for _, vm := range known {
			for _, role := range roles {
				query.Units = append(query.Units, model.UnitName(role, vm))
			}
		}
		c := logCopy{session: s, about: "logs " + strings.Join(convert(known, func(vm model.Raw) string { return string(vm) }), ", "), follow: o.follow}
		log := s.Log(ctx, h, query)
		if log == nil {
			return problem{exitRefused, text.Safef("%s: %s", c.about, wording.NoJournal)}
		}
		c.lines = s.logLines(known, o.colours)
		return errors.Join(c.run(ctx, log), log.Close())
	})
}

// withUnits are the names that something on the host has, in the order in
// which they were given. The others get a line each.
func (s *session) withUnits(ctx context.Context, h Host, names []string) ([]model.Raw, error) {
	seen, err := h.Observe(ctx)
	if err != nil {
		return nil, err
	}
	i := model.Interpret(seen)
	var known []model.Raw
	for at, typed := range names {
		switch name := model.Raw(typed); {
		case slices.Contains(names[:at], typed):
		case hasUnitsOf(i, name):
			known = append(known, name)
		default:
			s.refused++
			s.say(text.Safef("logs %s: unknown VM; %s", name, i.InsteadOf(name, "see microtui list")))
		}
	}
	return known, nil
}

// hasUnitsOf reports whether a name is a VM's, or that of one whose directory
// or units are left over.
func hasUnitsOf(i model.Inventory, name model.Raw) bool {
	return i.VM(name) != nil ||
		slices.ContainsFunc(i.Leftovers, func(l model.Leftover) bool {
			_, vm, _ := model.ParseUnitName(l.Ref.Name)
			return l.Ref.Kind == model.KindStateDir && l.Ref.Name == name || l.Ref.Kind == model.KindUnit && vm == name
		})
}

// logCopy writes a log to standard output.
type logCopy struct {
	*session
	about  string // "logs db", for what is said on standard error
	follow bool
	lines  func(model.LogBatch) (string, error)

	newest model.LogCounters
	told   model.LogCounters
	toldAt time.Time
	fault  model.Raw // that was told
	empty  model.Raw
}

// run copies until the log ends, or nobody reads any more.
func (c *logCopy) run(ctx context.Context, log Log) error {
	read, leave := context.WithCancel(ctx)
	defer leave()
	if c.AwaitReaderGone != nil {
		// Nothing interrupts that wait: it lasts until the program ends.
		go func() { c.AwaitReaderGone(); leave() }()
	}
	for {
		batch, err := log.Next(read)
		switch {
		case errors.Is(err, io.EOF), err != nil && read.Err() != nil && ctx.Err() == nil:
			return nil
		case ctx.Err() != nil && c.follow:
			c.count(c.newest, true)
			return problem{exitInterrupted, ""}
		case err != nil:
			return fmt.Errorf("read log: %w", err)
		}
		lines, err := c.lines(batch)
		if err == nil && lines != "" {
			_, err = io.WriteString(c.Out, lines)
		}
		switch {
		case errors.Is(err, syscall.EPIPE):
			return nil
		case err != nil:
			return problem{exitFailed, text.Safef("write output: %v", err)}
		}
		if batch.Done {
			return c.end(batch)
		}
		c.remark(batch)
	}
}

// end tells what is to be told of a log that ended by itself.
func (c *logCopy) end(batch model.LogBatch) error {
	c.count(batch.Counters, true)
	switch {
	case isDenied(batch.Empty):
		return problem{exitRefused, text.Safef("%s: %s", c.about, batch.Empty)}
	case batch.Fault != "" && batch.Empty != "":
		return problem{exitFailed, text.Safef("%s: %s", c.about, batch.Empty)}
	case batch.Fault != "":
		return problem{exitFailed, text.Safef("%s: %s", c.about, batch.Fault)}
	case batch.Empty != "":
		c.say(text.Safef("%s: %s", c.about, batch.Empty))
	}
	return nil
}

// isDenied reports whether a log is empty for want of permission, which its
// reason begins with.
func isDenied(empty model.Raw) bool {
	return strings.HasPrefix(string(empty), model.ErrDenied.Error())
}
