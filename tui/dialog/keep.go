package dialog

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/scene"
	"microtui/wording"
)

// Keep asks whether a VM is to be put on the keep list, or dropped from it.
type Keep struct {
	plain
	vm    model.Raw
	entry model.KeepEntry
	kept  bool // it is on the list now
}

// NewKeep asks about a VM.
func NewKeep(s *scene.Scene, vm model.Raw) *Keep {
	k := &Keep{vm: vm}
	k.Renew(s)
	return k
}

// Mode implements [Dialog].
func (*Keep) Mode() Mode { return Confirms }

// Title implements [Dialog].
func (k *Keep) Title(*scene.Scene) text.SafeText {
	if k.kept {
		return "No longer keep " + text.Safe(k.vm) + "?"
	}
	return "Keep " + text.Safe(k.vm) + "?"
}

// Question implements [Dialog].
func (k *Keep) Question() Question {
	if k.kept {
		return Question{Yes: "remove it from the keep list"}
	}
	return Question{Yes: "keep it"}
}

// Renew implements [Dialog]: somebody else may have put it on the list.
func (k *Keep) Renew(s *scene.Scene) Change {
	before := k.kept
	k.entry, k.kept = s.Shot.Inventory.Keeps(k.vm)
	return Change{Anew: before != k.kept}
}

// Press implements [Dialog].
func (k *Keep) Press(key Key, s *scene.Scene) Change {
	switch {
	case key == Agree && k.kept:
		return closed(intent.Unkeep{VM: k.vm, Entry: model.Ref{Kind: k.entry.Kind, Name: k.entry.Name}})
	case key == Agree:
		return closed(intent.Keep{VM: k.vm})
	}
	return k.plain.Press(key, s)
}

// Write implements [Dialog].
func (k *Keep) Write(_ *scene.Scene, d *draw.Document) {
	if !k.kept {
		d.Paragraph(styles.Text, "While it is on the keep list it is never called a leftover, and neither clean-up nor purge will take it.", 0)
		d.Blank()
		d.Paragraph(styles.Dim, "To add a note: microtui keep "+text.Safe(k.vm)+" --note TEXT", 0)
		return
	}
	line := text.SafeText("It is on the keep list")
	if k.entry.By != "" {
		line += ", by " + text.Safe(k.entry.By)
	}
	if since := wording.Moment(k.entry.At); since != "" {
		line += ", since " + since
	}
	if k.entry.Note != "" {
		line += ": " + text.Safe(k.entry.Note)
	}
	d.Paragraph(styles.Text, line+".", 0)
	d.Paragraph(styles.Text, "Once removed, it is judged like any other VM: it may be called a leftover and be purged.", 0)
}
