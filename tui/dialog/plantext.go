package dialog

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/prompt"
	"microtui/tui/scene"
	"microtui/wording"
)

// How a plan is shown before it is agreed to.

// Title implements [Dialog].
func (p *Plan) Title(*scene.Scene) text.SafeText {
	plan := p.now()
	chosen := plan.Chosen()
	switch {
	case p.list != nil:
		return wording.Capital(plan.Action.Verb()) + text.Safef(" %d of %d?", len(chosen.Items), len(plan.Items))
	case len(p.Marked) > 0:
		return wording.Capital(plan.Action.Verb()) + markedText(len(p.Marked), p.hidden) + "?"
	case len(chosen.Items) == 0:
		return wording.Capital(plan.Action.Verb()) + " " + refusedNames(plan)
	}
	return wording.Capital(chosen.Title()) + "?"
}

// refusedNames are the names that nothing is done about.
func refusedNames(p model.Plan) text.SafeText {
	names := make([]model.Raw, len(p.Refused))
	for at, b := range p.Refused {
		names[at] = b.Ref.Name
	}
	return wording.Joined(names)
}

// markedText is " 3 marked VMs, 1 of them hidden by the filter".
func markedText(n, hidden int) text.SafeText {
	words := text.Safef(" %d marked VM%s", n, wording.Plural(n))
	switch {
	case hidden == 1 && n == 1:
		words += ", hidden by the filter"
	case hidden > 0:
		words += text.Safef(", %d of them hidden by the filter", hidden)
	}
	return words
}

// Mode implements [Dialog].
func (p *Plan) Mode() Mode {
	switch {
	case p.typing():
		return Types
	case p.list != nil:
		return Ticks
	}
	return Confirms
}

// typing reports whether the word that has to be typed is asked for.
func (p *Plan) typing() bool {
	return p.phase != cannotAsk && (p.list == nil || p.list.agreed) && p.word() != ""
}

// Question implements [Dialog].
func (p *Plan) Question() Question {
	q := Question{Wrong: p.wrong, Ticks: p.list != nil && !p.typing()}
	if p.typing() {
		q.Word = p.word()
	}
	if p.Offer != nil && p.phase != cannotAsk {
		q.Offer = &Offer{p.Offer.Key, p.Offer.Text + ": " + wording.YesNo(p.choice)}
	}
	chosen := p.Chosen()
	if n := len(chosen.Items); p.phase == asks && n > 0 {
		q.Yes = chosen.Action.Verb()
		if n > 1 || p.list != nil {
			q.Yes += text.Safef(" %d", n)
		}
	}
	return q
}

// Field implements [Dialog].
func (p *Plan) Field() *prompt.Prompt {
	if !p.typing() {
		return nil
	}
	return &p.field
}

// Typed implements [Dialog].
func (p *Plan) Typed(*scene.Scene) Change {
	p.wrong = false
	return Change{}
}

// Write implements [Dialog].
func (p *Plan) Write(s *scene.Scene, d *draw.Document) {
	for _, line := range p.changed {
		d.Item(styles.Warn, d.Glyphs.Attention, line)
	}
	if len(p.changed) > 0 {
		d.Paragraph(styles.Warn, "Please confirm again.", 3)
		d.Blank()
	}
	if p.fault != "" {
		d.Item(styles.Bad, d.Glyphs.Attention, p.fault)
	}
	if s.Age > 0 {
		d.Item(styles.Stale, d.Glyphs.Attention, "This data is "+wording.Age(s.Age)+" old.")
	}
	switch p.phase {
	case lookDue, looking:
		d.Paragraph(styles.Busy, p.looksFor(), 0)
	case beginDue, begins:
		d.Paragraph(styles.Busy, "Begins"+text.Safe(d.Glyphs.Ellipsis), 0)
	}
	plan := p.now()
	if p.list != nil {
		if p.list.agreed {
			writeWeighty(d, plan.Chosen())
		}
		p.list.write(d, plan)
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

// writeWeighty says why a y is not enough for what is ticked.
func writeWeighty(d *draw.Document, chosen model.Plan) {
	for _, item := range chosen.Weighty() {
		d.Item(styles.Warn, d.Glyphs.Attention, text.Safe(item.Name())+": "+careWords(item))
	}
	d.Blank()
}

func (p *Plan) looksFor() text.SafeText {
	if newFlake(p.made) != "" {
		return "Evaluating the flake ..."
	}
	if p.Compare != nil {
		return "Checking the disk and comparing closures ..."
	}
	return "Checking the disk for blockers ..."
}

func (p *Plan) writeDifferences(d *draw.Document) {
	for i, diff := range p.differs {
		if i > 0 {
			d.Blank()
		}
		if diff.Err != nil {
			d.Item(styles.Warn, d.Glyphs.Attention, text.Safe(diff.VM)+": the comparison failed: "+text.Safe(diff.Err.Error()))
			continue
		}
		for n, line := range diff.Diff.Lines(diff.VM) {
			role, indent := styles.Text, 3
			if n == 0 {
				role, indent = styles.Strong, 0
			}
			d.Paragraph(role, d.OurSigns(draw.TrimLeft(line)), indent)
		}
	}
}

// writeItem is one thing of a plan: what it is, why, and each step.
func writeItem(d *draw.Document, item model.Item) {
	d.Paragraph(styles.Strong, itemTitle(item), 0)
	writeDetails(d, item, 0)
}

func itemTitle(item model.Item) text.SafeText {
	title := wording.Of(item.Ref.Kind) + " " + text.Safe(item.Name())
	if item.Verdict != "" {
		title += " (" + wording.Of(item.Verdict) + ")"
	}
	return title
}

func writeDetails(d *draw.Document, item model.Item, indent int) {
	bullet := text.Safe(d.Glyphs.Bullet) + " "
	for _, caution := range item.Cautions {
		d.Hanging(styles.Warn, indent+1, "! ", text.Safe(caution))
	}
	for _, fact := range item.Evidence {
		d.Hanging(styles.Dim, indent+1, bullet, text.Safe(fact))
	}
	for _, fact := range item.Facts(time.Local) {
		d.Hanging(styles.Text, indent+1, bullet, fact)
	}
	for _, step := range item.Steps {
		what := step.Text()
		if step.Target != "" {
			what += " (" + text.Safe(step.Target) + ")"
		}
		role := styles.Text
		if undo := step.UndoText(); undo != "" {
			what += "; " + undo
		}
		if step.Undo == "" && !step.Harmless {
			role = styles.Warn
		}
		d.Hanging(role, indent+1, "- ", what)
		if step.Action == model.StepStop {
			writeTakenDown(d, item, indent+3)
		}
	}
	if goesOn(item) {
		d.Hanging(styles.Text, indent+1, bullet, "it keeps running what it booted until it is restarted")
	}
	for _, left := range item.Left {
		d.Hanging(styles.Warn, indent+1, "! ", wording.LeftAlone+": "+text.Safe(left))
	}
	if item.ManualStep != "" {
		d.Hanging(styles.Warn, indent+1, "! ", wording.ByHand+": "+text.Safe(item.ManualStep))
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
		d.Item(styles.Warn, d.Glyphs.Bullet, text.Safe(b.Ref.Name)+": "+text.Safe(b.Reason))
	}
}
