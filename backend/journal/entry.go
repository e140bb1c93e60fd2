package journal

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"microtui/model"
)

// fieldNames are the fields that journalctl is asked for. It adds cursor,
// times and boot id by itself.
var fieldNames = strings.Join([]string{
	"MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "N_DROPPED",
	"_COMM", "_PID", "_TRANSPORT",
	"_SYSTEMD_UNIT", "UNIT", "OBJECT_SYSTEMD_UNIT", "COREDUMP_UNIT",
	"_SYSTEMD_INVOCATION_ID", "INVOCATION_ID", "_STREAM_ID",
	"UNIT_RESULT", "COMMAND", "EXIT_CODE", "EXIT_STATUS",
}, ",")

// Message ids of systemd (systemd/sd-messages.h).
const (
	droppedID  = "a596d6fe7bfa4994828e72309e95d61e" // journald suppressed lines
	startingID = "7d4958e842da4a758f6c1cdc7b36dcc5" // a unit is being started
	startedID  = "39f53479d3a045ac8e11786248231fbf" // a unit was started, or its start was skipped
	stoppingID = "de5b426a63be47a7b6ac3eaac82e2f6f" // a unit is being stopped
	againID    = "5eb03494b6584870a536b337290809b3" // a unit is about to be restarted by itself
	exitedID   = "98e322203f7a4ed290d09fe03c09fe15" // a process of a unit ended, and not well
	wellID     = "7ad2d189f7e94e70a38c781354912448" // a unit ended well
	failedID   = "d9b373ed55a64feb8242e02dbe79a49c" // a unit ended with another result
	coredumpID = "fc2e22bc6ee647b6b90729ab34a250b1" // a process dumped core
)

// driver is the transport of journald's own entries. Like every field with a
// leading underscore it cannot be forged by who logs (systemd.journal-fields).
const driver = "driver"

// stdout is the transport of what a unit's processes print.
const stdout = "stdout"

// fields is an entry as it stands in the journal.
type fields struct {
	cursor, boot      string
	message           string
	cut               int
	messageID         string
	identifier        string
	command           string
	transport         string
	priority          string
	pid               string
	realtime, dropped uint64 // microseconds; lines
	// What systemd says of the end of a unit, and of a process of it.
	result, directive, code, status string
	stream                          string // the connection that it came by
	// torn is set where journalctl could not read the entry before this one.
	torn bool

	// The unit that wrote it, and those it can be about.
	unit, about, object, dumped string
	// The run of the unit that wrote it, and of the one that it is about.
	run, aboutRun string
}

// set puts a field where it belongs. A field may occur several times: of a
// message all count, of any other the first.
func (f *fields) set(p *parser, name []byte, cut int) {
	if string(name) == "MESSAGE" {
		f.addMessage(p.value, cut)
		return
	}
	if cut > 0 {
		return // no name, number or cursor is that long
	}
	if number := f.number(name); number != nil {
		if *number == 0 {
			*number, _ = strconv.ParseUint(string(p.value), 10, 64)
		}
	} else if string(name) == "__CURSOR" {
		f.cursor = string(p.value)
	} else if text := f.text(name); text != nil && *text == "" {
		*text = p.share(p.value)
	}
}

func (f *fields) addMessage(value []byte, cut int) {
	if f.message == "" && f.cut == 0 {
		f.message, f.cut = string(value), cut
		return
	}
	room := max(0, maxLine-len(f.message)-1)
	keep := min(room, len(value))
	if keep > 0 && f.cut == 0 {
		f.message += "\n" + string(value[:keep])
		cut += len(value) - keep
	} else {
		cut += len(value)
	}
	f.cut += cut
}

func (f *fields) number(name []byte) *uint64 {
	switch string(name) {
	case "__REALTIME_TIMESTAMP":
		return &f.realtime
	case "N_DROPPED":
		return &f.dropped
	}
	return nil
}

func (f *fields) text(name []byte) *string {
	switch string(name) {
	case "_BOOT_ID":
		return &f.boot
	case "MESSAGE_ID":
		return &f.messageID
	case "PRIORITY":
		return &f.priority
	case "SYSLOG_IDENTIFIER":
		return &f.identifier
	case "_COMM":
		return &f.command
	case "_PID":
		return &f.pid
	case "_TRANSPORT":
		return &f.transport
	case "_SYSTEMD_UNIT":
		return &f.unit
	case "UNIT":
		return &f.about
	case "OBJECT_SYSTEMD_UNIT":
		return &f.object
	case "COREDUMP_UNIT":
		return &f.dumped
	case "_SYSTEMD_INVOCATION_ID":
		return &f.run
	case "INVOCATION_ID":
		return &f.aboutRun
	case "_STREAM_ID":
		return &f.stream
	case "UNIT_RESULT":
		return &f.result
	case "COMMAND":
		return &f.directive
	case "EXIT_CODE":
		return &f.code
	case "EXIT_STATUS":
		return &f.status
	}
	return nil
}

// suppressed is how many lines journald says, by this entry, that it did not
// store.
func (f *fields) suppressed() uint64 {
	if f.transport == driver && f.messageID == droppedID {
		return f.dropped
	}
	return 0
}

// skipped reports whether an entry that has the id of a start tells of one that
// did not come about, since a condition was not met. systemd (252) gives it the
// result of a start that was done, and the unit's last run, if it had any.
func (f *fields) skipped() bool {
	return f.messageID == startedID && (strings.Contains(f.message, " was skipped because ") ||
		strings.HasPrefix(f.message, "Condition check resulted in "))
}

// at is the time of an entry.
func (f *fields) at() time.Time { return time.UnixMicro(int64(f.realtime)) }

// entry is the line that an entry is for those who asked for units.
func (f *fields) entry(units []model.Raw) model.LogEntry {
	e := model.LogEntry{
		Cursor: f.cursor, At: f.at(), Boot: f.boot, Unit: model.Raw(f.unit), From: model.Raw(f.identifier),
		Priority: priority(f.priority), Message: model.Raw(f.message), Cut: f.cut,
	}
	e.PID, _ = strconv.Atoi(f.pid)
	if e.From == "" {
		e.From = model.Raw(f.command)
	}
	for _, unit := range []string{f.unit, f.about, f.object, f.dumped} {
		if slices.Contains(units, model.Raw(unit)) {
			e.Unit = model.Raw(unit)
			break
		}
	}
	switch string(e.Unit) {
	case f.unit:
		e.Invocation = f.run
	case f.about:
		e.Invocation = f.aboutRun
	}
	if !isHypervisor(e.Unit) || f.skipped() {
		e.Invocation = ""
	}
	e.Console = f.transport == stdout && f.unit == string(e.Unit) && isHypervisor(e.Unit)
	return e
}

// isHypervisor tells the unit whose output is the console of a guest.
func isHypervisor(unit model.Raw) bool {
	role, _, ok := model.ParseUnitName(unit)
	return ok && role == model.RoleVM
}

func priority(s string) model.Priority {
	if len(s) == 1 && s[0] >= '0' && s[0] <= '7' {
		return model.Priority(s[0] - '0')
	}
	return model.NoPriority
}
