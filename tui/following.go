package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/wording"
)

// following shows an operation while it goes on, and in the end what it came
// to. It asks nothing: closed, the operation goes on.
type following struct {
	id    string
	over  bool // the end was shown once
	moved bool // somebody scrolls: the step that runs is not kept in sight
	line  int  // of the step that runs
}

// follower is a content that shows an operation.
type follower interface {
	content
	follows() string
}

func (f *following) follows() string { return f.id }

func (f *following) layer() layers {
	if f.over {
		return onReport
	}
	return onFollow
}

func (f *following) answer() (model.SafeText, bool) { return "", false }

func (f *following) title(a *App) model.SafeText {
	o := a.ops.of(f.id)
	if o == nil {
		return "Operation " + model.Safe(model.Raw(f.id))
	}
	title := wording.Capital(wording.OperationTitle(o)) + ": "
	if over, of := o.Progress(); o.State == model.OperationRunning {
		return title + model.Safef("%d of %d steps", over, of)
	}
	return title + wording.Of(o.State)
}

// renew implements content. The end is shown from its beginning.
func (f *following) renew(a *App) bool {
	if o := a.ops.of(f.id); o != nil && o.State != model.OperationRunning && !f.over {
		f.over, f.moved = true, false
		a.dialog.scroll.Top = 0
	}
	return false
}

func (f *following) write(a *App, d *draw.Document) {
	o := a.ops.of(f.id)
	switch {
	case o == nil:
		d.Paragraph(styles.Busy, "Begins ...", 0)
	case o.State == model.OperationRunning:
		f.line = detail.WriteSteps(d, o, a.jobs.now)
		d.Blank()
		d.Paragraph(styles.Dim, "It goes on when this is closed"+d.Keys.Mention(": ", "operations", " shows it")+".", 0)
	default:
		writeEnd(d, o)
		d.Heading("Steps")
		detail.WriteSteps(d, o, a.jobs.now)
	}
}

// writeEnd says how an operation ended.
func writeEnd(d *draw.Document, o *model.Operation) {
	switch o.State {
	case model.OperationInterrupted:
		d.Item(styles.Warn, d.Glyphs.Attention, "It was interrupted, and nobody works on it"+d.Keys.Mention(": ", "operations", " to settle it")+".")
	case model.OperationUndone:
		d.Item(styles.Warn, d.Glyphs.Attention, "Nothing of it stays: it was taken back: "+model.Safe(o.Reason))
	case model.OperationFailed:
		d.Item(styles.Bad, d.Glyphs.Attention, "Not all of it was done.")
	default:
		d.Item(styles.Good, d.Glyphs.Bullet, "All of it was done.")
	}
	detail.WriteAccount(d, o)
}

// showRunning keeps the step that runs in sight.
func (a *App) showRunning() {
	f, ok := a.dialog.content.(*following)
	if !ok || f.over || f.moved {
		return
	}
	s := &a.dialog.scroll
	s.Top = f.line - s.Height/2
	s.Clamp()
}

// cancelFollowed asks the operation that a dialog shows to end.
func (a *App) cancelFollowed() tea.Cmd {
	f, ok := a.dialog.content.(follower)
	if !ok {
		return nil
	}
	return a.cancelOperation(f.follows())
}

// cancelOperation asks an operation to end where it can.
func (a *App) cancelOperation(id string) tea.Cmd {
	o := a.ops.of(id)
	if o == nil || o.State != model.OperationRunning {
		return a.warn("Cancel: it does not run")
	}
	title := wording.OperationTitle(o)
	return tea.Batch(a.tell(message{Role: styles.Busy, Text: "asked to end: " + title}), guarded(func() tea.Msg {
		return deedMsg{"cancel " + title, a.operator.CancelOperation(a.ctx, id)}
	}))
}
