package dialog

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/scene"
)

// Messages lists what was said, the newest first.
type Messages struct{ plain }

// Title implements [Dialog].
func (Messages) Title(*scene.Scene) text.SafeText { return "Results" }

// Write implements [Dialog].
func (Messages) Write(s *scene.Scene, d *draw.Document) {
	said := s.Said
	if len(said) == 0 {
		d.Paragraph(styles.Dim, "Nothing has been done yet.", 0)
	}
	for i := len(said) - 1; i >= 0; i-- {
		d.Paragraph(said[i].Role, text.Safe(model.Raw(said[i].At.Local().Format("15:04:05")))+"  "+said[i].Text, 0)
	}
}
