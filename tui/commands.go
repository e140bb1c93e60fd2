package tui

import (
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/dialog"
	"microtui/tui/intent"
	"microtui/tui/keys"
	"microtui/tui/logview"
)

// appCommand is something a key does on this screen.
type appCommand = keys.Command[*App]

// does wraps a command that needs nothing done afterwards.
func does(f func(*App)) func(*App) intent.Intent {
	return func(a *App) intent.Intent { f(a); return nil }
}

// wants is a command that only wants something.
func wants(i intent.Intent) func(*App) intent.Intent {
	return func(*App) intent.Intent { return i }
}

// allCommands are all of them, in the order of the help.
func allCommands() []appCommand {
	return slices.Concat(moving(), opening(), acting(), examiningKeys(), operatingKeys(), marking(), finding(), sorting(), logging(), answering(), program())
}

// Groups whose hints have a place of their own.
const (
	actGroup     text.SafeText = "act"
	operateGroup text.SafeText = "operate"
	programGroup text.SafeText = "program"
)

// moveBy moves by so many rows.
func moveBy(rows func(*App) int) func(*App) intent.Intent {
	return func(a *App) intent.Intent { return a.move(rows(a)) }
}

func moving() []appCommand {
	const group = "move"
	rows := func(n int) func(*App) int { return func(*App) int { return n } }
	page := func(n int) func(*App) int { return func(a *App) int { return n * a.pageHeight() } }
	half := func(n int) func(*App) int { return func(a *App) int { return n * max(1, a.pageHeight()/2) } }
	return []appCommand{
		{Name: "down", Binding: keys.Bind("j Down", "down", "down", "j"), Group: group, Where: onLists, Run: moveBy(rows(1))},
		{Name: "up", Binding: keys.Bind("k Up", "up", "up", "k"), Group: group, Where: onLists, Run: moveBy(rows(-1))},
		{Binding: keys.Bind("", "", "down"), Where: onPrompt | onSearch | onTimes | onExport | onAsked | onTyped | onPalette, Run: moveBy(rows(1))},
		{Binding: keys.Bind("", "", "up"), Where: onPrompt | onSearch | onTimes | onExport | onAsked | onTyped | onPalette, Run: moveBy(rows(-1))},
		{Binding: keys.Bind("", "", "pgdown"), Where: onTyped | onPalette, Run: moveBy(page(1))},
		{Binding: keys.Bind("", "", "pgup"), Where: onTyped | onPalette, Run: moveBy(page(-1))},
		{Name: "first", Binding: keys.Bind("g", "first", "g", "home"), Group: group, Where: onLists, Run: func(a *App) intent.Intent { return a.jump(false) }},
		{Name: "last", Binding: keys.Bind("G", "last", "G", "end"), Group: group, Where: onLists, Run: func(a *App) intent.Intent { return a.jump(true) }},
		{Name: "page-down", Binding: keys.Bind("PgDn", "page down", "pgdown"), Group: group, Where: onLists, Run: moveBy(page(1))},
		{Name: "page-up", Binding: keys.Bind("PgUp", "page up", "pgup"), Group: group, Where: onLists, Run: moveBy(page(-1))},
		{Name: "half-page-down", Binding: keys.Bind("Ctrl-d", "half a page down", "ctrl+d"), Group: group, Where: onLists, Run: moveBy(half(1))},
		{Name: "half-page-up", Binding: keys.Bind("Ctrl-u", "half a page up", "ctrl+u"), Group: group, Where: onLists, Run: moveBy(half(-1))},
		{Name: "vms", Binding: keys.Bind("1", "VMs", "1"), Group: group, Where: onPages, Run: does(func(a *App) { a.open(false) })},
		{Name: "leftovers", Also: "orphans suspects", Binding: keys.Bind("2", "leftovers only", "2"), Group: group, Where: onPages, Run: does(func(a *App) { a.open(true) })},
		{Name: "operations", Also: "history jobs undo tasks progress", Binding: keys.Bind("4", "operations", "4"), Group: group, Where: onPages, Run: func(a *App) intent.Intent { return a.openPage(pageOperations) }},
		{Name: "trash", Also: "undo restore bring back disk space deleted", Binding: keys.Bind("5", "trash", "5"), Group: group, Where: onPages | onReport, Brief: onTable | onReport, Suits: (*App).justTrashed, Urgent: (*App).justTrashed, Run: func(a *App) intent.Intent { return a.openPage(pageTrash) }},
		{Name: "next-tab", Binding: keys.Bind("Tab ]", "next tab", "tab", "]"), Group: group, Where: onAbout | onLogTab, Brief: onAbout, Run: does(func(a *App) { a.turn(1) })},
		{Name: "previous-tab", Binding: keys.Bind("S-Tab [", "previous tab", "shift+tab", "["), Group: group, Where: onAbout | onLogTab, Run: does(func(a *App) { a.turn(-1) })},
		{Name: "switch-pane", Binding: keys.Bind("Tab", "table or log", "tab"), Group: group, Where: onTable | onLog, Run: does((*App).turnFocus)},
	}
}

func opening() []appCommand {
	const open = "open, back"
	return []appCommand{
		{Name: "detail", Also: "open show describe info units interfaces shares volumes evidence generations", Binding: keys.Bind("Enter", "detail", "enter"), Group: open, Where: onRows, Brief: onRows, Run: (*App).openDetail, Why: (*App).whyNoDetail},
		{Name: "log", Also: "journal console output errors", Binding: keys.Bind("l", "log", "l"), Group: open, Where: onTable | onDetail | onLog, Brief: onTable | onDetail, Suits: (*App).meansVM, Run: (*App).toggleLog, Why: (*App).reasonForLog},
		{Name: "enter", Also: "shell console connect login", Aimed: true, Binding: keys.Bind("o", "ssh into the guest", "o"), Group: open, Where: onAboutVM, Run: (*App).enter, Why: (*App).whyNotEnter},
		{Name: "copy", Also: "clipboard yank path", Binding: keys.Bind("c", "copy a name or path", "c"), Group: open, Where: onPages &^ onLogs, Brief: onDetail, Suits: (*App).meansLeftover, Run: (*App).copyName},
		{Name: "compare", Also: "diff changes packages", Binding: keys.Bind("d", "compare closures", "d"), Group: open, Where: onDetail, Run: (*App).compare, Why: (*App).whyNotCompare},
		{Name: "log-page", Also: "journal console", Binding: keys.Bind("L", "full-screen log", "L"), Group: open, Where: onTable | onDetail | onLogTab | onLog, Run: (*App).openLogPage},
		{Name: "back", Binding: keys.Bind("Esc q", "back", "esc", "q"), Group: open, Where: onDetail | onLogs | onMade | onExamination | onHelp, Brief: onDetail | onLogs | onMade | onExamination | onHelp, Run: does((*App).back)},
		{Name: "clear", Binding: keys.Bind("Esc", "clear marks, filter or view", "esc"), Group: open, Where: onTable, Run: does((*App).back)},
	}
}

func acting() []appCommand {
	const group = actGroup
	ask := func(action model.Action) func(*App) intent.Intent {
		return func(a *App) intent.Intent { return a.ask(action, false) }
	}
	why := func(action model.Action) func(*App) text.SafeText {
		return func(a *App) text.SafeText { return a.reasonForAll(action) }
	}
	fits := func(action model.Action) func(*App) bool {
		return func(a *App) bool { return a.meansVM() && a.fits(action) }
	}
	return []appCommand{
		{Name: "start", Also: "run boot up", Aimed: true, Firm: true, Binding: keys.Bind("s", "start", "s"), Group: group, Where: onAboutVM, Brief: onAboutVM, Suits: fits(model.ActionStart), Run: ask(model.ActionStart), Why: why(model.ActionStart)},
		{Name: "stop", Also: "shut down halt off", Aimed: true, Firm: true, Binding: keys.Bind("S", "stop", "S"), Group: group, Where: onAboutVM, Brief: onAboutVM, Suits: fits(model.ActionStop), Run: ask(model.ActionStop), Why: why(model.ActionStop)},
		{Name: "restart", Also: "reboot", Aimed: true, Firm: true, Binding: keys.Bind("r", "restart", "r"), Group: group, Where: onAboutVM, Brief: onAboutVM, Suits: fits(model.ActionRestart), Run: ask(model.ActionRestart), Why: why(model.ActionRestart)},
		{Name: "menu", Binding: keys.Bind("x", "menu", "x"), Group: group, Where: onAboutVM, Brief: onAboutVM, Suits: (*App).meansVM, Run: (*App).openMenu, Why: (*App).whyNoMenu},
		{Name: "pause", Binding: keys.Bind("P", "pause (in the menu)", "P"), Group: group, Where: onMenu, Run: choose("pause")},
		{Name: "resume", Binding: keys.Bind("R", "resume (in the menu)", "R"), Group: group, Where: onMenu, Run: choose("resume")},
		{Name: "power-off", Also: "kill force", Binding: keys.Bind("K", "power off (in the menu)", "K"), Group: group, Where: onMenu, Run: choose("power-off")},
		{Name: "cancel-jobs", Aimed: true, Binding: keys.Bind("C", "cancel pending jobs", "C"), Group: group, Where: onAboutVM, Run: (*App).cancelJobs},
		{Name: "results", Also: "messages history errors", Binding: keys.Bind("m", "recent results", "m"), Group: group, Where: onPages, Run: does(func(a *App) { a.dialog.OpenAtOnce(dialog.Messages{}) })},
	}
}

// operatingKeys are the keys of operations, and of the pages that show them.
func operatingKeys() []appCommand {
	const group = operateGroup
	why := func(action model.Action) func(*App) text.SafeText {
		return func(a *App) text.SafeText { return a.whyNot(action) }
	}
	entry := func(action model.Action) func(*App) text.SafeText {
		return func(a *App) text.SafeText { return a.whyNotEntry(action) }
	}
	keep := func(a *App) text.SafeText { why, _ := a.reasonToKeep(); return why }
	return []appCommand{
		{Name: "update", Also: "upgrade build flake", Aimed: true, Binding: keys.Bind("u", "update", "u"), Group: group, Where: onAboutVM, Brief: onAboutVM, Suits: (*App).meansVM, Run: (*App).update, Why: why(model.ActionUpdate)},
		{Name: "rollback", Also: "undo previous revert back", Aimed: true, Binding: keys.Bind("b", "roll back", "b"), Group: group, Where: onAboutVM, Run: (*App).rollback, Why: why(model.ActionRollback)},
		{Name: "create", Also: "new add flake", Binding: keys.Bind("+", "create a VM", "+"), Group: group, Where: onPages, Run: (*App).create, Why: (*App).whyNotCreate},
		{Name: "snapshot", Also: "backup volume disk save", Aimed: true, Binding: keys.Bind("V", "snapshot: copy the volumes", "V"), Group: group, Where: onAboutVM, Run: (*App).snapshot, Why: why(model.ActionSnapshot)},
		{Name: "restore-snapshot", Also: "backup volume disk undo revert", Aimed: true, Binding: keys.Bind("B", "snapshot: roll back", "B"), Group: group, Where: onAboutVM, Run: (*App).revert, Why: why(model.ActionRevert)},
		{Name: "purge", Also: "delete remove destroy disk space", Aimed: true, Binding: keys.Bind("D", "purge", "D"), Group: group, Where: onAboutVM, Brief: onAboutVM, Run: (*App).purge, Why: (*App).whyNotPurge},
		{Name: "clean-up", Also: "orphans leftovers gc prune disk space delete remove", Binding: keys.Bind("X", "clean up", "X"), Group: group, Where: onTable | onDetail | onDoctor, Brief: onTable | onDetail, Suits: (*App).listsOrMeansLeftover, Run: (*App).cleanUp, Why: (*App).whyNotCleanUp,
			Says: (*App).cleanUpHint, Urgent: func(a *App) bool { return a.orphans > 0 }},
		{Name: "keep", Also: "protect pin", Aimed: true, Binding: keys.Bind("p", "keep, or stop keeping", "p"), Group: group, Where: onTable | onDetail, Run: (*App).askToKeep, Why: keep},
		{Name: "cancel-operation", Aimed: true, Binding: keys.Bind("C", "cancel (operations)", "C"), Group: group, Where: onOperations | onOperation, Brief: onOperations | onOperation, Run: (*App).cancelSelected, Why: (*App).whyNotCancel,
			Says: func(*App) text.SafeText { return "cancel" }},
		{Name: "settle", Aimed: true, Binding: keys.Bind("s", "settle (operations)", "s"), Group: group, Where: onOperations | onOperation, Brief: onOperations | onOperation, Run: (*App).settleOperation, Why: (*App).reasonToSettle,
			Says: func(*App) text.SafeText { return "settle" }},
		{Name: "restore", Also: "undo bring back", Aimed: true, Binding: keys.Bind("u", "restore (trash)", "u"), Group: group, Where: onTrash | onEntry, Brief: onTrash | onEntry, Run: (*App).restore, Why: entry(model.ActionRestore),
			Says: func(*App) text.SafeText { return "restore" }},
		{Name: "delete", Also: "disk space free", Aimed: true, Binding: keys.Bind("D", "delete for good (trash)", "D"), Group: group, Where: onTrash | onEntry, Brief: onTrash | onEntry, Run: (*App).deleteEntry, Why: entry(model.ActionEmpty),
			Says: func(*App) text.SafeText { return "delete for good" }},
		{Name: "empty-trash", Also: "disk space free delete", Binding: keys.Bind("X", "empty the trash", "X"), Group: group, Where: onTrash, Brief: onTrash, Run: (*App).emptyTheTrash, Why: (*App).whyNotEmpty,
			Says: func(*App) text.SafeText { return "empty" }},
	}
}

// examiningKeys are the keys of the doctor's page, and of the page about a
// finding.
func examiningKeys() []appCommand {
	const group = "doctor"
	return []appCommand{
		{Name: "doctor", Also: "errors warnings health check problems disk memory", Binding: keys.Bind("3", "doctor", "3"), Group: group, Where: onPages, Brief: onTable, Suits: (*App).hasErrors, Urgent: (*App).hasErrors, Run: does((*App).openDoctor)},
		{Name: "findings", Also: "errors warnings health problems", Binding: keys.Bind("H", "doctor, or findings of the VM", "H"), Group: group, Where: onPages, Brief: onTable | onDetail, Suits: func(a *App) bool { return a.page == pageDetail || !a.hasErrors() }, Run: does((*App).openFindings), Says: (*App).doctorHint},
		{Name: "mend", Also: "repair errors", Aimed: true, Binding: keys.Bind("M", "fix a finding", "M"), Group: group, Where: onExamination, Brief: onExamination, Run: (*App).fix, Why: (*App).whyNotFix,
			Says: func(*App) text.SafeText { return "fix" }},
		{Name: "explain", Binding: keys.Bind("e", "explain the rule", "e"), Group: group, Where: onExamination, Brief: onExamination, Run: (*App).explain,
			Says: func(*App) text.SafeText { return "explain" }},
		{Name: "subject", Binding: keys.Bind("v", "show what it is about", "v"), Group: group, Where: onExamination, Brief: onExamination, Run: (*App).openSubject, Why: (*App).whyNoSubject,
			Says: (*App).subjectHint},
	}
}

func marking() []appCommand {
	const group = "mark"
	return []appCommand{
		{Name: "mark", Binding: keys.Bind("Space", "mark and move on", "space"), Group: group, Where: onTable, Run: does(func(a *App) { a.vms.MarkNext() })},
		{Name: "mark-range", Binding: keys.Bind("v", "mark a range", "v"), Group: group, Where: onTable, Run: does(func(a *App) { a.vms.MarkRange() })},
		{Name: "invert-marks", Binding: keys.Bind("*", "invert marks", "*"), Group: group, Where: onTable, Run: does(func(a *App) { a.vms.InvertMarks() })},
	}
}

func finding() []appCommand {
	const find = "find"
	return []appCommand{
		{Name: "filter", Also: "find search", Binding: keys.Bind("/", "filter", "/"), Group: find, Where: onRows, Brief: onTable | onDoctor, Run: does((*App).openFilter), Why: (*App).whyNotNarrow},
		{Binding: keys.Bind("Enter", "keep", "enter"), Where: onPrompt, Brief: onPrompt, Run: does((*App).keepFilter)},
		{Binding: keys.Bind("Esc", "clear", "esc"), Where: onPrompt, Brief: onPrompt, Run: does((*App).clearFilter)},
		{Name: "problems", Also: "errors failed only", Binding: keys.Bind("!", "problems", "!"), Group: find, Where: onTable | onDoctor, Brief: onTable | onDoctor, Run: does((*App).toggleProblems), Why: (*App).whyNotNarrow},
		{Name: "next-problem", Also: "error jump", With: "previous-problem", Binding: keys.Bind("n N", "next, previous problem", "n"), Group: find, Where: onTable, Run: func(a *App) intent.Intent { return a.nextProblem(1) }, Why: (*App).whyNoProblem},
		{Name: "previous-problem", Binding: keys.Bind("", "", "N"), Where: onTable, Run: func(a *App) intent.Intent { return a.nextProblem(-1) }},
		{Name: "group", Also: "by state origin verdict", Binding: keys.Bind("z", "group the VMs", "z"), Group: find, Where: onTable, Run: (*App).groupNext, Why: (*App).whyNotGroup},
	}
}

// sorting are the keys that put the table in order: a key for each figure that
// people ask for, as in htop, and those that go through the columns.
func sorting() []appCommand {
	const group = "sort"
	by := func(key model.SortKey, letter, does string) appCommand {
		return appCommand{Name: "sort-" + string(key), Also: "sort order most", Binding: keys.Bind(letter, does, letter), Group: group, Where: onTable,
			Run: func(a *App) intent.Intent { return a.sortBy(key) }, Why: func(a *App) text.SafeText { return a.whyNotSort(key) }}
	}
	return []appCommand{
		by(model.SortCPU, "P", "by CPU"),
		by(model.SortMemory, "M", "by memory"),
		by(model.SortDisk, "Z", "by size on disk"),
		by(model.SortUptime, "T", "by uptime"),
		by(model.SortName, "A", "by name"),
		{Name: "sort-next", Also: "order column", With: "sort-previous", Binding: keys.Bind("< >", "by the next column", ">"), Group: group, Where: onTable, Brief: onTable, Run: does(func(a *App) { a.vms.SortNext(1) }), Why: (*App).whyNotNarrow,
			Says: func(*App) text.SafeText { return "sort" }},
		{Name: "sort-previous", Binding: keys.Bind("", "", "<"), Where: onTable, Run: does(func(a *App) { a.vms.SortNext(-1) })},
		{Name: "invert-order", Binding: keys.Bind("I", "reverse the order", "I"), Group: group, Where: onTable, Run: does(func(a *App) { a.vms.Invert() })},
	}
}

// onPane gives a key to the log.
func onPane(f func(*logview.Pane) intent.Intent) func(*App) intent.Intent {
	return func(a *App) intent.Intent { return f(&a.log) }
}

func logging() []appCommand {
	const group = "log"
	none := func(a *App) text.SafeText { return a.log.Why }
	starts := func(a *App) text.SafeText { return a.log.WhyNoStarts() }
	called := func(words text.SafeText) func(*App) text.SafeText {
		return func(*App) text.SafeText { return words }
	}
	match := func(step int64) func(*App) intent.Intent {
		return onPane(func(p *logview.Pane) intent.Intent { return p.FindNext(step) })
	}
	start := func(back bool) func(*App) intent.Intent {
		return onPane(func(p *logview.Pane) intent.Intent { return p.FindStart(back) })
	}
	return []appCommand{
		{Name: "follow", Binding: keys.Bind("f", "follow", "f"), Group: group, Where: onLogs, Brief: onLogs, Run: onPane((*logview.Pane).ToggleFollow)},
		{Name: "search", Also: "find", Binding: keys.Bind("/", "search", "/"), Group: group, Where: onLogs, Brief: onLogs, Run: does(func(a *App) { a.log.OpenSearch() })},
		{Name: "next-match", With: "previous-match", Binding: keys.Bind("n N", "next, previous match", "n"), Group: group, Where: onLogs, Run: match(1)},
		{Name: "previous-match", Binding: keys.Bind("", "", "N"), Where: onLogs, Run: match(-1)},
		{Name: "wrap", Binding: keys.Bind("w", "wrap", "w"), Group: group, Where: onLogs, Brief: onLogs, Run: does(func(a *App) { a.log.ToggleWrap() })},
		{Name: "timestamps", Binding: keys.Bind("t", "time", "t"), Group: group, Where: onLogs, Brief: onLogs, Run: does(func(a *App) { a.log.TurnStamp() })},
		{Name: "priority", Also: "level errors warnings", Binding: keys.Bind("p", "priority", "p"), Group: group, Where: onLogs, Brief: onLogs, Run: onPane((*logview.Pane).TurnPriority)},
		{Name: "unit", Binding: keys.Bind("U", "unit", "U"), Group: group, Where: onLogs, Brief: onLogs, Run: (*App).openUnits, Why: none},
		{Name: "time-range", Also: "between when", Binding: keys.Bind("T", "since, until", "T"), Group: group, Where: onLogs, Brief: onLogs, Run: onPane((*logview.Pane).OpenTimes), Why: none, Says: called("since")},
		{Name: "previous-start", With: "next-start", Binding: keys.Bind("{ }", "starts of the VM", "{"), Group: group, Where: onLogs, Brief: onLogs, Run: start(true), Why: starts, Says: called("starts")},
		{Name: "next-start", Binding: keys.Bind("", "", "}"), Where: onLogs, Run: start(false), Why: starts},
		{Name: "export", Also: "save write", Binding: keys.Bind("e", "export to a file", "e"), Group: group, Where: onLogs, Brief: onLogs, Run: (*App).openExport, Why: (*App).whyNotExport, Says: called("export")},
		{Name: "guest-colours", Binding: keys.Bind("c", "guest colours", "c"), Group: group, Where: onLogs, Run: onPane((*logview.Pane).ToggleColours), Why: func(a *App) text.SafeText { return a.log.WhyNoColours() }},
		{Binding: keys.Bind("Enter", "show", "enter"), Where: onTimes, Brief: onTimes, Run: does(func(a *App) { a.log.KeepTimes(a.hostTime()) })},
		{Binding: keys.Bind("Esc", "clear", "esc"), Where: onTimes, Brief: onTimes, Run: does(func(a *App) { a.log.ClearTimes() })},
		{Binding: keys.Bind("Enter", "write the file", "enter"), Where: onExport, Brief: onExport, Run: answer(dialog.Submit)},
		{Binding: keys.Bind("Esc", "leave", "esc"), Where: onExport, Brief: onExport, Run: answer(dialog.Leave)},
		{Binding: keys.Bind("Enter", "find", "enter"), Where: onSearch, Brief: onSearch, Run: onPane((*logview.Pane).KeepSearch)},
		{Binding: keys.Bind("Esc", "clear", "esc"), Where: onSearch, Brief: onSearch, Run: does(func(a *App) { a.log.ClearSearch() })},
	}
}

// answering are the keys of dialogs. What acts is y, and nothing else.
func answering() []appCommand {
	const group = "dialog"
	all := []appCommand{
		{Name: "confirm", Fixed: true, Binding: keys.Bind("y", "do it", "y"), Group: group, Where: onConfirm | onChecks, Run: answer(dialog.Agree)},
		{Name: "cancel", Fixed: true, Binding: keys.Bind("n Esc", "cancel", "n", "esc", "q"), Group: group, Where: onConfirm | onChecks, Run: answer(dialog.Leave)},
		{Binding: keys.Bind("", "", "enter"), Where: onConfirm | onChecks, Run: answer(dialog.Enter)},
		{Name: "tick", Fixed: true, Binding: keys.Bind("Space", "toggle", "space"), Group: group, Where: onChecks, Run: answer(dialog.Tick)},
		{Name: "tick-all", Fixed: true, Binding: keys.Bind("a", "toggle all", "a"), Group: group, Where: onChecks, Run: answer(dialog.TickAll)},
		{Name: "take-choice", Fixed: true, Binding: keys.Bind("Tab r", "toggle the option", "tab", "r"), Group: group, Where: onConfirm, Run: answer(dialog.Take)},
		{Binding: keys.Bind("", "", "tab"), Where: onTyped, Run: answer(dialog.Take)},
		{Name: "submit", Fixed: true, Binding: keys.Bind("Enter", "submit", "enter"), Group: group, Where: onTyped, Run: answer(dialog.Submit)},
		{Binding: keys.Bind("", "", "esc"), Where: onTyped, Run: answer(dialog.Leave)},
		{Binding: keys.Bind("Enter", "next", "enter"), Where: onAsked, Brief: onAsked, Run: answer(dialog.Submit)},
		{Binding: keys.Bind("Esc", "back", "esc"), Where: onAsked, Brief: onAsked, Run: answer(dialog.Leave)},
		{Binding: keys.Bind("Esc", "close; it keeps running", "esc", "q", "enter"), Where: onFollow, Brief: onFollow, Run: answer(dialog.Leave)},
		{Binding: keys.Bind("Esc", "leave", "esc", "q", "n"), Where: onBuild, Brief: onBuild, Run: answer(dialog.Leave)},
		{Binding: keys.Bind("C", "cancel", "C"), Where: onFollow, Brief: onFollow, Run: answer(dialog.Cancel)},
		{Binding: keys.Bind("Enter", "choose", "enter"), Where: onMenu, Brief: onMenu, Run: answer(dialog.Submit)},
		{Binding: keys.Bind("Esc", "close", "esc", "q"), Where: onMenu, Brief: onMenu, Run: answer(dialog.Leave)},
		{As: "menu", Binding: keys.Bind("", ""), Where: onMenu, Run: answer(dialog.Leave)},
		{Binding: keys.Bind("Esc", "close", "esc", "q", "enter"), Where: onReport, Brief: onReport, Run: answer(dialog.Leave)},
		{As: "results", Binding: keys.Bind("", ""), Where: onReport, Run: answer(dialog.Leave)},
	}
	for _, name := range inMenu {
		all = append(all, appCommand{As: name, Binding: keys.Bind("", ""), Where: onMenu, Run: choose(name)})
	}
	return all
}

func program() []appCommand {
	const group = programGroup
	return []appCommand{
		{Name: "palette", Binding: keys.Bind(":", "all commands", ":"), Group: group, Where: onPages, Run: does((*App).openPalette)},
		{Binding: keys.Bind("Enter", "run it", "enter"), Where: onPalette, Brief: onPalette, Run: answer(dialog.Submit)},
		{Binding: keys.Bind("Esc", "close", "esc"), Where: onPalette, Brief: onPalette, Run: answer(dialog.Leave)},
		{Name: "refresh", Also: "reload", Binding: keys.Bind("R", "refresh", "R"), Group: group, Where: onPages, Run: wants(intent.Refresh{})},
		{Name: "redraw", Binding: keys.Bind("Ctrl-l", "redraw", "ctrl+l"), Group: group, Where: everywhere, Run: does(func(a *App) { a.screen.Redraw() })},
		{Name: "mouse", Also: "click", Binding: keys.Bind("Alt-m", "mouse on or off", "alt+m"), Group: group, Where: onPages, Run: (*App).takeMouse},
		{Name: "suspend", Also: "background", Binding: keys.Bind("Ctrl-z", "suspend", "ctrl+z"), Group: group, Where: everywhere, Run: wants(intent.Suspend{})},
		{Name: "quit", Binding: keys.Bind("q", "quit", "q"), Group: group, Where: onTable | onNothing, Brief: onTable | onNothing, Kept: true, Run: wants(intent.Quit{})},
		{Name: "quit-at-once", Fixed: true, Binding: keys.Bind("Ctrl-c", "quit at once", "ctrl+c"), Group: group, Where: everywhere, Run: wants(intent.Quit{})},
		{Name: "help", Also: "keys words signs", Binding: keys.Bind("?", "help", "?", "h", "f1"), Group: group, Where: onPages, Brief: onPages, Kept: true, Run: does((*App).openHelp)},
		{As: "help", Binding: keys.Bind("?", "close"), Where: onHelp, Run: does((*App).back)},
	}
}

// Command is a command that has a name.
type Command struct {
	Name   string
	Keys   []string // where nothing else is wanted, as Bubble Tea writes them
	Places uint64   // where it can be given, a bit for each; 0: everywhere
	Fixed  bool     // its keys cannot be changed
}

// Commands are the commands of the screen, in the order of its help.
func Commands() []Command {
	var all []Command
	for _, c := range allCommands() {
		if c.Name == "" {
			continue
		}
		places := c.Where
		switch {
		case slices.Contains(inMenu, c.Name):
			places |= onMenu
		case slices.Contains(nowhereElse, c.Name):
			places = 0
		}
		all = append(all, Command{c.Name, c.Keys(), uint64(places), c.Fixed})
	}
	return all
}

// nowhereElse are the commands whose keys do nothing else on any page: the key
// that asked must not be the one that confirms, and one always ends the program.
var nowhereElse = []string{"confirm", "quit-at-once"}
