package list

import (
	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/wording"
)

// Empty is the page where there are no operations.
func (l *Operations) Empty(s *scene.Scene, d *draw.Document) {
	switch {
	case s.NoOperator() != "":
		d.Paragraph(styles.Dim, wording.Capital(s.NoOperator())+".", 1)
	case s.Work.Fault != "":
		d.Paragraph(styles.Fault, "The operations could not be read: "+s.Work.Fault, 1)
	case !s.Work.Known:
		d.Paragraph(styles.Dim, "Reading ...", 1)
	default:
		d.Paragraph(styles.Dim, "No operations yet: these are purges, clean-ups, updates, roll-backs, restores and deletions.", 1)
	}
}

// Empty is the page where there is nothing in the trash.
func (l *Trash) Empty(s *scene.Scene, d *draw.Document) {
	for _, f := range s.Shot.Faults {
		if f.Source == model.SourceTrash {
			d.Paragraph(styles.Fault, "The trash could not be read: "+f.Text, 1)
			return
		}
	}
	if !s.Shot.Inventory.Host.Privileged {
		d.Paragraph(styles.Unclear, "Only root can see the trash.", 1)
		return
	}
	d.Paragraph(styles.Dim, "The trash is empty. Purged VMs stay here until they are restored or deleted for good.", 1)
}
