package cli

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"microtui/model"
	"microtui/wording"
)

// logOptions are the flags of logs, as they were typed.
type logOptions struct {
	follow, colours               bool
	lines, since, until, priority string
	units                         []string
}

// defaultLines is how much of a log is told where nothing says how much.
const defaultLines = 100

// query reads the flags.
func (o logOptions) query(now time.Time) (q model.LogQuery, roles []model.Role, err error) {
	q = model.LogQuery{Follow: o.follow, Last: defaultLines, Priority: model.NoPriority}
	if o.since != "" {
		q.Last = -1
	}
	for _, read := range []func() error{
		func() (err error) { q.Last, err = parseLines(o.lines, q.Last); return err },
		func() (err error) { q.Since, err = parseFlagTime("since", o.since, now); return err },
		func() (err error) { q.Until, err = parseFlagTime("until", o.until, now); return err },
		func() (err error) { q.Priority, err = parsePriority(o.priority); return err },
		func() (err error) { roles, err = parseRoles(o.units); return err },
	} {
		if err := read(); err != nil {
			return q, nil, err
		}
	}
	switch {
	case o.follow && o.until != "":
		return q, nil, usage("use only one of --follow and --until")
	case o.until != "" && q.Until.Before(q.Since):
		return q, nil, usage("--until is before --since")
	}
	return q, roles, nil
}

func parseLines(s string, otherwise int) (int, error) {
	switch n, err := strconv.Atoi(s); {
	case s == "":
		return otherwise, nil
	case s == "all":
		return -1, nil
	case err != nil || n < 0:
		return 0, usage("--lines: %q is neither a number of lines nor all", s)
	default:
		return n, nil
	}
}

func parseFlagTime(flag, s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	at, ok := model.ParseTime(s, now)
	if !ok {
		return at, usage("--%s: %q is not a time such as 2026-11-21 10:00, -1h or 10 min ago; see microtui logs --help", flag, s)
	}
	return at, nil
}

// priorities are journalctl's words, in the order of their numbers.
var priorities = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

func parsePriority(s string) (model.Priority, error) {
	if s == "" {
		return model.NoPriority, nil
	}
	at := slices.Index(priorities, strings.ToLower(s))
	if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < len(priorities) {
		at = n
	}
	if at < 0 {
		return 0, usage("--priority: %q is neither one of %s nor 0 to 7", s, strings.Join(priorities, ", "))
	}
	return model.Priority(at), nil
}

// logRoles are the roles of a VM's units, in the order of the help.
var logRoles = []model.Role{
	model.RoleVM, model.RoleTap, model.RoleMacvtap, model.RolePCI, model.RoleVirtiofsd, model.RoleSetBooted, model.RoleInstall,
}

func roleNames() []string {
	names := make([]string, len(logRoles))
	for i, r := range logRoles {
		names[i] = string(r)
	}
	return names
}

// parseRoles reads roles, by their names or by what lines show; none: all.
func parseRoles(texts []string) (roles []model.Role, err error) {
	for _, r := range logRoles {
		if len(texts) == 0 || slices.Contains(texts, string(r)) || slices.Contains(texts, string(wording.Role(r))) {
			roles = append(roles, r)
		}
	}
	for _, word := range texts {
		if _, known := roleOf(word); !known {
			return nil, usage("--unit: %q is not one of %s", word, strings.Join(roleNames(), ", "))
		}
	}
	return roles, nil
}

func roleOf(s string) (role model.Role, ok bool) {
	for _, r := range logRoles {
		if s == string(r) || s == string(wording.Role(r)) {
			return r, true
		}
	}
	return "", false
}
