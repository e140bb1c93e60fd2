package tui

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/dialog"
	"microtui/tui/intent"
	"microtui/wording"
)

// What menus and the palette offer.

func (a *App) whyNoMenu() text.SafeText {
	if vms, _ := a.targets(); len(vms) > 0 {
		return ""
	}
	return a.whyNoDetail()
}

func (a *App) openMenu() intent.Intent {
	a.openDialog(dialog.NewMenu(a.menuTitle(), a.choices, 0))
	return nil
}

func (a *App) menuTitle() text.SafeText {
	vms, marked := a.targets()
	switch {
	case marked:
		return text.Safef("%d marked VM%s", len(vms), wording.Plural(len(vms)))
	case len(vms) == 1:
		return text.Safe(vms[0])
	}
	if ref, ok := a.vms.Selected(); ok {
		return text.Safe(ref.Name)
	}
	return "Actions"
}

// choices are the lines of the menu as things are now.
func (a *App) choices() []dialog.Choice {
	var all []dialog.Choice
	add := func(command string, words, reason text.SafeText, do intent.Intent) {
		all = append(all, dialog.Choice{Command: command, Key: a.commands.Of(command), Text: words, Reason: reason, Do: do})
	}
	for _, action := range model.Actions {
		add(actionNames[action], wording.Verb(action), a.reasonForAll(action), intent.Ask{Action: action})
	}
	keep, _ := a.reasonToKeep()
	for _, c := range []struct {
		command      string
		text, reason text.SafeText
	}{
		{"update", "update: build, compare, switch", a.whyNot(model.ActionUpdate)},
		{"rollback", "roll back to the previous runner", a.whyNot(model.ActionRollback)},
		{"snapshot", "snapshot: copy the volumes", a.whyNot(model.ActionSnapshot)},
		{"restore-snapshot", "roll the volumes back to the newest snapshot", a.whyNot(model.ActionRevert)},
		{"purge", "purge: move it to the trash", a.whyNotPurge()},
		{"keep", a.keepText(), keep},
		{"clean-up", a.cleanUpHint(), a.whyNotCleanUp()},
		{"cancel-jobs", "cancel pending jobs", a.reasonToCancel()},
		{"enter", "ssh into the guest", a.whyNotEnter()},
		{"log", "log below the table", a.reasonForLog()},
		{"log-page", "full-screen log", a.reasonForLog()},
	} {
		add(c.command, c.text, c.reason, intent.Run{Command: c.command})
	}
	return all
}

// actionNames are the commands of the actions. Some have one in the menu only.
var actionNames = map[model.Action]string{
	model.ActionStart: "start", model.ActionStop: "stop", model.ActionRestart: "restart",
	model.ActionPause: "pause", model.ActionResume: "resume", model.ActionKill: "power-off",
}

// inMenu are the commands whose keys are the menu's, too.
var inMenu = []string{"start", "stop", "restart", "update", "rollback", "snapshot", "restore-snapshot", "purge", "keep", "clean-up", "cancel-jobs", "enter", "log", "log-page"}

// openPalette opens the list of every command. It asks nothing, so that what is
// typed ahead counts.
func (a *App) openPalette() { a.dialog.OpenAtOnce(dialog.NewPalette(a.paletteEntries)) }

// paletteEntries are the commands that can be looked for: those of the page
// first.
func (a *App) paletteEntries() []dialog.Entry {
	var here, elsewhere []dialog.Entry
	page := a.pageLayer()
	for i := range a.commands {
		c := &a.commands[i]
		if c.Group == "" || c.Name == "palette" || c.Where&onPages == 0 {
			continue
		}
		e := dialog.Entry{Called: strings.Join([]string{c.Name, c.Help().Desc, string(c.Group), c.Also}, " ")}
		e.Choice = dialog.Choice{Command: c.Name, Key: a.commands.Of(c.Name), Text: text.Safe(model.Raw(c.Help().Desc)), Do: intent.Run{Command: c.Name}}
		switch {
		case c.Where&page == 0:
			e.Reason = "not on this page"
			elsewhere = append(elsewhere, e)
			continue
		case c.Why != nil:
			e.Reason = c.Why(a)
		}
		here = append(here, e)
	}
	return append(here, elsewhere...)
}

// openUnits lists the units of the log, to choose one of them. It asks nothing:
// no key comes too early.
func (a *App) openUnits() intent.Intent {
	if a.log.Why != "" {
		return intent.Warn("Unit: " + a.log.Why)
	}
	shown := slices.Index(a.log.UnitFilters(), a.log.Filter.Unit)
	a.dialog.OpenAtOnce(dialog.NewMenu("Show lines of which unit?", a.unitChoices, shown))
	return nil
}

func (a *App) unitChoices() (choices []dialog.Choice) {
	for at, f := range a.log.UnitFilters() {
		choices = append(choices, dialog.Choice{Text: a.log.UnitText(f), Do: intent.ShowUnit{At: at}})
	}
	return choices
}
