package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/tui/scene"
)

// building shows the builds that an update begins with. Nothing changes yet:
// left, they are cancelled. When they are done, the proposal to switch takes
// its place.
type building struct {
	made   model.Plan // as it is built
	marked int
	id     string // of the operation; empty: it is not begun yet
	asked  bool   // it is being begun
	over   bool   // nothing was built
	fault  model.SafeText
}

func (b *building) follows() string { return b.id }

func (b *building) layer() layers { return onBuild }

func (b *building) answer() (model.SafeText, bool) { return "", false }

func (b *building) title(*App) model.SafeText {
	return "Update" + model.Safe(model.Raw(strings.TrimPrefix(string(b.made.Title()), "build")))
}

// update builds what the flakes of the targets say now.
func (a *App) update() tea.Cmd {
	names, marked := a.targets()
	if why := a.whyNot(model.ActionUpdate); why != "" {
		return a.warn("Update: " + why)
	}
	b := &building{made: model.PlanBuild(a.plans(), names)}
	if marked {
		b.marked = len(names)
	}
	if len(b.made.Items) == 0 {
		return a.warn("Update: " + whyEmpty(b.made))
	}
	if word, _ := b.made.Consent(); word != "" {
		p := &proposal{plan: func(i model.Inventory, _ bool) model.Plan { return model.PlanBuild(i, names) }}
		if marked {
			p.marked, p.hidden = len(names), a.hidden(names)
		}
		return a.propose(p)
	}
	a.openDialog(b)
	return nil
}

// builds is the dialog of a build that was begun by a proposal.
func (p *proposal) builds(id string) *building {
	return &building{made: p.now(), marked: p.marked, asked: true, id: id}
}

// due begins the build.
func (b *building) due(a *App) tea.Cmd {
	if b.asked {
		return nil
	}
	b.asked = true
	return a.begin(b, b.made.Chosen())
}

func (a *App) buildBegan(b *building, msg beganMsg, open bool, now time.Time) tea.Cmd {
	switch {
	case msg.err != nil && open:
		b.over, b.fault = true, model.Safe(model.Raw(msg.err.Error()))
		a.fit()
		return nil
	case msg.err != nil:
		return nil // it was left, and nothing was begun
	}
	b.id = msg.id
	if !open {
		return tea.Batch(a.follow(msg.id), a.unwanted(msg.id))
	}
	return a.follow(msg.id)
}

// unwanted ends a build that nobody waits for, and gives up what it built.
func (a *App) unwanted(id string) tea.Cmd {
	if o := a.ops.of(id); o != nil && o.State != model.OperationRunning {
		return a.discard(id)
	}
	a.ops.await(id, id)
	return guarded(func() tea.Msg {
		_ = a.operator.CancelOperation(a.ctx, id) // one that has just ended needs none
		return nil
	})
}

// left cancels the build.
func (b *building) left(a *App) tea.Cmd {
	if b.id == "" {
		return nil // it is when it has begun
	}
	return a.unwanted(b.id)
}

// goodbye is how long the end of the program waits for a build to be given up.
const goodbye = 500 * time.Millisecond

// giveUpBuild ends, with the program, a build that only its dialog wanted.
func (a *App) giveUpBuild() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), goodbye)
	defer cancel()
	switch c := a.dialog.content.(type) {
	case *building:
		if c.id != "" && !c.over {
			_ = a.operator.CancelOperation(ctx, c.id)
		}
	case *proposal:
		if c.build != "" && c.phase != begins {
			_ = a.operator.Discard(ctx, c.build)
		}
	}
}

// renew implements content. What was built is proposed.
func (b *building) renew(a *App) bool {
	o := a.ops.of(b.id)
	if o == nil || o.State == model.OperationRunning || b.over {
		return false
	}
	built := o.Built()
	if len(built) == 0 {
		b.over = true
		a.dialog.scroll.Top = 0
		return true
	}
	p := switchTo(built, b.id)
	p.marked, p.unbuilt = b.marked, o.Account().Left
	p.made = p.plan(a.plans(), p.choice)
	a.dialog.content, a.dialog.scroll.Top = p, 0
	return true
}

// switchTo proposes to switch to what was built.
func switchTo(built []model.Built, build string) *proposal {
	return &proposal{
		plan:  func(i model.Inventory, restart bool) model.Plan { return model.PlanUpdate(i, built, restart) },
		offer: &offer{"r", "restart"},
		compare: func(i model.Inventory) []scene.Comparison {
			var all []scene.Comparison
			for _, b := range built {
				if current, _ := runners(i, b.VM); current != "" {
					all = append(all, scene.Comparison{VM: b.VM, Before: current, After: b.Runner})
				}
			}
			return all
		},
		build: build,
	}
}

// runners are what `current` and `old` of a VM point to; empty: nothing.
func runners(i model.Inventory, vm model.Raw) (current, old model.Raw) {
	at := slices.IndexFunc(i.VMs, func(v model.VM) bool { return v.Name == vm })
	if at < 0 || i.VMs[at].Directory == nil {
		return "", ""
	}
	d := i.VMs[at].Directory
	if d.Current != nil {
		current = d.Current.Target
	}
	if d.Old != nil {
		old = d.Old.Target
	}
	return current, old
}

// rollback proposes to switch back to what the targets had before.
func (a *App) rollback() tea.Cmd {
	names, marked := a.targets()
	if why := a.whyNot(model.ActionRollback); why != "" {
		return a.warn("Roll back: " + why)
	}
	p := &proposal{
		plan:  func(i model.Inventory, restart bool) model.Plan { return model.PlanRollback(i, names, restart) },
		offer: &offer{"r", "restart"},
		compare: func(i model.Inventory) []scene.Comparison {
			var all []scene.Comparison
			for _, name := range names {
				if current, old := runners(i, name); current != "" && old != "" {
					all = append(all, scene.Comparison{VM: name, Before: current, After: old})
				}
			}
			return all
		},
	}
	if marked {
		p.marked, p.hidden = len(names), a.hidden(names)
	}
	return a.propose(p)
}

func (b *building) write(a *App, d *draw.Document) {
	o := a.ops.of(b.id)
	switch {
	case b.fault != "":
		d.Item(styles.Bad, a.glyphs.Attention, "The build was not begun: "+b.fault)
	case b.over:
		d.Item(styles.Bad, a.glyphs.Attention, "Nothing was built, and nothing changed.")
		detail.WriteSteps(d, o, a.jobs.now)
		d.Blank()
		d.Paragraph(styles.Dim, "What nix said is on the operation's page"+d.Keys.Mention(": ", "operations", "")+
			d.Keys.Mention(", ", "detail", "")+d.Keys.Mention(", ", "next-tab", "")+".", 0)
	case o == nil:
		d.Paragraph(styles.Busy, "Begins ...", 0)
	default:
		detail.WriteSteps(d, o, a.jobs.now)
		d.Blank()
		d.Paragraph(styles.Dim, "Nothing changes yet: what is different is shown before it is switched to. Leaving cancels the build.", 0)
	}
	if o == nil {
		for _, item := range b.made.Items {
			for _, step := range item.Steps {
				d.Paragraph(styles.Text, "- "+step.Text()+" ("+model.Safe(step.Target)+")", 0)
			}
		}
	}
	for _, item := range b.made.Items {
		for _, caution := range item.Cautions {
			d.Item(styles.Warn, a.glyphs.Attention, model.Safe(item.Ref.Name)+": "+model.Safe(caution))
		}
	}
	writeLeftOut(d, b.made)
}
