package dialog

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/scene"
	"microtui/wording"
)

// Settle asks whether an operation that was interrupted is to be brought to its
// end.
type Settle struct {
	plain
	id    string
	state model.OperationState
}

// NewSettle asks about an operation.
func NewSettle(o *model.Operation) *Settle { return &Settle{id: o.ID, state: o.State} }

// Mode implements [Dialog].
func (*Settle) Mode() Mode { return Confirms }

// Title implements [Dialog].
func (q *Settle) Title(s *scene.Scene) text.SafeText {
	if o := s.Work.Operation(q.id); o != nil {
		return "Settle " + wording.OperationTitle(o) + "?"
	}
	return "Settle " + text.Safe(q.id) + "?"
}

// Question implements [Dialog].
func (q *Settle) Question() Question {
	if q.state != model.OperationInterrupted {
		return Question{}
	}
	return Question{Yes: "settle it"}
}

// Renew implements [Dialog]: somebody else may have settled it.
func (q *Settle) Renew(s *scene.Scene) Change {
	before := q.state
	q.state = ""
	if o := s.Work.Operation(q.id); o != nil {
		q.state = o.State
	}
	return Change{Anew: before != q.state}
}

// Press implements [Dialog].
func (q *Settle) Press(key Key, s *scene.Scene) Change {
	if key == Agree && q.state == model.OperationInterrupted {
		return Change{Next: NewFollow(q.id), Anew: true, Then: intent.Settle{ID: q.id}}
	}
	if key == Agree {
		return Change{Why: "There is nothing to confirm."}
	}
	return q.plain.Press(key, s)
}

// Write implements [Dialog].
func (q *Settle) Write(s *scene.Scene, d *draw.Document) {
	o := s.Work.Operation(q.id)
	if o == nil || q.state != model.OperationInterrupted {
		d.Paragraph(styles.Warn, "There is nothing left to settle.", 0)
		return
	}
	d.Paragraph(styles.Text, "Operation "+text.Safe(o.ID)+" was interrupted, for example by a power loss, and is not being carried out.", 0)
	d.Paragraph(styles.Text, "To settle it: "+wording.Settles(o), 0)
	d.Heading("Steps")
	detail.WriteSteps(d, o, s.Work.Now)
}
