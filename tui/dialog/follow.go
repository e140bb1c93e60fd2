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

// Follow shows an operation while it goes on, and in the end what it came to. It
// asks nothing: closed, the operation goes on.
type Follow struct {
	plain
	id    string
	over  bool // the end was shown once
	moved bool // somebody scrolls: the step that runs is not kept in sight
	line  int  // of the step that runs
}

// NewFollow shows an operation.
func NewFollow(id string) *Follow { return &Follow{id: id} }

// Shows implements [Dialog].
func (f *Follow) Shows() string { return f.id }

// Mode implements [Dialog].
func (f *Follow) Mode() Mode {
	if f.over {
		return Reports
	}
	return Follows
}

// Title implements [Dialog].
func (f *Follow) Title(s *scene.Scene) text.SafeText {
	o := s.Work.Operation(f.id)
	if o == nil {
		return "Operation " + text.Safe(f.id)
	}
	title := wording.Capital(wording.OperationTitle(o)) + ": "
	if over, of := o.Progress(); o.State == model.OperationRunning {
		return title + text.Safef("%d of %d steps", over, of)
	}
	return title + wording.Of(o.State)
}

// Renew implements [Dialog]. The end is shown from its beginning.
func (f *Follow) Renew(s *scene.Scene) Change {
	if o := s.Work.Operation(f.id); o != nil && o.State != model.OperationRunning && !f.over {
		f.over, f.moved = true, false
		return Change{Top: true}
	}
	return Change{}
}

// Press implements [Dialog].
func (f *Follow) Press(key Key, s *scene.Scene) Change {
	if key == Cancel {
		return Change{Then: intent.CancelOperation{ID: f.id}}
	}
	return f.plain.Press(key, s)
}

// Move implements [Dialog]: somebody looks at a part of what goes on.
func (f *Follow) Move(int) bool {
	f.moved = true
	return false
}

// Bring implements [Dialog]: the step that runs is kept in sight.
func (f *Follow) Bring(s *draw.Scroll) {
	if f.over || f.moved {
		return
	}
	s.Top = f.line - s.Height/2
	s.Clamp()
}

// Write implements [Dialog].
func (f *Follow) Write(s *scene.Scene, d *draw.Document) {
	o := s.Work.Operation(f.id)
	switch {
	case o == nil:
		d.Paragraph(styles.Busy, "Starting ...", 0)
	case o.State == model.OperationRunning:
		f.line = detail.WriteSteps(d, o, s.Work.Now)
		d.Blank()
		d.Paragraph(styles.Dim, "It keeps running when this is closed"+d.Keys.Mention(": ", "operations", " shows it")+".", 0)
	default:
		writeEnd(d, o)
		d.Heading("Steps")
		detail.WriteSteps(d, o, s.Work.Now)
	}
}

// writeEnd says how an operation ended.
func writeEnd(d *draw.Document, o *model.Operation) {
	switch o.State {
	case model.OperationInterrupted:
		d.Item(styles.Warn, d.Glyphs.Attention, "It was interrupted and is not being carried out"+d.Keys.Mention(": ", "operations", " to settle it")+".")
	case model.OperationUndone:
		d.Item(styles.Warn, d.Glyphs.Attention, "Rolled back; nothing was changed: "+text.Safe(o.Reason))
	case model.OperationFailed:
		d.Item(styles.Bad, d.Glyphs.Attention, "Some of it was not done.")
	default:
		d.Item(styles.Good, d.Glyphs.Bullet, "Done.")
	}
	detail.WriteAccount(d, o)
}
