package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/wording"
)

// keeping asks whether a VM is to be put on the keep list, or dropped from it.
type keeping struct {
	vm    model.Raw
	entry model.KeepEntry
	kept  bool // it is on the list now
}

func (k *keeping) layer() layers { return onConfirm }

func (k *keeping) title(*App) model.SafeText {
	if k.kept {
		return "No longer keep " + model.Safe(k.vm) + "?"
	}
	return "Keep " + model.Safe(k.vm) + "?"
}

func (k *keeping) answer() (model.SafeText, bool) {
	if k.kept {
		return "drop it from the keep list", true
	}
	return "keep it", true
}

// renew implements content: somebody else may have put it on the list.
func (k *keeping) renew(a *App) bool {
	before := k.kept
	k.entry, k.kept = a.shot.Inventory.Keeps(k.vm)
	return before != k.kept
}

func (k *keeping) write(_ *App, d *draw.Document) {
	if !k.kept {
		d.Paragraph(styles.Text, "On the keep list it is never called a leftover, whatever else speaks for that, and neither clean-up nor purge takes it, until it is dropped from the list.", 0)
		d.Blank()
		d.Paragraph(styles.Dim, "The same, with a note: microtui keep "+model.Safe(k.vm)+" --note TEXT", 0)
		return
	}
	text := model.SafeText("It is on the keep list")
	if k.entry.By != "" {
		text += ", by " + model.Safe(k.entry.By)
	}
	if since := wording.Moment(k.entry.At); since != "" {
		text += ", since " + since
	}
	if k.entry.Note != "" {
		text += ": " + model.Safe(k.entry.Note)
	}
	d.Paragraph(styles.Text, text+".", 0)
	d.Paragraph(styles.Text, "Dropped from it, it is judged as any other: it may be called a leftover, and be purged.", 0)
}

// keep asks whether the VM is to be kept.
func (a *App) keep() tea.Cmd {
	why, vm := a.reasonToKeep()
	if why != "" {
		return a.warn("Keep: " + why)
	}
	k := &keeping{vm: vm}
	k.renew(a)
	a.openDialog(k)
	return nil
}

// keepText is what the menu calls it.
func (a *App) keepText() model.SafeText {
	if vms, _ := a.targets(); len(vms) == 1 {
		if _, kept := a.shot.Inventory.Keeps(vms[0]); kept {
			return "drop it from the keep list"
		}
	}
	return "protect: keep it, never call it a leftover"
}

func (a *App) reasonToKeep() (model.SafeText, model.Raw) {
	vms, marked := a.targets()
	i := a.plans()
	switch why := a.barred(); {
	case why != "":
		return why, ""
	case marked:
		return "one VM at a time: clear the marks", ""
	case len(vms) == 0:
		return "no VM is selected", ""
	case !i.Host.Privileged:
		return "not permitted: run as root", ""
	}
	return "", vms[0]
}

// do is the y to it.
func (k *keeping) do(a *App) tea.Cmd {
	vm, kept, entry := k.vm, k.kept, k.entry
	a.closeDialog()
	return guarded(func() tea.Msg {
		if !kept {
			return keptMsg{vm, false, a.operator.Keep(a.ctx, model.KeepEntry{Kind: model.KindVM, Name: vm})}
		}
		return keptMsg{vm, true, a.operator.Unkeep(a.ctx, model.Ref{Kind: entry.Kind, Name: entry.Name})}
	})
}

// keptMsg says what came of it.
type keptMsg struct {
	vm      model.Raw
	dropped bool
	err     error
}

func (a *App) keptDone(msg keptMsg) tea.Cmd {
	m := message{At: a.keyTime, Role: styles.Good, Text: model.Safe(msg.vm) + ": on the keep list"}
	switch {
	case msg.err != nil:
		m = failure("keep "+model.Safe(msg.vm), msg.err)
	case msg.dropped:
		m.Text = model.Safe(msg.vm) + ": no longer on the keep list"
	}
	a.record.add(m)
	return tea.Batch(a.tell(m), a.refresh())
}
