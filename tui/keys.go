package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"microtui/model"
)

// layers says where a command can be given.
type layers int

const (
	onTable layers = 1 << iota
	onDetail
	onHelp
	onPrompt
	onNothing // the terminal is too small for any page

	onPages    = onTable | onDetail
	everywhere = onPages | onHelp | onPrompt | onNothing
	onLists    = onPages | onHelp
)

// command is something a key does. This table is the only truth about keys:
// it is matched against, and both helps are made from it. A command without a
// help text is the other half of one that has it.
type command struct {
	key.Binding
	group model.SafeText
	where layers
	brief layers // where the line of hints names it
	run   func(*App) tea.Cmd
}

func (c *command) matches(press tea.KeyPressMsg) bool { return key.Matches(press, c.Binding) }

// does wraps a command that needs nothing done afterwards.
func does(f func(*App)) func(*App) tea.Cmd {
	return func(a *App) tea.Cmd { f(a); return nil }
}

func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// commands are all of them, in the order of the help.
func commands() []command {
	return append(append(moving(), finding()...), program()...)
}

func moving() []command {
	const group = "move"
	half := func(a *App) int { return max(1, a.pageHeight()/2) }
	return []command{
		{Binding: bind("j Down", "down", "down", "j"), group: group, where: onLists, run: does(func(a *App) { a.move(1) })},
		{Binding: bind("k Up", "up", "up", "k"), group: group, where: onLists, run: does(func(a *App) { a.move(-1) })},
		{Binding: bind("", "", "down"), where: onPrompt, run: does(func(a *App) { a.move(1) })},
		{Binding: bind("", "", "up"), where: onPrompt, run: does(func(a *App) { a.move(-1) })},
		{Binding: bind("g", "first", "g", "home"), group: group, where: onLists, run: does(func(a *App) { a.jump(false) })},
		{Binding: bind("G", "last", "G", "end"), group: group, where: onLists, run: does(func(a *App) { a.jump(true) })},
		{Binding: bind("PgDn", "page down", "pgdown"), group: group, where: onLists, run: does(func(a *App) { a.move(a.pageHeight()) })},
		{Binding: bind("PgUp", "page up", "pgup"), group: group, where: onLists, run: does(func(a *App) { a.move(-a.pageHeight()) })},
		{Binding: bind("Ctrl-d", "half a page down", "ctrl+d"), group: group, where: onLists, run: does(func(a *App) { a.move(half(a)) })},
		{Binding: bind("Ctrl-u", "half a page up", "ctrl+u"), group: group, where: onLists, run: does(func(a *App) { a.move(-half(a)) })},
		{Binding: bind("1", "VMs", "1"), group: group, where: onPages, run: does(func(a *App) { a.open(false) })},
		{Binding: bind("2", "leftovers only", "2"), group: group, where: onPages, run: does(func(a *App) { a.open(true) })},
		{Binding: bind("Tab ]", "next tab", "tab", "]"), group: group, where: onDetail, brief: onDetail, run: does(func(a *App) { a.turn(1) })},
		{Binding: bind("S-Tab [", "previous tab", "shift+tab", "["), group: group, where: onDetail, run: does(func(a *App) { a.turn(-1) })},
	}
}

func finding() []command {
	const open, find = "open, back", "find"
	return []command{
		{Binding: bind("Enter", "detail", "enter"), group: open, where: onTable, brief: onTable, run: does((*App).openDetail)},
		{Binding: bind("Esc q", "back", "esc", "q"), group: open, where: onDetail | onHelp, brief: onDetail | onHelp, run: does((*App).back)},
		{Binding: bind("Esc", "clear filter, then view", "esc"), group: find, where: onTable, run: does((*App).back)},
		{Binding: bind("/", "filter", "/"), group: find, where: onTable, brief: onTable, run: does((*App).openFilter)},
		{Binding: bind("Enter", "keep", "enter"), where: onPrompt, brief: onPrompt, run: does((*App).keepFilter)},
		{Binding: bind("Esc", "clear", "esc"), where: onPrompt, brief: onPrompt, run: does((*App).clearFilter)},
		{Binding: bind("!", "problems", "!"), group: find, where: onTable, brief: onTable, run: does((*App).toggleProblems)},
		{Binding: bind("< >", "sort", ">"), group: find, where: onTable, brief: onTable, run: does(func(a *App) { a.sortBy(1) })},
		{Binding: bind("", "", "<"), where: onTable, run: does(func(a *App) { a.sortBy(-1) })},
		{Binding: bind("I", "invert the order", "I"), group: find, where: onTable, run: does((*App).invert)},
	}
}

func program() []command {
	const group = "program"
	return []command{
		{Binding: bind("R", "refresh", "R"), group: group, where: onPages, run: (*App).refresh},
		{Binding: bind("Ctrl-l", "redraw", "ctrl+l"), group: group, where: everywhere, run: does(func(a *App) { a.screen.Redraw() })},
		{Binding: bind("Ctrl-z", "suspend", "ctrl+z"), group: group, where: everywhere, run: (*App).suspend},
		{Binding: bind("q", "quit", "q"), group: group, where: onTable | onNothing, brief: onTable | onNothing, run: func(*App) tea.Cmd { return tea.Quit }},
		{Binding: bind("Ctrl-c", "quit at once", "ctrl+c"), group: group, where: everywhere, run: func(*App) tea.Cmd { return tea.Quit }},
		{Binding: bind("?", "help", "?"), group: group, where: onPages, brief: onPages, run: does((*App).openHelp)},
		{Binding: bind("?", "close", "?"), where: onHelp, run: does((*App).back)},
	}
}
