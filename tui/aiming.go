package tui

import (
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/dialog"
	"microtui/wording"
)

// What a key is aimed at. New data can take the thing under the cursor away and
// leave the cursor on its neighbour. A key that was on its way then was meant
// for what was there before.

// slide is a move of the cursor that nobody made.
type slide struct {
	from model.Ref
	at   time.Time
}

// noteSlide notes that new data moved the cursor.
func (a *App) noteSlide(now time.Time) {
	if from := a.list().Slid; from != (model.Ref{}) {
		a.slide = slide{from, now}
	}
}

// misaimed says why a key cannot be meant for what is selected; empty: it can.
func (a *App) misaimed(c *appCommand) text.SafeText {
	to, ok := a.list().Selected()
	if !c.Aimed || !ok || a.layer()&onRows == 0 || a.keyTime.Sub(a.slide.at) >= dialog.Settling {
		return ""
	}
	if _, marked := a.vms.Targets(&a.Scene); marked && a.page == pageTable {
		return ""
	}
	does := wording.Capital(text.Safe(model.Raw(c.Help().Desc)))
	if a.page != pageTable || a.vms.IndexOf(a.slide.from) >= 0 { // it is still listed: another order moved the cursor
		return does + ": the cursor has just moved" + a.commands.Mention("; ", c.Name, " again does it")
	}
	return does + ": " + text.Safe(a.slide.from.Name) + " has just left the list" + a.commands.Mention("; ", c.Name, " again is for ") + text.Safe(to.Name)
}
