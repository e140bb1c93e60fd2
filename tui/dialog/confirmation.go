package dialog

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/prompt"
	"microtui/tui/scene"
	"microtui/wording"
)

// Confirmation asks whether an action is to be done, and says what it does.
// It is bound to the VMs, and to the state each had when it was asked.
type Confirmation struct {
	plain
	action model.Action
	marked bool
	asked  []asked
	hidden int
	// changed says what is not any more as it was when the dialog opened.
	changed []text.SafeText
	field   prompt.Prompt // what was typed of the word that agrees
	wrong   bool          // it is another word
}

// asked is what is asked about one VM.
type asked struct {
	order  model.Order
	vm     *model.VM     // nil: it left the host
	reason text.SafeText // why it is left out; empty: it is not
	// conflicts are what the order would be carried out despite, in words.
	conflicts []text.SafeText
}

// NewConfirmation asks about an action on VMs: marked ones, or one.
func NewConfirmation(s *scene.Scene, action model.Action, vms []model.Raw, marked bool) *Confirmation {
	return &Confirmation{
		action: action, marked: marked, asked: askAbout(s, action, vms), hidden: s.Unlisted(vms),
	}
}

// askAbout binds orders to what is known of VMs now.
func askAbout(s *scene.Scene, action model.Action, vms []model.Raw) []asked {
	after := model.AfterAll(s.Shot.Inventory, action, vms)
	all := make([]asked, len(vms))
	for at, name := range vms {
		all[at] = askAboutOne(s, action, name, after)
	}
	return all
}

// askAboutOne binds an order. after is the host once all that is asked for
// together is done.
func askAboutOne(s *scene.Scene, action model.Action, name model.Raw, after model.Inventory) asked {
	vm := s.Shot.VM(model.Ref{Kind: model.KindVM, Name: name})
	if vm == nil {
		return asked{order: model.Order{Action: action, VM: name}, reason: "it is no longer on this host"}
	}
	q := asked{vm: vm, reason: s.Reason(action, name), order: model.OrderFor(action, vm, model.Against(after, action, name)...)}
	for _, conflict := range q.order.Despite {
		q.conflicts = append(q.conflicts, text.Safe(conflict.ReasonNow(s.Shot.Inventory)))
		if conflict.Forbids() && q.reason == "" {
			q.reason = text.Safe(conflict.Reason())
		}
	}
	return q
}

// Renew implements [Dialog]. Each VM is asked about anew; what differs is told.
func (c *Confirmation) Renew(s *scene.Scene) Change {
	names := make([]model.Raw, len(c.asked))
	for i := range c.asked {
		names[i] = c.asked[i].order.VM
	}
	changed := false
	for i, now := range askAbout(s, c.action, names) {
		if line := c.asked[i].difference(now); line != "" {
			changed = true
			c.change(text.Safe(now.order.VM)+" ", line)
		}
		c.asked[i] = now
	}
	if changed {
		c.field, c.wrong = prompt.Prompt{}, false
	}
	c.hidden = s.Unlisted(names)
	return Change{Anew: changed}
}

// Details implements [Dialog]: how long systemd waits is told of one VM.
func (c *Confirmation) Details() []model.Raw {
	if len(c.asked) != 1 {
		return nil
	}
	return []model.Raw{c.asked[0].order.VM}
}

// word is what has to be typed: the names of those that lose data. Empty: a y is
// enough.
func (c *Confirmation) word() model.Raw {
	var names []string
	for _, q := range c.asked {
		if q.reason == "" && slices.ContainsFunc(q.order.Despite, model.Conflict.IsTyped) {
			names = append(names, string(q.order.VM))
		}
	}
	return model.Raw(strings.Join(names, " "))
}

// Field implements [Dialog].
func (c *Confirmation) Field() *prompt.Prompt {
	if c.word() == "" {
		return nil
	}
	return &c.field
}

// Typed implements [Dialog].
func (c *Confirmation) Typed(*scene.Scene) Change {
	c.wrong = false
	return Change{}
}

// Press implements [Dialog].
func (c *Confirmation) Press(key Key, s *scene.Scene) Change {
	switch {
	case key == Agree && c.Mode() == Confirms:
		return c.order()
	case key == Submit && c.field.Text() == "":
		return Change{Why: typeFirst(c.word())}
	case key == Submit && c.field.Text() == string(c.word()):
		return c.order()
	case key == Submit:
		c.wrong = true
		return Change{}
	}
	return c.plain.Press(key, s)
}

// order gives the orders that it asks about.
func (c *Confirmation) order() Change {
	orders := c.Orders()
	if len(orders) == 0 {
		return Change{Why: "There is nothing to confirm."}
	}
	return closed(intent.Order{Orders: orders, Marked: c.marked})
}

// change notes what changed about a VM, in the place of what it said of it
// before.
func (c *Confirmation) change(name, line text.SafeText) {
	c.changed = slices.DeleteFunc(c.changed, func(old text.SafeText) bool {
		return len(old) > len(name) && old[:len(name)] == name
	})
	c.changed = append(c.changed, name+line)
}

// difference says in what a VM is not as it was; empty: in nothing that
// matters here.
func (q asked) difference(now asked) text.SafeText {
	switch {
	case q.vm != nil && now.vm == nil, q.vm == nil && now.vm != nil && now.reason != q.reason:
		return "changed: " + now.standing()
	case q.order.Seen != now.order.Seen:
		return "is " + wording.Of(now.order.Seen) + " now; it was " + wording.Of(q.order.Seen)
	case now.order.Seen == model.StateRunning && q.order.Invocation != now.order.Invocation:
		return "was restarted"
	case !slices.Equal(q.order.Despite, now.order.Despite):
		return "now has other conflicts"
	case q.reason != now.reason:
		return now.standing()
	}
	return ""
}

func (q asked) standing() text.SafeText {
	if q.reason == "" {
		return "is possible now"
	}
	return q.reason
}

// Warns reports whether something speaks against it.
func (c *Confirmation) Warns() bool {
	return slices.ContainsFunc(c.asked, func(q asked) bool { return q.reason != "" || len(q.order.Despite) > 0 })
}

// Orders are what a confirmation gives: of the VMs that can be acted on.
func (c *Confirmation) Orders() []model.Order {
	var orders []model.Order
	for _, q := range c.asked {
		if q.reason == "" {
			orders = append(orders, q.order)
		}
	}
	return orders
}

// Mode implements [Dialog].
func (c *Confirmation) Mode() Mode {
	if c.word() != "" {
		return Types
	}
	return Confirms
}

// Title implements [Dialog]: what, of how many, and how many of them the
// filter hides.
func (c *Confirmation) Title(*scene.Scene) text.SafeText {
	verb := wording.Capital(wording.Verb(c.action))
	if !c.marked {
		return verb + " " + text.Safe(c.asked[0].order.VM) + "?"
	}
	return verb + markedText(len(c.asked), c.hidden) + "?"
}

// Question implements [Dialog].
func (c *Confirmation) Question() Question {
	q := Question{Word: c.word(), Wrong: c.wrong}
	n := len(c.Orders())
	if n == 0 {
		return q
	}
	yes := wording.Verb(c.action)
	if c.marked {
		yes += text.Safef(" %d VM%s", n, wording.Plural(n))
	}
	if c.warnsOfConflicts() {
		yes += " anyway"
	}
	q.Yes = yes
	return q
}

func (c *Confirmation) warnsOfConflicts() bool {
	return slices.ContainsFunc(c.asked, func(q asked) bool { return q.reason == "" && len(q.order.Despite) > 0 })
}

// Write implements [Dialog].
func (c *Confirmation) Write(s *scene.Scene, d *draw.Document) {
	for _, line := range c.changed {
		d.Item(styles.Warn, d.Glyphs.Attention, line)
	}
	if len(c.changed) > 0 {
		d.Paragraph(styles.Warn, "Please confirm again.", 3)
		d.Blank()
	}
	if words := text.Safe(model.WhileSwitching(s.Shot.Inventory.Host)); words != "" {
		d.Item(styles.Warn, d.Glyphs.Attention, words)
	}
	if s.Age > 0 {
		d.Item(styles.Stale, d.Glyphs.Attention, "This data is "+wording.Age(s.Age)+" old.")
	}
	if c.marked {
		c.writeMany(d)
		return
	}
	c.asked[0].write(s, d)
}

// stops reports whether guests are shut down.
func (c *Confirmation) stops() bool {
	return c.action == model.ActionStop || c.action == model.ActionRestart
}

// writeMany lists the VMs: first those it is about, then those left out.
func (c *Confirmation) writeMany(d *draw.Document) {
	for _, line := range consequences(c.action, nil) {
		d.Paragraph(styles.Text, line, 0)
	}
	d.Blank()
	out := 0
	for _, q := range c.asked {
		if q.reason != "" {
			out++
			continue
		}
		d.Item(tone.State(q.order.Seen), d.Glyphs.Bullet, text.Safe(q.order.VM)+"  "+wording.Of(q.order.Seen))
		for _, conflict := range q.conflicts {
			d.Paragraph(styles.Warn, conflict, 5)
		}
		if kills := q.vm.StopCaution(); c.stops() && kills != "" {
			d.Paragraph(styles.Warn, text.Safe(kills), 5)
		}
	}
	if out == 0 {
		return
	}
	d.Heading("Left out")
	for _, q := range c.asked {
		if q.reason != "" {
			d.Item(styles.Dim, d.Glyphs.Bullet, text.Safe(q.order.VM)+"  "+q.reason)
		}
	}
}

func (q asked) write(s *scene.Scene, d *draw.Document) {
	if q.vm == nil {
		d.Paragraph(styles.Warn, text.Safe(q.order.VM)+": "+q.reason, 0)
		return
	}
	for _, conflict := range q.conflicts {
		d.Item(styles.Warn, d.Glyphs.Attention, conflict)
	}
	d.Blank()
	state := wording.Of(q.vm.State)
	if up := wording.Up(q.vm, s.Shot.Inventory.At); up != "" {
		state += ", for " + up
	}
	d.Paragraph(tone.State(q.vm.State), text.Safe(q.vm.Name)+" is "+state+".", 0)
	if q.reason != "" {
		d.Paragraph(styles.Warn, "Not possible: "+q.reason+".", 0)
		return
	}
	for _, line := range consequences(q.order.Action, q.vm) {
		d.Paragraph(styles.Text, line, 0)
	}
	if words := wording.Notes(q.vm.Verdict, q.vm.Why, q.vm.Notes); words != "" {
		d.Blank()
		d.Paragraph(styles.Dim, "Noted: "+words, 0)
	}
}
