package model

import "time"

// Priority is a syslog priority: 0 is the worst (emerg), 7 debug.
type Priority int

// NoPriority shows every line.
const NoPriority Priority = -1

// LogQuery says which log lines are wanted: those of any of the units.
type LogQuery struct {
	Units []Raw
	// Last is how many lines from the end of what matches; negative: all.
	Last int
	// Since and Until bound the time of a line; zero: no bound.
	Since, Until time.Time
	// Before gives the lines before this cursor instead of the last ones: how
	// one scrolls back beyond what was loaded.
	Before string
	// Priority hides what is less important. Lines of a guest's console are
	// never hidden: they all carry the priority of the hypervisor's output.
	Priority Priority
	// Boot limits to one boot of the host, as a boot id; empty: all.
	Boot string
	// Starts limits to what systemd says when it starts a hypervisor's unit, and
	// when it has.
	Starts bool
	// Follow goes on with new lines as they come.
	Follow bool
}

// LogEntry is one line of the journal.
type LogEntry struct {
	Cursor   string    // journald's name for it; opaque
	At       time.Time // when journald received it
	Boot     string    // boot id
	Unit     Raw       // the unit that wrote it, or that systemd writes about
	From     Raw       // the identifier it was written under
	PID      int
	Priority Priority // NoPriority: it has none
	// Invocation is, on lines of a hypervisor's unit and of systemd about it,
	// which run of the unit they belong to (systemd.exec(5), INVOCATION_ID):
	// where it changes, the VM was started anew. Empty: unknown.
	Invocation string
	// Console is set for output of the hypervisor: the guest's console.
	Console bool
	Message Raw
	// Cut is how many bytes of the message were left out.
	Cut int
}

// LogCounters add up what became of the lines of a log since it was opened.
type LogCounters struct {
	Read       uint64 // entries that the journal gave
	Dropped    uint64 // of these, forgotten because the reader was slower
	Cut        uint64 // of these, shortened
	Suppressed uint64 // never stored: journald's rate limit, as it reports itself
	Restarts   uint64 // of the journal reader, after which entries went on
	Gaps       uint64 // places where lines may be missing, but for dropped ones
}

// LogBatch is what came since the last one.
type LogBatch struct {
	Entries  []LogEntry
	Counters LogCounters
	// Gap is set where lines may be missing before the first entry.
	Gap bool
	// Fault says why nothing comes now; empty: the log is live.
	Fault Raw
	// Empty says why there is no line at all; empty otherwise.
	Empty Raw
	// Done is set on the last batch of a log that is not followed.
	Done bool
}
