package dialog

import (
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/prompt"
	"microtui/tui/scene"
	"microtui/wording"
)

// Create asks for the name of a new VM, and then for the flake that it is built
// from. The plan to build it takes its place.
type Create struct {
	plain
	name  model.Raw // empty: it is asked for
	flake string    // that is proposed
	field prompt.Prompt
	wrong text.SafeText
}

// NewCreate asks for a VM. The flake that most VMs come from is proposed.
func NewCreate(s *scene.Scene) *Create {
	return &Create{flake: string(model.UsualFlake(s.Shot.Inventory)), field: prompt.New("")}
}

// Title implements [Dialog].
func (c *Create) Title(*scene.Scene) text.SafeText {
	if c.name == "" {
		return "Create a VM: its name"
	}
	return "Create " + text.Safe(c.name) + " from which flake?"
}

// Mode implements [Dialog].
func (*Create) Mode() Mode { return Asks }

// Field implements [Dialog].
func (c *Create) Field() *prompt.Prompt { return &c.field }

// Typed implements [Dialog].
func (c *Create) Typed(*scene.Scene) Change {
	c.wrong = ""
	return Change{}
}

// Press implements [Dialog]. Esc goes back to the name first.
func (c *Create) Press(key Key, s *scene.Scene) Change {
	typed := model.Raw(strings.TrimSpace(c.field.Text()))
	switch {
	case key == Leave && c.name != "":
		c.flake, c.field, c.name, c.wrong = c.field.Text(), prompt.New(string(c.name)), "", ""
		return Change{}
	case key != Submit:
		return c.plain.Press(key, s)
	case c.name == "":
		return c.takeName(typed, s)
	}
	return c.takeFlake(typed, s)
}

func (c *Create) takeName(typed model.Raw, s *scene.Scene) Change {
	if typed == "" {
		c.wrong = "Type a name."
	} else if why := s.OperationReason(model.ActionCreate, typed); why != "" {
		c.wrong = why
	} else {
		c.name, c.field = typed, prompt.New(c.flake)
	}
	return Change{}
}

func (c *Create) takeFlake(flake model.Raw, s *scene.Scene) Change {
	if fault := model.FlakeFault(flake); fault != "" {
		c.wrong = wording.Capital(text.Safe(fault)) + "."
		return Change{}
	}
	name := c.name
	p, why := NewPlan(s, PlanOptions{
		Make: func(i model.Inventory, _ bool) model.Plan { return model.PlanBuildNew(i, name, flake) },
	})
	if why != "" {
		c.wrong = why
		return Change{}
	}
	return Change{Next: p, Anew: true, Top: true}
}

// Write implements [Dialog].
func (c *Create) Write(_ *scene.Scene, d *draw.Document) {
	l := d.Line()
	c.field.Draw(l, d.Glyphs.Caret, d.Cells)
	d.Lines = append(d.Lines, l.String())
	if c.wrong != "" {
		d.Paragraph(styles.Warn, c.wrong, 0)
	}
	d.Blank()
	if c.name == "" {
		d.Paragraph(styles.Text, "The VM is nixosConfigurations.NAME of a flake, which is asked for next. Nothing is built or created before you confirm it.", 0)
		return
	}
	d.Paragraph(styles.Text, "A flake reference such as git+file:///etc/nixos, github:OWNER/REPO or /srv/vms. It is evaluated next, to show what would be built.", 0)
}

// makes makes the VM of what was built for it.
func makes(built []model.Built, flake model.Raw, build string) PlanOptions {
	return PlanOptions{
		Make:  func(i model.Inventory, _ bool) model.Plan { return model.PlanCreate(i, built, flake) },
		Build: build,
	}
}
