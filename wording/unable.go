package wording

// Why a host does not do what it is asked for.
const (
	Recorded     = "this is a recorded observation, not a host"
	Unchangeable = "this host cannot be changed"
	NoJournal    = "this host has no journal"
	ShellChanges = "read-only: a shell in the guest could change anything"
	NoResult     = "no result was reported" // of something that was begun
)

// What a log has in the place of lines.
const (
	LinesMissing = "lines may be missing here"
	HostBooted   = "host booted"
	NoLines      = "no lines"
)
