package model

// Severity is how bad a finding is.
type Severity string

// The severities. `doctor --check` fails from a warning on.
const (
	SeverityError   Severity = "error"   // something does not work, or data is at risk
	SeverityWarning Severity = "warning" // something will not work, or is left behind
	SeverityInfo    Severity = "info"    // worth knowing; or a rule could not be checked
)

// Finding is one thing that is wrong on a host, or worth knowing about it, as
// a rule of package model/doctor found it.
type Finding struct {
	Rule     string   `json:"rule"` // its id, as in `doctor --explain RULE`
	Severity Severity `json:"severity"`
	Subject  Ref      `json:"subject"`
	// VMs are those that it concerns, by name: the subject itself, those that
	// share a device, the one a unit belongs to. Empty: none.
	VMs     []Raw `json:"vms"`
	Summary Raw   `json:"summary"` // one sentence, without a full stop
	// Evidence are the facts behind it, in words a user can check by hand.
	Evidence []Raw `json:"evidence"`
	Advice   []Raw `json:"advice"` // a few plain lines: what to do
	// Fix is the plan that fixes it; nil: none does.
	Fix *Fix `json:"mend"`
	// Notes say it in a few words for the rows of VMs, in their order; empty
	// where the rows tell it already.
	Notes []Raw `json:"-"`
	// Unchecked is set where the rule could not be checked, or not in full.
	Unchecked bool `json:"unchecked,omitempty"`
}

// Fix is what microtui does about a finding: an action, and what on.
type Fix struct {
	Action Action `json:"action"`
	Refs   []Ref  `json:"refs"`
}
