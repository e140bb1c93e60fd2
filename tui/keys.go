package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/dialog"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/logview"
)

// layers says where a command can be given.
type layers int

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
	everywhere    = onLists | onPrompt | onSearch | onTimes | onExport | onTyped | onPalette | onNothing
)

// command is something a key does. This table is the only truth about keys:
// it is matched against, and both helps are made from it. A command without a
// help text is the other half of one that has it.
type command struct {
	key.Binding
	name  string // in the configuration; empty: of no use there
	as    string // the one whose keys it has, too: whatever these are
	with  string // the one whose keys the help shows after its own
	fixed bool   // the configuration cannot give it other keys
	group text.SafeText
	where layers
	brief layers // where the line of hints names it
	// suits reports whether the line of hints names it for what is selected; nil:
	// for anything.
	suits func(*App) bool
	// why says for what reason it does nothing now, so that its hint is dimmed;
	// nil: it always does something.
	why func(*App) text.SafeText
	// says is what the hint says instead of the help text; nil: nothing else.
	says func(*App) text.SafeText
	// urgent reports whether the hint comes before those that do not fit with
	// it; nil: never.
	urgent func(*App) bool
	run    func(*App) intent.Intent
}

func (c *command) matches(press tea.KeyPressMsg) bool { return key.Matches(press, c.Binding) }

// does wraps a command that needs nothing done afterwards.
func does(f func(*App)) func(*App) intent.Intent {
	return func(a *App) intent.Intent { f(a); return nil }
}

// wants is a command that only wants something.
func wants(i intent.Intent) func(*App) intent.Intent {
	return func(*App) intent.Intent { return i }
}

func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// commands are all of them, in the order of the help.
func commands() []command {
	return slices.Concat(moving(), opening(), acting(), operatingKeys(), examiningKeys(), marking(), finding(), logging(), answering(), program())
}

// Groups whose hints have a place of their own.
const (
	actGroup     text.SafeText = "act"
	operateGroup text.SafeText = "operate"
	programGroup text.SafeText = "program"
)

// by moves by so many rows.
func by(rows func(*App) int) func(*App) intent.Intent {
	return func(a *App) intent.Intent { return a.move(rows(a)) }
}

func moving() []command {
	const group = "move"
	rows := func(n int) func(*App) int { return func(*App) int { return n } }
	page := func(n int) func(*App) int { return func(a *App) int { return n * a.pageHeight() } }
	half := func(n int) func(*App) int { return func(a *App) int { return n * max(1, a.pageHeight()/2) } }
	return []command{
		{name: "down", Binding: bind("j Down", "down", "down", "j"), group: group, where: onLists, run: by(rows(1))},
		{name: "up", Binding: bind("k Up", "up", "up", "k"), group: group, where: onLists, run: by(rows(-1))},
		{Binding: bind("", "", "down"), where: onPrompt | onSearch | onTimes | onExport | onTyped | onPalette, run: by(rows(1))},
		{Binding: bind("", "", "up"), where: onPrompt | onSearch | onTimes | onExport | onTyped | onPalette, run: by(rows(-1))},
		{Binding: bind("", "", "pgdown"), where: onTyped | onPalette, run: by(page(1))},
		{Binding: bind("", "", "pgup"), where: onTyped | onPalette, run: by(page(-1))},
		{name: "first", Binding: bind("g", "first", "g", "home"), group: group, where: onLists, run: func(a *App) intent.Intent { return a.jump(false) }},
		{name: "last", Binding: bind("G", "last", "G", "end"), group: group, where: onLists, run: func(a *App) intent.Intent { return a.jump(true) }},
		{name: "page-down", Binding: bind("PgDn", "page down", "pgdown"), group: group, where: onLists, run: by(page(1))},
		{name: "page-up", Binding: bind("PgUp", "page up", "pgup"), group: group, where: onLists, run: by(page(-1))},
		{name: "half-page-down", Binding: bind("Ctrl-d", "half a page down", "ctrl+d"), group: group, where: onLists, run: by(half(1))},
		{name: "half-page-up", Binding: bind("Ctrl-u", "half a page up", "ctrl+u"), group: group, where: onLists, run: by(half(-1))},
		{name: "vms", Binding: bind("1", "VMs", "1"), group: group, where: onPages, run: does(func(a *App) { a.open(false) })},
		{name: "leftovers", Binding: bind("2", "leftovers only", "2"), group: group, where: onPages, run: does(func(a *App) { a.open(true) })},
		{name: "operations", Binding: bind("4", "operations", "4"), group: group, where: onPages, run: func(a *App) intent.Intent { return a.openPage(pageOperations) }},
		{name: "trash", Binding: bind("5", "trash", "5"), group: group, where: onPages, run: func(a *App) intent.Intent { return a.openPage(pageTrash) }},
		{name: "next-tab", Binding: bind("Tab ]", "next tab", "tab", "]"), group: group, where: onAbout | onLogTab, brief: onAbout, run: does(func(a *App) { a.turn(1) })},
		{name: "previous-tab", Binding: bind("S-Tab [", "previous tab", "shift+tab", "["), group: group, where: onAbout | onLogTab, run: does(func(a *App) { a.turn(-1) })},
		{name: "switch-pane", Binding: bind("Tab", "table or log", "tab"), group: group, where: onTable | onLog, run: does((*App).turnFocus)},
	}
}

func opening() []command {
	const open = "open, back"
	return []command{
		{name: "detail", Binding: bind("Enter", "detail", "enter"), group: open, where: onRows, brief: onRows, run: (*App).openDetail, why: (*App).whyNoDetail},
		{name: "log", Binding: bind("l", "log", "l"), group: open, where: onTable | onDetail | onLog, brief: onTable | onDetail, suits: (*App).meansVM, run: (*App).toggleLog, why: (*App).reasonForLog},
		{name: "enter", Binding: bind("o", "ssh into the guest", "o"), group: open, where: onAboutVM, run: (*App).enter, why: (*App).whyNotEnter},
		{name: "copy", Binding: bind("c", "copy a name or path", "c"), group: open, where: onPages &^ onLogs, brief: onDetail, suits: (*App).meansLeftover, run: (*App).copyName},
		{name: "compare", Binding: bind("d", "difference of closures", "d"), group: open, where: onDetail, run: (*App).compare, why: (*App).whyNotCompare},
		{name: "log-page", Binding: bind("L", "log full screen", "L"), group: open, where: onTable | onDetail | onLogTab | onLog, run: (*App).openLogPage},
		{name: "back", Binding: bind("Esc q", "back", "esc", "q"), group: open, where: onDetail | onLogs | onMade | onExamination | onHelp, brief: onDetail | onLogs | onMade | onExamination | onHelp, run: does((*App).back)},
		{name: "clear", Binding: bind("Esc", "clear marks, filter, view", "esc"), group: open, where: onTable, run: does((*App).back)},
	}
}

func acting() []command {
	const group = actGroup
	ask := func(action model.Action) func(*App) intent.Intent {
		return func(a *App) intent.Intent { return a.ask(action, false) }
	}
	why := func(action model.Action) func(*App) text.SafeText {
		return func(a *App) text.SafeText { return a.reasonForAll(action) }
	}
	return []command{
		{name: "start", Binding: bind("s", "start", "s"), group: group, where: onAboutVM, brief: onAboutVM, suits: (*App).meansVM, run: ask(model.ActionStart), why: why(model.ActionStart)},
		{name: "stop", Binding: bind("S", "stop", "S"), group: group, where: onAboutVM, brief: onAboutVM, suits: (*App).meansVM, run: ask(model.ActionStop), why: why(model.ActionStop)},
		{name: "restart", Binding: bind("r", "restart", "r"), group: group, where: onAboutVM, brief: onAboutVM, suits: (*App).meansVM, run: ask(model.ActionRestart), why: why(model.ActionRestart)},
		{name: "menu", Binding: bind("x", "menu", "x"), group: group, where: onAboutVM, brief: onAboutVM, suits: (*App).meansVM, run: (*App).openMenu, why: (*App).whyNoMenu},
		{name: "power-off", Binding: bind("K", "power off (in the menu)", "K"), group: group, where: onMenu, run: choose("power-off")},
		{name: "cancel-jobs", Binding: bind("C", "cancel pending jobs", "C"), group: group, where: onAboutVM, run: (*App).cancelJobs},
		{name: "results", Binding: bind("m", "results so far", "m"), group: group, where: onPages, run: does(func(a *App) { a.openDialog(dialog.Messages{}) })},
	}
}

// operatingKeys are the keys of operations, and of the pages that show them.
func operatingKeys() []command {
	const group = operateGroup
	why := func(action model.Action) func(*App) text.SafeText {
		return func(a *App) text.SafeText { return a.whyNot(action) }
	}
	entry := func(action model.Action) func(*App) text.SafeText {
		return func(a *App) text.SafeText { return a.whyNotEntry(action) }
	}
	keep := func(a *App) text.SafeText { why, _ := a.reasonToKeep(); return why }
	return []command{
		{name: "update", Binding: bind("u", "update", "u"), group: group, where: onAboutVM, brief: onAboutVM, suits: (*App).meansVM, run: (*App).update, why: why(model.ActionUpdate)},
		{name: "rollback", Binding: bind("b", "roll back", "b"), group: group, where: onAboutVM, run: (*App).rollback, why: why(model.ActionRollback)},
		{name: "purge", Binding: bind("D", "purge", "D"), group: group, where: onAboutVM, brief: onAboutVM, run: (*App).purge, why: (*App).whyNotPurge},
		{name: "clean-up", Binding: bind("X", "clean up", "X"), group: group, where: onTable | onDetail | onDoctor, brief: onTable | onDetail, suits: (*App).listsOrMeansLeftover, run: (*App).cleanUp, why: (*App).whyNotCleanUp,
			says: (*App).cleanUpHint, urgent: func(a *App) bool { return a.orphans > 0 }},
		{name: "keep", Binding: bind("p", "protect: keep, or drop", "p"), group: group, where: onTable | onDetail, run: (*App).askToKeep, why: keep},
		{name: "cancel-operation", Binding: bind("C", "cancel (operations)", "C"), group: group, where: onOperations | onOperation, brief: onOperations | onOperation, run: (*App).cancelSelected, why: (*App).whyNotCancel,
			says: func(*App) text.SafeText { return "cancel" }},
		{name: "settle", Binding: bind("s", "settle (operations)", "s"), group: group, where: onOperations | onOperation, brief: onOperations | onOperation, run: (*App).settleOperation, why: (*App).reasonToSettle,
			says: func(*App) text.SafeText { return "settle" }},
		{name: "restore", Binding: bind("u", "restore (trash)", "u"), group: group, where: onTrash | onEntry, brief: onTrash | onEntry, run: (*App).restore, why: entry(model.ActionRestore),
			says: func(*App) text.SafeText { return "restore" }},
		{name: "delete", Binding: bind("D", "delete for good (trash)", "D"), group: group, where: onTrash | onEntry, brief: onTrash | onEntry, run: (*App).deleteEntry, why: entry(model.ActionEmpty),
			says: func(*App) text.SafeText { return "delete for good" }},
		{name: "empty-trash", Binding: bind("X", "all for good (trash)", "X"), group: group, where: onTrash, brief: onTrash, run: (*App).emptyTheTrash, why: (*App).whyNotEmpty,
			says: func(*App) text.SafeText { return "empty" }},
	}
}

func marking() []command {
	const group = "mark"
	return []command{
		{name: "mark", Binding: bind("Space", "mark, go on", "space"), group: group, where: onTable, run: does((*App).mark)},
		{name: "mark-range", Binding: bind("v", "mark a range", "v"), group: group, where: onTable, run: does((*App).markRange)},
		{name: "invert-marks", Binding: bind("*", "invert the marks", "*"), group: group, where: onTable, run: does((*App).invertMarks)},
	}
}

func finding() []command {
	const find = "find"
	return []command{
		{name: "filter", Binding: bind("/", "filter", "/"), group: find, where: onRows, brief: onTable | onDoctor, run: does((*App).openFilter), why: (*App).whyNotNarrow},
		{Binding: bind("Enter", "keep", "enter"), where: onPrompt, brief: onPrompt, run: does((*App).keepFilter)},
		{Binding: bind("Esc", "clear", "esc"), where: onPrompt, brief: onPrompt, run: does((*App).clearFilter)},
		{name: "problems", Binding: bind("!", "problems", "!"), group: find, where: onTable | onDoctor, brief: onTable | onDoctor, run: does((*App).toggleProblems), why: (*App).whyNotNarrow},
		{name: "next-problem", with: "previous-problem", Binding: bind("n N", "next, previous problem", "n"), group: find, where: onTable, run: func(a *App) intent.Intent { return a.nextProblem(1) }, why: (*App).whyNoProblem},
		{name: "previous-problem", Binding: bind("", "", "N"), where: onTable, run: func(a *App) intent.Intent { return a.nextProblem(-1) }},
		{name: "sort-next", with: "sort-previous", Binding: bind("< >", "sort", ">"), group: find, where: onTable, brief: onTable, run: does(func(a *App) { a.sortBy(1) }), why: (*App).whyNotNarrow},
		{name: "sort-previous", Binding: bind("", "", "<"), where: onTable, run: does(func(a *App) { a.sortBy(-1) })},
		{name: "invert-order", Binding: bind("I", "invert the order", "I"), group: find, where: onTable, run: does((*App).invert)},
		{name: "group", Binding: bind("z", "group the VMs", "z"), group: find, where: onTable, run: (*App).groupNext, why: (*App).whyNotGroup},
	}
}

// onPane gives a key to the log.
func onPane(f func(*logview.Pane) intent.Intent) func(*App) intent.Intent {
	return func(a *App) intent.Intent { return f(&a.log) }
}

func logging() []command {
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
	return []command{
		{name: "follow", Binding: bind("f", "follow", "f"), group: group, where: onLogs, brief: onLogs, run: onPane((*logview.Pane).ToggleFollow)},
		{name: "search", Binding: bind("/", "search", "/"), group: group, where: onLogs, brief: onLogs, run: does(func(a *App) { a.log.Search.Open = true })},
		{name: "next-match", with: "previous-match", Binding: bind("n N", "next, previous match", "n"), group: group, where: onLogs, run: match(1)},
		{name: "previous-match", Binding: bind("", "", "N"), where: onLogs, run: match(-1)},
		{name: "wrap", Binding: bind("w", "wrap", "w"), group: group, where: onLogs, brief: onLogs, run: does(func(a *App) { a.log.ToggleWrap() })},
		{name: "timestamps", Binding: bind("t", "time", "t"), group: group, where: onLogs, brief: onLogs, run: does(func(a *App) { a.log.TurnStamp() })},
		{name: "priority", Binding: bind("p", "priority", "p"), group: group, where: onLogs, brief: onLogs, run: does(func(a *App) { a.log.TurnPriority() })},
		{name: "unit", Binding: bind("U", "unit", "U"), group: group, where: onLogs, brief: onLogs, run: (*App).openUnits, why: none},
		{name: "time-range", Binding: bind("T", "since, until", "T"), group: group, where: onLogs, brief: onLogs, run: onPane((*logview.Pane).OpenTimes), why: none, says: called("since")},
		{name: "previous-start", with: "next-start", Binding: bind("{ }", "starts of the VM", "{"), group: group, where: onLogs, brief: onLogs, run: start(true), why: starts, says: called("starts")},
		{name: "next-start", Binding: bind("", "", "}"), where: onLogs, run: start(false), why: starts},
		{name: "export", Binding: bind("e", "export to a file", "e"), group: group, where: onLogs, brief: onLogs, run: (*App).openExport, why: (*App).whyNotExport, says: called("export")},
		{name: "guest-colours", Binding: bind("c", "guest colours", "c"), group: group, where: onLogs, run: onPane((*logview.Pane).ToggleColours), why: func(a *App) text.SafeText { return a.log.WhyNoColours() }},
		{Binding: bind("Enter", "show", "enter"), where: onTimes, brief: onTimes, run: does(func(a *App) { a.log.KeepTimes(a.hostTime()) })},
		{Binding: bind("Esc", "clear", "esc"), where: onTimes, brief: onTimes, run: does(func(a *App) { a.log.ClearTimes() })},
		{Binding: bind("Enter", "write it", "enter"), where: onExport, brief: onExport, run: answer(dialog.Submit)},
		{Binding: bind("Esc", "leave", "esc"), where: onExport, brief: onExport, run: answer(dialog.Leave)},
		{Binding: bind("Enter", "find", "enter"), where: onSearch, brief: onSearch, run: onPane((*logview.Pane).KeepSearch)},
		{Binding: bind("Esc", "clear", "esc"), where: onSearch, brief: onSearch, run: does(func(a *App) { a.log.ClearSearch() })},
	}
}

// answering are the keys of dialogs. What acts is y, and nothing else.
func answering() []command {
	const group = "dialog"
	all := []command{
		{name: "confirm", fixed: true, Binding: bind("y", "do it", "y"), group: group, where: onConfirm | onChecks, run: answer(dialog.Agree)},
		{name: "cancel", fixed: true, Binding: bind("n Esc", "cancel", "n", "esc", "q", "enter"), group: group, where: onConfirm | onChecks, run: answer(dialog.Leave)},
		{name: "tick", fixed: true, Binding: bind("Space", "tick, or not", "space"), group: group, where: onChecks, run: answer(dialog.Tick)},
		{name: "tick-all", fixed: true, Binding: bind("a", "tick all", "a"), group: group, where: onChecks, run: answer(dialog.TickAll)},
		{name: "take-choice", fixed: true, Binding: bind("Tab r", "take the choice", "tab", "r"), group: group, where: onConfirm, run: answer(dialog.Take)},
		{Binding: bind("", "", "tab"), where: onTyped, run: answer(dialog.Take)},
		{name: "submit", fixed: true, Binding: bind("Enter", "do what was typed", "enter"), group: group, where: onTyped, run: answer(dialog.Submit)},
		{Binding: bind("", "", "esc"), where: onTyped, run: answer(dialog.Leave)},
		{Binding: bind("Esc", "close, it goes on", "esc", "q", "enter"), where: onFollow, brief: onFollow, run: answer(dialog.Leave)},
		{Binding: bind("Esc", "leave", "esc", "q", "n"), where: onBuild, brief: onBuild, run: answer(dialog.Leave)},
		{Binding: bind("C", "cancel", "C"), where: onFollow, brief: onFollow, run: answer(dialog.Cancel)},
		{Binding: bind("Enter", "choose", "enter"), where: onMenu, brief: onMenu, run: answer(dialog.Submit)},
		{Binding: bind("Esc", "close", "esc", "q"), where: onMenu, brief: onMenu, run: answer(dialog.Leave)},
		{as: "menu", Binding: bind("", ""), where: onMenu, run: answer(dialog.Leave)},
		{Binding: bind("Esc", "close", "esc", "q", "enter"), where: onReport, brief: onReport, run: answer(dialog.Leave)},
		{as: "results", Binding: bind("", ""), where: onReport, run: answer(dialog.Leave)},
	}
	for _, name := range inMenu {
		all = append(all, command{as: name, Binding: bind("", ""), where: onMenu, run: choose(name)})
	}
	return all
}

func program() []command {
	const group = programGroup
	return []command{
		{name: "palette", Binding: bind(":", "every command", ":"), group: group, where: onPages, run: does((*App).openPalette)},
		{Binding: bind("Enter", "run it", "enter"), where: onPalette, brief: onPalette, run: answer(dialog.Submit)},
		{Binding: bind("Esc", "close", "esc"), where: onPalette, brief: onPalette, run: answer(dialog.Leave)},
		{name: "refresh", Binding: bind("R", "refresh", "R"), group: group, where: onPages, run: wants(intent.Refresh{})},
		{name: "redraw", Binding: bind("Ctrl-l", "redraw", "ctrl+l"), group: group, where: everywhere, run: does(func(a *App) { a.screen.Redraw() })},
		{name: "mouse", Binding: bind("Alt-m", "mouse on or off", "alt+m"), group: group, where: onPages, run: (*App).takeMouse},
		{name: "suspend", Binding: bind("Ctrl-z", "suspend", "ctrl+z"), group: group, where: everywhere, run: wants(intent.Suspend{})},
		{name: "quit", Binding: bind("q", "quit", "q"), group: group, where: onTable | onNothing, brief: onTable | onNothing, run: wants(intent.Quit{}),
			urgent: func(a *App) bool { return a.width >= draw.NarrowCells }},
		{name: "quit-at-once", fixed: true, Binding: bind("Ctrl-c", "quit at once", "ctrl+c"), group: group, where: everywhere, run: wants(intent.Quit{})},
		{name: "help", Binding: bind("?", "help", "?", "h", "f1"), group: group, where: onPages, brief: onPages, run: does((*App).openHelp)},
		{as: "help", Binding: bind("?", "close"), where: onHelp, run: does((*App).back)},
	}
}
