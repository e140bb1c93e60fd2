package model

// Condition is a fact that a step rests on, as it was when the plan was made.
type Condition struct {
	Fact  Fact `json:"fact"`
	Value Raw  `json:"value"`
}

// Fact names something about a thing that can be read again.
type Fact string

// The facts of conditions. A value is as [Inventory.Now] words it.
const (
	FactDeclared   Fact = "declared by"   // the systems that declare a VM; empty: none
	FactKept       Fact = "kept"          // by the keep list; empty: not
	FactVerdict    Fact = "verdict"       // of the thing itself
	FactState      Fact = "state"         // of a VM
	FactInvocation Fact = "invocation"    // of a VM's own unit
	FactDirectory  Fact = "directory"     // device and inode
	FactCurrent    Fact = "current"       // target of the link `current`
	FactOld        Fact = "old"           // target of the link `old`
	FactFlake      Fact = "flake"         // the reference in the file `flake`, credentials masked
	FactMount      Fact = "mounted"       // whether the directory is a mount of its own
	FactUsed       Fact = "used by"       // whose files a directory holds beside its own; empty: nobody's
	FactIndex      Fact = "index"         // of a link
	FactLinkKind   Fact = "kind"          // of a link
	FactOwner      Fact = "owner"         // of a link: user id
	FactHeld       Fact = "held by"       // who has a TAP open; empty: nobody
	FactTarget     Fact = "target"        // of a gcroot link
	FactUnit       Fact = "unit"          // active state of a unit; empty: inactive
	FactProcess    Fact = "started"       // of a process: clock ticks since boot
	FactEntry      Fact = "trash entry"   // device and inode of what it holds
	FactPlace      Fact = "place"         // whether the path to restore to is free
	FactName       Fact = "name"          // whether a new VM can have it: "free", or what speaks against it
	FactSystem     Fact = "newest system" // what the system profile points to
	FactVolumes    Fact = "volumes"       // of a VM: each with device and inode
	FactSnapshot   Fact = "snapshot"      // what it holds, and of when
	FactLosses     Fact = "deleted files" // that a VM's processes have open, and that are lost with them
)

// value is that of a fact that a step rests on; empty: it has none, or rests on
// no such fact.
func (s Step) value(fact Fact) Raw {
	for _, c := range s.Conditions {
		if c.Fact == fact {
			return c.Value
		}
	}
	return ""
}

// Difference is a condition that does not hold any more.
type Difference struct {
	Step Step `json:"-"`
	Condition
	Now Raw `json:"now"`
}

// String says it as one line: "state_dir db: directory was fd00:12, is now fd00:17".
func (d Difference) String() string {
	was, now := d.Value, d.Now
	if was == "" {
		was = "none"
	}
	if now == "" {
		now = "none"
	}
	return string(rawf("%s %s: %s was %s, is now %s", d.Step.Ref.Kind, d.Step.Ref.Name, d.Fact, was, now))
}

// goneWithout is the fact that a thing has as long as it is there, for the
// steps that clear it away.
var goneWithout = map[StepAction]Fact{
	StepDeleteLink: FactIndex, StepRemoveRoot: FactTarget, StepResetFailed: FactUnit, StepEndProcess: FactProcess,
}

// isDone reports whether what a step clears away is not there any more: an
// earlier step, or somebody else, has done it. (The stop of a VM takes its
// interfaces down.)
func isDone(i Inventory, s Step) bool {
	fact, clears := goneWithout[s.Action]
	if s.Action == StepStop && s.Ref.Kind == KindUnit {
		fact, clears = FactUnit, true
	}
	return clears && i.Now(s, fact) == ""
}

// Differences compares a step's conditions with how things are now.
func Differences(i Inventory, s Step) []Difference {
	if isDone(i, s) {
		return nil
	}
	var all []Difference
	for _, c := range s.Conditions {
		if now := i.Now(s, c.Fact); now != c.Value {
			all = append(all, Difference{s, c, now})
		}
	}
	return all
}
