package styles

// Role is what a piece of text means.
type Role int

// The roles. Orphan, Suspect and Unclear are verdicts; Good, Busy, Idle, Warn
// and Bad are states and severities.
const (
	Text    Role = iota // what is read
	Dim                 // what is there to be looked up
	Strong              // names, and what a page is about
	Heading             // titles of columns and sections
	Rule                // lines between things
	Key                 // a key to press
	Hint                // what a key does
	Accent              // where one is: the open tab, the sort mark, a prompt
	Good
	Busy
	Idle
	Warn
	Bad
	Orphan
	Suspect
	Unclear
	Live  // data is fresh
	Stale // data is old
	Fault // a source that failed
	Match // what is searched for
	roles
)
