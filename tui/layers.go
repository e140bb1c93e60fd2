package tui

import (
	"microtui/tui/dialog"
	"microtui/tui/keys"
)

// layers says where a command can be given.
type layers = keys.Layers

const (
	onTable layers = 1 << iota
	onDetail
	onOperations
	onOperation // the page about one
	onTrash
	onEntry // the page about an entry of the trash
	onDoctor
	onFinding // the page about one
	onLog     // a log on the whole screen, or with the focus below the table
	onLogTab  // a log on the detail page
	onHelp
	onPrompt
	onSearch
	onTimes  // the times of a log are typed
	onExport // the file for a log is typed
	onAsked  // what a new VM is made of is typed
	onConfirm
	onMenu
	onReport
	onChecks  // a check list
	onTyped   // a word has to be typed
	onPalette // a command is looked for
	onFollow  // an operation goes on
	onBuild   // a build goes on, and leaving cancels it
	onNothing // the terminal is too small for any page

	onAboutVM     = onTable | onDetail | onLogTab // where it is clear which VM is meant
	onLogs        = onLog | onLogTab
	onMade        = onOperations | onOperation | onTrash | onEntry // what operations made
	onExamination = onDoctor | onFinding
	onAbout       = onDetail | onOperation | onEntry | onFinding
	onRows        = onTable | onOperations | onTrash | onDoctor
	onPages       = onTable | onDetail | onLogs | onMade | onExamination
	onDialogs     = onConfirm | onMenu | onReport | onChecks | onFollow | onBuild
	onLists       = onPages | onHelp | onDialogs
	everywhere    = onLists | onPrompt | onSearch | onTimes | onExport | onAsked | onTyped | onPalette | onNothing
)

// dialogLayers are where the keys of a dialog are.
var dialogLayers = map[dialog.Mode]layers{
	dialog.Reports: onReport, dialog.Confirms: onConfirm, dialog.Ticks: onChecks, dialog.Types: onTyped, dialog.Chooses: onMenu,
	dialog.Finds: onPalette, dialog.Names: onExport, dialog.Asks: onAsked, dialog.Follows: onFollow, dialog.Builds: onBuild,
}

// layer is what keys go to.
func (a *App) layer() layers {
	switch {
	case a.tooSmall():
		return onNothing
	case a.dialog.IsOpen():
		return dialogLayers[a.dialog.Dialog.Mode()]
	case a.help.Open:
		return onHelp
	case a.filter.Open:
		return onPrompt
	case a.log.Search.Open && a.readsLog():
		return onSearch
	case a.log.Times.Open && a.readsLog():
		return onTimes
	}
	return a.pageLayer()
}

// pageLayer is what keys go to where nothing lies over the page.
func (a *App) pageLayer() layers {
	switch {
	case a.onLogTab():
		return onLogTab
	case a.page == pageDetail && a.detail.About.Operation != nil:
		return onOperation
	case a.page == pageDetail && a.detail.About.Entry != nil:
		return onEntry
	case a.page == pageDetail && a.detail.About.Finding != nil:
		return onFinding
	case a.page == pageDetail:
		return onDetail
	case a.page == pageDoctor:
		return onDoctor
	case a.page == pageOperations:
		return onOperations
	case a.page == pageTrash:
		return onTrash
	case a.readsLog():
		return onLog
	}
	return onTable
}

func (a *App) tooSmall() bool { return a.width < leastWidth || a.height < leastHeight }
