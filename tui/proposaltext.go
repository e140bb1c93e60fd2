package tui

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/prompt"
	"microtui/wording"
)

// How a plan is shown before it is agreed to.

// title implements content.
func (p *proposal) title(*App) model.SafeText {
	plan := p.now()
	chosen := plan.Chosen()
	switch {
	case p.list != nil:
		return wording.Capital(plan.Action.Verb()) + model.Safef(" %d of %d?", len(chosen.Items), len(plan.Items))
	case p.marked > 0:
		return wording.Capital(plan.Action.Verb()) + markedText(p.marked, p.hidden) + "?"
	case len(chosen.Items) == 0:
		return wording.Capital(plan.Action.Verb()) + " " + refusedNames(plan)
	}
	return wording.Capital(chosen.Title()) + "?"
}

// refusedNames are the names that nothing is done about.
func refusedNames(p model.Plan) model.SafeText {
	names := make([]model.Raw, len(p.Refused))
	for at, b := range p.Refused {
		names[at] = b.Ref.Name
	}
	return wording.Joined(names)
}

// markedText is " 3 marked VMs, 1 of them hidden by the filter".
func markedText(n, hidden int) model.SafeText {
	text := model.Safef(" %d marked VM%s", n, wording.Plural(n))
	switch {
	case hidden == 1 && n == 1:
		text += ", hidden by the filter"
	case hidden > 0:
		text += model.Safef(", %d of them hidden by the filter", hidden)
	}
	return text
}

// layer implements content.
func (p *proposal) layer() layers {
	switch {
	case p.typing():
		return onTyped
	case p.list != nil:
		return onChecks
	}
	return onConfirm
}

// typing reports whether the word that has to be typed is asked for.
func (p *proposal) typing() bool {
	return p.phase != cannotAsk && (p.list == nil || p.list.agreed) && p.word() != ""
}

// answer implements content.
func (p *proposal) answer() (model.SafeText, bool) {
	chosen := p.chosen()
	if n := len(chosen.Items); p.phase == asks && n > 0 {
		yes := chosen.Action.Verb()
		if n > 1 || p.list != nil {
			yes += model.Safef(" %d", n)
		}
		return yes, true
	}
	return "", false
}

// offered is the choice as the line of answers names it.
func (p *proposal) offered() (key, text model.SafeText) {
	if p.offer == nil || p.phase == cannotAsk {
		return "", ""
	}
	return p.offer.key, p.offer.text + ": " + wording.YesNo(p.choice)
}

// entry implements typed.
func (p *proposal) entry() (field *prompt.Prompt, wrong *bool) { return &p.field, &p.wrong }

// write implements content.
func (p *proposal) write(a *App, d *draw.Document) {
	for _, text := range p.changed {
		d.Item(styles.Warn, a.glyphs.Attention, text)
	}
	if len(p.changed) > 0 {
		d.Paragraph(styles.Warn, "Please confirm again.", 3)
		d.Blank()
	}
	if p.fault != "" {
		d.Item(styles.Bad, a.glyphs.Attention, p.fault)
	}
	if a.age > 0 {
		d.Item(styles.Stale, a.glyphs.Attention, "What is shown is "+wording.Age(a.age)+" old.")
	}
	switch p.phase {
	case lookDue, looking:
		d.Paragraph(styles.Busy, p.looksFor(), 0)
	case beginDue, begins:
		d.Paragraph(styles.Busy, "Begins"+model.Safe(model.Raw(a.glyphs.Ellipsis)), 0)
	}
	plan := p.now()
	if p.list != nil {
		p.list.write(a, d, plan)
	} else {
		p.writeDifferences(d)
		for i, item := range plan.Items {
			if i > 0 || len(p.differs) > 0 {
				d.Blank()
			}
			writeItem(d, item)
		}
	}
	writeLeftOut(d, plan)
	if freed := plan.FreedText(); freed != "" {
		d.Blank()
		d.Paragraph(styles.Strong, wording.Capital(freed)+".", 0)
	}
}

func (p *proposal) looksFor() model.SafeText {
	if p.compare != nil {
		return "Checking the disk and comparing the closures ..."
	}
	return "Checking the disk for blockers ..."
}

func (p *proposal) writeDifferences(d *draw.Document) {
	for i, diff := range p.differs {
		if i > 0 {
			d.Blank()
		}
		if diff.Err != nil {
			d.Item(styles.Warn, d.Glyphs.Attention, model.Safe(diff.VM)+": what is different could not be told: "+model.Safe(model.Raw(diff.Err.Error())))
			continue
		}
		for n, text := range diff.Diff.Lines(diff.VM) {
			role, indent := styles.Text, 3
			if n == 0 {
				role, indent = styles.Strong, 0
			}
			d.Paragraph(role, d.OurSigns(draw.TrimLeft(text)), indent)
		}
	}
}

// writeItem is one thing of a plan: what it is, why, and each step.
func writeItem(d *draw.Document, item model.Item) {
	d.Paragraph(styles.Strong, itemTitle(item), 0)
	writeDetails(d, item, 0)
}

func itemTitle(item model.Item) model.SafeText {
	title := wording.Of(item.Ref.Kind) + " " + model.Safe(item.Name())
	if item.Verdict != "" {
		title += " (" + wording.Of(item.Verdict) + ")"
	}
	return title
}

func writeDetails(d *draw.Document, item model.Item, indent int) {
	bullet := model.Safe(model.Raw(d.Glyphs.Bullet)) + " "
	for _, caution := range item.Cautions {
		d.Hanging(styles.Warn, indent+1, "! ", model.Safe(caution))
	}
	for _, fact := range item.Evidence {
		d.Hanging(styles.Dim, indent+1, bullet, model.Safe(fact))
	}
	for _, fact := range item.Facts(time.Local) {
		d.Hanging(styles.Text, indent+1, bullet, fact)
	}
	for _, step := range item.Steps {
		text := step.Text()
		if step.Target != "" {
			text += " (" + model.Safe(step.Target) + ")"
		}
		role := styles.Text
		if undo := step.UndoText(); undo != "" {
			text += "; " + undo
		}
		if step.Undo == "" && !step.Harmless {
			role = styles.Warn
		}
		d.Hanging(role, indent+1, "- ", text)
		if step.Action == model.StepStop {
			writeTakenDown(d, item, indent+3)
		}
	}
	if goesOn(item) {
		d.Hanging(styles.Text, indent+1, bullet, "it goes on running what it has booted, until it is restarted")
	}
	for _, left := range item.Left {
		d.Hanging(styles.Warn, indent+1, "! ", "left alone: "+model.Safe(left))
	}
	if item.ManualStep != "" {
		d.Hanging(styles.Warn, indent+1, "! ", "left to do by hand: "+model.Safe(item.ManualStep))
	}
}

// writeTakenDown tells what the stop of an item takes down by itself.
func writeTakenDown(d *draw.Document, item model.Item, indent int) {
	for _, down := range item.TakesDown {
		role := styles.Text
		if down.Though != "" {
			role = styles.Warn
		}
		d.Hanging(role, indent, "- ", down.Text())
	}
}

// goesOn reports whether a VM that runs is switched and not restarted.
func goesOn(item model.Item) bool {
	does := func(action model.StepAction) bool {
		return slices.ContainsFunc(item.Steps, func(s model.Step) bool { return s.Action == action })
	}
	return item.Running && does(model.StepSwitch) && !does(model.StepRestart)
}

func writeLeftOut(d *draw.Document, plan model.Plan) {
	if len(plan.Refused) == 0 {
		return
	}
	d.Heading("Left out")
	for _, b := range plan.Refused {
		d.Item(styles.Warn, d.Glyphs.Bullet, model.Safe(b.Ref.Name)+": "+model.Safe(b.Reason))
	}
}
