package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// The actions that are operations: they run outside the program that asks for
// them, step by step, and leave a record.
const (
	ActionPurge    Action = "purge"       // VMs by name, into the trash
	ActionCleanUp  Action = "clean-up"    // proven leftovers
	ActionRestore  Action = "restore"     // out of the trash
	ActionEmpty    Action = "empty-trash" // for good
	ActionBuild    Action = "build"       // what flakes say now, to the side
	ActionUpdate   Action = "update"      // switch to what was built
	ActionRollback Action = "rollback"    // switch to `old`
	ActionCreate   Action = "create"      // a VM of what was built for it
	ActionReset    Action = "reset"       // failed states of units
	// ActionSnapshot copies the volumes of VMs, ActionRevert brings a copy back,
	// ActionForget deletes one for good.
	ActionSnapshot Action = "snapshot"
	ActionRevert   Action = "restore-snapshot"
	ActionForget   Action = "delete-snapshot"
)

// StepAction is what a step of a plan does.
type StepAction string

// The actions of steps, as --json names them.
const (
	StepStop        StepAction = "stop"         // a VM, with its helpers
	StepQuarantine  StepAction = "quarantine"   // a VM's directory: into the trash
	StepDeleteLink  StepAction = "delete_link"  // a TAP or macvtap
	StepRemoveRoot  StepAction = "remove_root"  // a gcroot link
	StepResetFailed StepAction = "reset_failed" // a unit's failed state
	StepEndProcess  StepAction = "end_process"  // SIGTERM to a process of no unit
	StepRestore     StepAction = "restore"      // a trash entry: back to where it was
	StepDelete      StepAction = "delete"       // a trash entry: for good
	StepBuild       StepAction = "build"        // a VM's flake, to the side
	StepSwitch      StepAction = "switch"       // `current` to another runner
	StepCreate      StepAction = "create"       // a VM's directory, with its gcroot links
	StepRestart     StepAction = "restart"      // a VM
	StepSnapshot    StepAction = "snapshot"     // the volumes of a VM: copied
	// StepRevert puts copies of a snapshot in the place of a VM's volumes, which
	// become a snapshot themselves; StepForget deletes one for good.
	StepRevert StepAction = "restore_snapshot"
	StepForget StepAction = "delete_snapshot"
)

// Passes reports whether a step, once done, is not taken back: an operation
// that is interrupted after it is finished, before it undone.
func (a StepAction) Passes() bool { return a != StepStop && a != StepBuild }

// Plan is a change of the host: what is shown before, what is confirmed and
// what is carried out are one value. It is made by rules, from an [Inventory],
// and holds what it was made from: see [Condition].
type Plan struct {
	Action Action `json:"action"`
	Items  []Item `json:"items"`
	// Refused are the names for which there is no item, with the reason.
	Refused []Blocked `json:"refused"`
	// StateDir is the VMs' directory, as links name it.
	StateDir Raw `json:"state_dir"`
	// StopAtFailure: after an item that failed, the rest is left alone.
	StopAtFailure bool `json:"stop_at_failure,omitempty"`
	// SafetyWarning says why no VM is ticked though some could be; mostly empty.
	SafetyWarning Raw `json:"brake,omitempty"`
	// Unseen says what may be left over that could not be seen, and why.
	Unseen []Raw `json:"unseen,omitempty"`
}

// Blocked is something that is not done, and why.
type Blocked struct {
	Ref    Ref   `json:"ref"`
	Reason Raw   `json:"reason"`
	Kind   error `json:"-"` // one of the kinds of errors
}

// Item is what is done about one thing: its steps belong together, and are
// taken in their order.
type Item struct {
	Ref   Ref    `json:"ref"`
	Steps []Step `json:"steps"`
	// Ticked: it is done. What is not ticked is only offered.
	Ticked bool `json:"ticked"`
	// Unticked says why it is not ticked from the start.
	Unticked Raw `json:"unticked,omitempty"`
	// What one wants to know before agreeing.
	Verdict  Verdict   `json:"verdict,omitempty"`
	Origin   Origin    `json:"origin,omitempty"` // of a VM
	Evidence []Raw     `json:"evidence,omitempty"`
	Cautions []Raw     `json:"cautions,omitempty"` // what speaks for a second look
	Removed  Raw       `json:"removed,omitempty"`  // "generation 42 of 3 November 2026"
	Written  time.Time `json:"written,omitzero"`   // when a volume of it was last written to
	HeldBy   Raw       `json:"held_by,omitempty"`  // who has it open, or runs it
	Data     bool      `json:"data,omitempty"`     // holds data that exists nowhere else
	Running  bool      `json:"running,omitempty"`
	Bytes    *uint64   `json:"bytes"` // on disk; nil: unknown or none
	// StopWay is how its stop ends its guest; empty: it is not stopped, or that
	// is not known.
	StopWay StopWay `json:"stop_way,omitempty"`
	// TakesDown are the interfaces that its stop takes down by itself, beside
	// those that a step deletes.
	TakesDown []TakenDown `json:"takes_down,omitempty"`
	// Left says what of it is left alone, and why.
	Left []Raw `json:"left,omitempty"`
	// Despite are the conflicts that it runs with; see [ToleratedConflicts].
	Despite []Conflict `json:"despite,omitempty"`
	// ManualStep says what is left to do by hand afterwards, as a command.
	ManualStep Raw `json:"remains,omitempty"`
	// ConfirmWord is what has to be typed to agree; empty: a y is enough.
	ConfirmWord Raw `json:"word,omitempty"`
	// Loses: something that is there now is lost for good, and its cautions say
	// what: no count of several things agrees to it, only its name.
	Loses bool `json:"loses,omitempty"`
}

// Step is one change of one thing.
type Step struct {
	Action StepAction `json:"action"`
	Ref    Ref        `json:"ref"`
	VM     Raw        `json:"vm,omitempty"` // the VM that it belongs to; empty: none
	// Undo is the command that takes it back; empty: nothing does.
	Undo Raw `json:"undo,omitempty"`
	// Harmless: it cannot be taken back, and needs not be: nothing is lost.
	Harmless bool    `json:"harmless,omitempty"`
	Bytes    *uint64 `json:"bytes"` // freed; nil: unknown or none
	// Stamp is which thing it is: the directory's device and inode, the link's
	// index, kind and owner, the gcroot link's target, the unit's invocation,
	// the process. The conditions say the same in words.
	Stamp Stamp `json:"stamp,omitzero"`
	// Conditions are what has to be so right before it.
	Conditions []Condition `json:"conditions"`
	// Target is where it leads: the runner of a switch, the flake reference of
	// a build, the path that a restore brings back.
	Target Raw `json:"target,omitempty"`
	// Back: a switch leads to the runner that the VM had before.
	Back bool `json:"back,omitempty"`
	// Flake is the reference of a VM that is not there yet, whole: with the
	// credentials that [MaskedFlake] masks. It is shown nowhere.
	Flake Raw `json:"flake,omitempty"`
	// Volumes are what a snapshot copies, and Note what is written down with it.
	Volumes []SnapshotFile `json:"volumes,omitempty"`
	Note    Raw            `json:"note,omitempty"`
}

// Kills says that what is done kills its guest instead of shutting it down, and
// why; empty: it does not, or that is not known.
func (i Item) Kills() Raw { return killsWords[i.StopWay] }

// Undoable reports whether all of an item can be taken back, or loses nothing.
func (i Item) Undoable() bool {
	return !slices.ContainsFunc(i.Steps, func(s Step) bool { return s.Undo == "" && !s.Harmless })
}

// Names are the names of a plan's items, in their order: of what is in the
// trash, the names that it had.
func (p Plan) Names() []Raw {
	names := make([]Raw, len(p.Items))
	for at, item := range p.Items {
		names[at] = item.Name()
	}
	return names
}

// Name is what an item's thing is called: that of an entry of the trash is the
// one it had, and that of a snapshot its VM's, not its id.
func (i Item) Name() Raw {
	if (i.Ref.Kind == KindTrash || i.Ref.Kind == KindSnapshot) && len(i.Steps) > 0 {
		return i.Steps[0].VM
	}
	return i.Ref.Name
}

// Locks are the VMs whose locks a plan needs, and whether it changes what
// belongs to none.
func (p Plan) Locks() (vms []Raw, loose bool) {
	for _, item := range p.Items {
		for _, step := range item.Steps {
			if step.VM == "" {
				loose = true
			} else if !slices.Contains(vms, step.VM) {
				vms = append(vms, step.VM)
			}
		}
	}
	return vms, loose
}

// Digest identifies what a plan does and what it rests on: 16 hexadecimal
// digits. Sizes and prose, which change while one looks, are not part of it.
func (p Plan) Digest() string {
	type step struct {
		Action     StepAction
		Ref        Ref
		VM, Target Raw
		Flake      Raw `json:",omitempty"`
		Conditions []Condition
	}
	type item struct {
		Ref   Ref
		Steps []step
	}
	said := struct {
		Action   Action
		StateDir Raw
		Items    []item
	}{Action: p.Action, StateDir: p.StateDir}
	for _, i := range p.Chosen().Items {
		it := item{Ref: i.Ref}
		for _, s := range i.Steps {
			it.Steps = append(it.Steps, step{s.Action, s.Ref, s.VM, s.Target, s.Flake, s.Conditions})
		}
		said.Items = append(said.Items, it)
	}
	text, err := json.Marshal(said)
	if err != nil {
		panic(fmt.Sprintf("a plan is plain data: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Freed is what a plan's ticked items free: at once, and when the trash is
// emptied. What is not known counts as nothing.
func (p Plan) Freed() (now, later uint64) {
	for _, item := range p.Chosen().Items {
		for _, step := range item.Steps {
			switch {
			case step.Bytes == nil:
			case step.Action == StepQuarantine:
				later += *step.Bytes
			default:
				now += *step.Bytes
			}
		}
	}
	return now, later
}
