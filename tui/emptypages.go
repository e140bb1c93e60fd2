package tui

import (
	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/wording"
)

// emptyOperations is the page where there are no operations.
func (a *App) emptyOperations(d *draw.Document) {
	switch {
	case a.operator == nil:
		d.Paragraph(styles.Dim, wording.Capital(a.NoOperator())+": it has no operations.", 1)
	case a.Work.Fault != "":
		d.Paragraph(styles.Fault, "The operations could not be read: "+a.Work.Fault, 1)
	case !a.Work.Known:
		d.Paragraph(styles.Dim, "Reading ...", 1)
	default:
		d.Paragraph(styles.Dim, "No operations yet. Purge, clean-up, update, rollback, restore and delete are some.", 1)
	}
}

// emptyTrash is the page where there is nothing in the trash.
func (a *App) emptyTrash(d *draw.Document) {
	for _, f := range a.Shot.Faults {
		if f.Source == model.SourceTrash {
			d.Paragraph(styles.Fault, "The trash could not be read: "+f.Text, 1)
			return
		}
	}
	if !a.Shot.Inventory.Host.Privileged {
		d.Paragraph(styles.Unclear, "What is in the trash can be seen as root only.", 1)
		return
	}
	d.Paragraph(styles.Dim, "The trash is empty. What is purged stays here until it is restored or deleted for good.", 1)
}
