package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/prompt"
	"microtui/wording"
)

// confirmation asks whether an action is to be done, and says what it does.
// It is bound to the VMs, and to the state each had when it was asked.
type confirmation struct {
	action model.Action
	marked bool
	asked  []asked
	hidden int
	// changed says what is not any more as it was when the dialog opened.
	changed []model.SafeText
	field   prompt.Prompt // what was typed of the word that agrees
	wrong   bool          // it is another word
}

// asked is what is asked about one VM.
type asked struct {
	order  model.Order
	vm     *model.VM      // nil: it left the host
	reason model.SafeText // why it is left out; empty: it is not
	// conflicts are what the order would be carried out despite, in words.
	conflicts []model.SafeText
}

func newConfirm(a *App, action model.Action, vms []model.Raw, marked bool) *confirmation {
	c := &confirmation{action: action, marked: marked}
	c.asked = a.askAbout(action, vms)
	c.hidden = a.hidden(vms)
	return c
}

// askAbout binds orders to what is known of VMs now.
func (a *App) askAbout(action model.Action, vms []model.Raw) []asked {
	after := model.AfterAll(a.shot.Inventory, action, vms)
	all := make([]asked, len(vms))
	for at, name := range vms {
		all[at] = a.askAboutOne(action, name, after)
	}
	return all
}

// askAboutOne binds an order. after is the host once all that is asked for
// together is done.
func (a *App) askAboutOne(action model.Action, name model.Raw, after model.Inventory) asked {
	vm := a.shot.VM(model.Ref{Kind: model.KindVM, Name: name})
	if vm == nil {
		return asked{order: model.Order{Action: action, VM: name}, reason: "it is no longer on this host"}
	}
	q := asked{vm: vm, reason: a.reason(action, name)}
	q.order = model.Order{Action: action, VM: name, Seen: vm.State, Invocation: invocation(vm)}
	q.order.Despite = model.Against(after, action, name)
	for _, conflict := range q.order.Despite {
		q.conflicts = append(q.conflicts, model.Safe(conflict.ReasonNow(a.shot.Inventory)))
		if conflict.Forbids() && q.reason == "" {
			q.reason = model.Safe(conflict.Reason())
		}
	}
	return q
}

// renew implements content. Each VM is asked about anew; what differs is
// told.
func (c *confirmation) renew(a *App) bool {
	names := make([]model.Raw, len(c.asked))
	for i := range c.asked {
		names[i] = c.asked[i].order.VM
	}
	changed := false
	for i, now := range a.askAbout(c.action, names) {
		if text := c.asked[i].difference(now); text != "" {
			changed = true
			c.change(model.Safe(now.order.VM)+" ", text)
		}
		c.asked[i] = now
	}
	if changed {
		c.field, c.wrong = prompt.Prompt{}, false
	}
	c.hidden = a.hidden(names)
	return changed
}

// word is what has to be typed: the names of those that lose data. Empty: a y is
// enough.
func (c *confirmation) word() model.Raw {
	var names []string
	for _, q := range c.asked {
		if q.reason == "" && slices.ContainsFunc(q.order.Despite, model.Conflict.IsTyped) {
			names = append(names, string(q.order.VM))
		}
	}
	return model.Raw(strings.Join(names, " "))
}

// typing implements typed.
func (c *confirmation) typing() bool { return c.word() != "" }

// entry implements typed.
func (c *confirmation) entry() (field *prompt.Prompt, wrong *bool) { return &c.field, &c.wrong }

// submit implements typed.
func (c *confirmation) submit(a *App) tea.Cmd {
	switch word := c.word(); {
	case c.field.Text() == "":
		return a.leaveDialog()
	case c.field.Text() != string(word):
		c.wrong = true
	case word != "":
		return a.order(c)
	}
	return nil
}

// change notes what changed about a VM, in the place of what it said of it
// before.
func (c *confirmation) change(name, text model.SafeText) {
	c.changed = slices.DeleteFunc(c.changed, func(old model.SafeText) bool {
		return len(old) > len(name) && old[:len(name)] == name
	})
	c.changed = append(c.changed, name+text)
}

// difference says in what a VM is not as it was; empty: in nothing that
// matters here.
func (q asked) difference(now asked) model.SafeText {
	switch {
	case q.vm != nil && now.vm == nil, q.vm == nil && now.vm != nil && now.reason != q.reason:
		return "changed: " + now.standing()
	case q.order.Seen != now.order.Seen:
		return "is " + wording.Of(now.order.Seen) + " now; it was " + wording.Of(q.order.Seen)
	case now.order.Seen == model.StateRunning && q.order.Invocation != now.order.Invocation:
		return "was started anew"
	case !slices.Equal(q.order.Despite, now.order.Despite):
		return "meets other conflicts now"
	case q.reason != now.reason:
		return now.standing()
	}
	return ""
}

func (q asked) standing() model.SafeText {
	if q.reason == "" {
		return "can be done now"
	}
	return q.reason
}

// warns reports whether something speaks against it.
func (c *confirmation) warns() bool {
	return slices.ContainsFunc(c.asked, func(q asked) bool { return q.reason != "" || len(q.order.Despite) > 0 })
}

// orders are what a confirmation gives: of the VMs that can be acted on.
func (c *confirmation) orders() []model.Order {
	var orders []model.Order
	for _, q := range c.asked {
		if q.reason == "" {
			orders = append(orders, q.order)
		}
	}
	return orders
}

func (c *confirmation) layer() layers {
	if c.typing() {
		return onTyped
	}
	return onConfirm
}

// title implements content: what, of how many, and how many of them the
// filter hides.
func (c *confirmation) title(*App) model.SafeText {
	verb := wording.Capital(wording.Verb(c.action))
	if !c.marked {
		return verb + " " + model.Safe(c.asked[0].order.VM) + "?"
	}
	text := verb + model.Safef(" %d marked VM%s", len(c.asked), wording.Plural(len(c.asked)))
	switch {
	case c.hidden == 1 && len(c.asked) == 1:
		text += ", hidden by the filter"
	case c.hidden > 0:
		text += model.Safef(", %d of them hidden by the filter", c.hidden)
	}
	return text + "?"
}

func (c *confirmation) answer() (model.SafeText, bool) {
	n := len(c.orders())
	if n == 0 {
		return "", false
	}
	yes := wording.Verb(c.action)
	if c.marked {
		yes += model.Safef(" %d VM%s", n, wording.Plural(n))
	}
	if c.warnsOfConflicts() {
		yes += " all the same"
	}
	return yes, true
}

func (c *confirmation) warnsOfConflicts() bool {
	return slices.ContainsFunc(c.asked, func(q asked) bool { return q.reason == "" && len(q.order.Despite) > 0 })
}

// write implements content.
func (c *confirmation) write(a *App, d *draw.Document) {
	for _, text := range c.changed {
		d.Item(styles.Warn, a.glyphs.Attention, text)
	}
	if len(c.changed) > 0 {
		d.Paragraph(styles.Warn, "Please confirm again.", 3)
		d.Blank()
	}
	if text := model.Safe(model.WhileSwitching(a.shot.Inventory.Host)); text != "" {
		d.Item(styles.Warn, a.glyphs.Attention, text)
	}
	if a.age > 0 {
		d.Item(styles.Stale, a.glyphs.Attention, "What is shown is "+wording.Age(a.age)+" old.")
	}
	if c.marked {
		c.writeMany(a, d)
		return
	}
	c.asked[0].write(a, d)
}

// stops reports whether guests are shut down.
func (c *confirmation) stops() bool {
	return c.action == model.ActionStop || c.action == model.ActionRestart
}

// writeMany lists the VMs: first those it is about, then those left out.
func (c *confirmation) writeMany(a *App, d *draw.Document) {
	for _, text := range consequences(c.action, nil) {
		d.Paragraph(styles.Text, text, 0)
	}
	d.Blank()
	out := 0
	for _, q := range c.asked {
		if q.reason != "" {
			out++
			continue
		}
		d.Item(tone.State(q.order.Seen), a.glyphs.Bullet, model.Safe(q.order.VM)+"  "+wording.Of(q.order.Seen))
		for _, conflict := range q.conflicts {
			d.Paragraph(styles.Warn, conflict, 5)
		}
		if kills := q.vm.StopCaution(); c.stops() && kills != "" {
			d.Paragraph(styles.Warn, model.Safe(kills), 5)
		}
	}
	if out == 0 {
		return
	}
	d.Heading("Left out")
	for _, q := range c.asked {
		if q.reason != "" {
			d.Item(styles.Dim, a.glyphs.Bullet, model.Safe(q.order.VM)+"  "+q.reason)
		}
	}
}

func (q asked) write(a *App, d *draw.Document) {
	if q.vm == nil {
		d.Paragraph(styles.Warn, model.Safe(q.order.VM)+": "+q.reason, 0)
		return
	}
	for _, conflict := range q.conflicts {
		d.Item(styles.Warn, a.glyphs.Attention, conflict)
	}
	d.Blank()
	state := wording.Of(q.vm.State)
	if up := wording.Up(q.vm, a.shot.Inventory.At); up != "" {
		state += ", for " + up
	}
	d.Paragraph(tone.State(q.vm.State), model.Safe(q.vm.Name)+" is "+state+".", 0)
	if q.reason != "" {
		d.Paragraph(styles.Warn, "It cannot be done: "+q.reason+".", 0)
		return
	}
	for _, text := range consequences(q.order.Action, q.vm) {
		d.Paragraph(styles.Text, text, 0)
	}
	if text := wording.Notes(q.vm.Verdict, q.vm.Why, q.vm.Notes); text != "" {
		d.Blank()
		d.Paragraph(styles.Dim, "Noted: "+text, 0)
	}
}
