package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/dialog"
	"microtui/tui/intent"
)

// Copying names and paths to the terminal's clipboard.

// copyables are what there is to copy: of a list, the name under the cursor;
// of a page, all that its open tab names.
func (a *App) copyables() []detail.Copyable {
	if a.page == pageDetail {
		return detail.Distinct(a.detail.Copyables())
	}
	ref, ok := a.list().Selected()
	if !ok {
		return nil
	}
	if f := a.Shot.Finding(ref); f != nil {
		return detail.Distinct([]detail.Copyable{{What: "name", Text: f.Subject.Name}})
	}
	if e := a.Shot.Entry(ref); e != nil {
		return detail.Distinct([]detail.Copyable{{What: "name", Text: e.Name}})
	}
	return detail.Distinct([]detail.Copyable{{What: "name", Text: ref.Name}})
}

// copyName copies what there is to copy, or asks what.
func (a *App) copyName() intent.Intent {
	switch all := a.copyables(); len(all) {
	case 0:
		return intent.Warn("Copy: nothing is selected")
	case 1:
		return intent.Copy{Text: all[0].Text}
	}
	a.openDialog(dialog.NewMenu("Copy", a.copyChoices, 0))
	return nil
}

func (a *App) copyChoices() (choices []dialog.Choice) {
	for _, c := range a.copyables() {
		choices = append(choices, dialog.Choice{Text: c.What + ": " + text.Safe(c.Text), Do: intent.Copy{Text: c.Text}})
	}
	return choices
}

// copyOut hands a text to the terminal, and tells what was handed over. A
// terminal gives no answer.
func (a *App) copyOut(raw model.Raw) tea.Cmd {
	line := text.Safe(raw)
	a.screen.Copy(string(line))
	said := "Copied " + model.Counted(len(line), "byte") + " to the terminal's clipboard: " + line
	if string(line) != string(raw) {
		return a.warn(said + " (as shown: some characters cannot be copied)")
	}
	return a.tell(intent.Message{Role: styles.Good, Text: said})
}
