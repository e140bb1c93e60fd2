package dialog

import (
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/scene"
)

// Build shows the builds that an update begins with. Nothing changes yet: left,
// they are cancelled. When they are done, the plan to switch takes its place.
type Build struct {
	plain
	made   model.Plan  // as it is built
	marked []model.Raw // the marked VMs that it is about; none: it is about none
	id     string      // of the operation; empty: it is not begun yet
	asked  bool        // it is being begun
	over   bool        // nothing was built
	fault  text.SafeText
}

// NewBuild builds by a plan that needs no other consent.
func NewBuild(made model.Plan, marked []model.Raw) *Build { return &Build{made: made, marked: marked} }

// Mode implements [Dialog].
func (b *Build) Mode() Mode { return Builds }

// Shows implements [Dialog].
func (b *Build) Shows() string { return b.id }

// Title implements [Dialog].
func (b *Build) Title(*scene.Scene) text.SafeText {
	verb := text.SafeText("Update")
	if newFlake(b.made) != "" {
		verb = "Create"
	}
	return verb + text.Safe(model.Raw(strings.TrimPrefix(string(b.made.Title()), "build")))
}

// newFlake is what a plan builds a VM from that is not there yet; empty: it
// builds none.
func newFlake(p model.Plan) model.Raw {
	for _, item := range p.Items {
		if _, flake := item.NewVM(); flake != "" {
			return flake
		}
	}
	return ""
}

// Due implements [Dialog]: it begins the build.
func (b *Build) Due(*scene.Scene) intent.Intent {
	if b.asked {
		return nil
	}
	b.asked = true
	return intent.Begin{Plan: b.made.Chosen()}
}

// Begun implements [Dialog].
func (b *Build) Begun(id string, err error) Change {
	b.id = id
	if err != nil {
		b.over, b.fault = true, text.Safe(err.Error())
	}
	return Change{}
}

// Press implements [Dialog].
func (b *Build) Press(key Key, s *scene.Scene) Change {
	if key == Leave {
		return closed(b.Left())
	}
	return b.plain.Press(key, s)
}

// Left implements [Dialog]: it cancels the build.
func (b *Build) Left() intent.Intent {
	if b.id == "" {
		return nil // it is when it has begun
	}
	return intent.Unwanted{ID: b.id}
}

// Renew implements [Dialog]. What was built is proposed.
func (b *Build) Renew(s *scene.Scene) Change {
	o := s.Work.Operation(b.id)
	if o == nil || o.State == model.OperationRunning || b.over {
		return Change{}
	}
	built := o.Built()
	if len(built) == 0 {
		b.over = true
		return Change{Anew: true, Top: true}
	}
	options := switchTo(built, b.id)
	if flake := newFlake(b.made); flake != "" {
		options = makes(built, flake, b.id)
	}
	p := &Plan{PlanOptions: options, unbuilt: o.Account().Left, hidden: s.Unlisted(b.marked)}
	p.Marked = b.marked
	p.made = p.Make(s.Plans(), false)
	return Change{Next: p, Anew: true, Top: true}
}

// switchTo switches to what was built.
func switchTo(built []model.Built, build string) PlanOptions {
	return PlanOptions{
		Make:  func(i model.Inventory, restart bool) model.Plan { return model.PlanUpdate(i, built, restart) },
		Offer: &Offer{"r", "restart"},
		Compare: func(i model.Inventory) []model.Comparison {
			var all []model.Comparison
			for _, b := range built {
				if current, _ := Runners(i, b.VM); current != "" {
					all = append(all, model.Comparison{VM: b.VM, Before: current, After: b.Runner})
				}
			}
			return all
		},
		Build: build,
	}
}

// Runners are what `current` and `old` of a VM point to; empty: nothing.
func Runners(i model.Inventory, name model.Raw) (current, old model.Raw) {
	vm := i.VM(name)
	if vm == nil || vm.Directory == nil {
		return "", ""
	}
	d := vm.Directory
	if d.Current != nil {
		current = d.Current.Target
	}
	if d.Old != nil {
		old = d.Old.Target
	}
	return current, old
}

// Write implements [Dialog].
func (b *Build) Write(s *scene.Scene, d *draw.Document) {
	o := s.Work.Operation(b.id)
	switch {
	case b.fault != "":
		d.Item(styles.Bad, d.Glyphs.Attention, "The build did not start: "+b.fault)
	case b.over:
		d.Item(styles.Bad, d.Glyphs.Attention, "Nothing was built, and nothing changed.")
		detail.WriteSteps(d, o, s.Work.Now)
		d.Blank()
		d.Paragraph(styles.Dim, "For the output of nix see the operation's page"+d.Keys.Mention(": ", "operations", "")+
			d.Keys.Mention(", ", "detail", "")+d.Keys.Mention(", ", "next-tab", "")+".", 0)
	case o == nil:
		d.Paragraph(styles.Busy, "Starting ...", 0)
	default:
		detail.WriteSteps(d, o, s.Work.Now)
		d.Blank()
		before := text.SafeText("you will see the differences before switching")
		if newFlake(b.made) != "" {
			before = "you will be asked before the VM is created"
		}
		d.Paragraph(styles.Dim, "Nothing changes yet: "+before+". Leaving cancels the build.", 0)
	}
	if o == nil {
		for _, item := range b.made.Items {
			for _, step := range item.Steps {
				d.Paragraph(styles.Text, "- "+step.Text()+" ("+text.Safe(step.Target)+")", 0)
			}
		}
	}
	for _, item := range b.made.Items {
		for _, caution := range item.Cautions {
			d.Item(styles.Warn, d.Glyphs.Attention, text.Safe(item.Ref.Name)+": "+text.Safe(caution))
		}
	}
	writeLeftOut(d, b.made)
}
