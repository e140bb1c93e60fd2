package tui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"microtui/tui/intent"
	"microtui/tui/prompt"
	"microtui/tui/scene"
)

// Update implements tea.Model. The order is fixed: the terminal, then data,
// then keys, which go to the layer on top. Then what is shown is made of what is
// known, in one place: nothing has to remember what it changed.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	now := time.Now()
	if key, ok := msg.(keyMsg); ok {
		now = key.at
	}
	cmd := a.handle(msg, now)
	return a, tea.Batch(cmd, a.derive(now), a.due(), a.tick(), a.listen(now))
}

// listenMsg comes when a dialog may take keys again.
type listenMsg struct{}

// listen shows when the dialog takes keys again.
func (a *App) listen(now time.Time) tea.Cmd {
	wait := a.dialog.Listen(now)
	if wait == 0 || a.listening {
		return nil
	}
	a.listening = true
	return a.after(wait, func(time.Time) tea.Msg { return listenMsg{} })
}

func (a *App) handle(msg tea.Msg, now time.Time) tea.Cmd {
	switch msg := msg.(type) {
	case resizedMsg:
		a.resize(a.screen.Size())
	case resumedMsg:
		return a.resume()
	case crashMsg:
		a.crash = msg.err
		return tea.Quit
	case snapshotMsg:
		a.receive(msg.Snapshot, now)
		return tea.Batch(a.waitForData(), a.readOperations())
	case silentMsg:
		a.ageData(msg.now)
		return a.waitForData()
	case tea.PasteMsg:
		return a.perform(a.paste(msg.Content))
	case guestLeftMsg:
		return a.guestLeft(msg)
	case tea.MouseMsg:
		return a.perform(a.point(msg))
	case keyMsg:
		a.keyTime = msg.at
		return a.perform(a.press(msg.KeyPressMsg))
	case listenMsg:
		a.listening = false
	case noticeOverMsg:
		a.noticeOver(msg.number)
	default:
		return tea.Batch(a.hearOfOrders(msg, now), a.hearOfOperations(msg, now), a.hearOfLogs(msg))
	}
	return nil
}

// derive makes what is shown of what is known now.
func (a *App) derive(now time.Time) tea.Cmd {
	a.fill()
	a.noteSlide(now)
	if a.page == pageDetail {
		a.detail.Refresh(a.about(a.detail.Ref))
	}
	var then tea.Cmd
	if seen := [2]int{a.Shots, a.Work.Version}; seen != a.renewed {
		a.renewed = seen
		then = a.perform(a.dialog.Renew(&a.Scene, now))
	}
	if o := a.detail.About.Operation; a.page == pageDetail && o != nil && a.operator != nil && a.output.Wants(o.ID, a.Work.Version) {
		then = tea.Batch(then, a.perform(intent.ReadOutput{ID: o.ID}))
	}
	sync := a.syncLog()
	a.fit()
	a.attend()
	return tea.Batch(then, sync)
}

// due begins what the dialog has to have done.
func (a *App) due() tea.Cmd {
	if !a.dialog.IsOpen() {
		return nil
	}
	return a.perform(a.dialog.Dialog.Due(&a.Scene))
}

func (a *App) receive(shot scene.Snapshot, now time.Time) {
	a.Take(shot)
	if shot.Held {
		a.ageData(now)
	}
	a.recordUsage(shot)
	a.orphans, a.connectivity = shot.Inventory.CleanableCount(), nil
	a.vms.PruneMarks(&a.Scene)
}

// ageData notes how old the data is. A recorded observation does not age.
func (a *App) ageData(now time.Time) {
	if a.Known && !a.options.Recorded {
		a.Age = max(time.Second, now.Sub(a.Shot.Received))
	}
}

// paste never acts: pasted text goes into an open prompt or nowhere. A word
// that has to be typed is typed.
func (a *App) paste(text string) intent.Intent {
	if p, changed := a.openPrompt(); p != nil && a.layer() != onTyped && a.guest == nil {
		p.Insert(firstLine(text))
		return changed()
	}
	return nil
}

// openPrompt is the prompt that is typed into, and what follows a change; nil
// where none is open.
func (a *App) openPrompt() (p *prompt.Prompt, changed func() intent.Intent) {
	after := func(f func()) func() intent.Intent { return func() intent.Intent { f(); return nil } }
	switch a.layer() {
	case onPrompt:
		return &a.filter, after(a.filterChanged)
	case onSearch:
		return &a.log.Search, after(a.log.SearchChanged)
	case onTimes:
		return &a.log.Times, after(func() { a.log.TimesWhy = "" })
	}
	if a.dialog.IsOpen() && !a.tooSmall() && a.dialog.Dialog.Field() != nil {
		return a.dialog.Dialog.Field(), func() intent.Intent { return a.dialog.Become(a.dialog.Dialog.Typed(&a.Scene), a.keyTime) }
	}
	return nil, nil
}

// press gives a key to the topmost layer.
func (a *App) press(pressed tea.KeyPressMsg) intent.Intent {
	if a.guest != nil {
		return nil
	}
	if a.dialog.Ignores(a.keyTime) && pressed.String() != "ctrl+c" {
		return nil
	}
	told := a.tells()
	a.notice.shown = nil
	a.log.StopLooking()
	if told && pressed.String() == "esc" {
		return nil // the message goes, and nothing with it
	}
	if p, changed := a.openPrompt(); p != nil && p.Edit(pressed) {
		return changed()
	}
	for i := range a.commands {
		if c := &a.commands[i]; c.Where&a.layer() != 0 && key.Matches(pressed, c.Binding) {
			if why := a.misaimed(c); why != "" {
				return intent.Warn(why)
			}
			return c.Run(a)
		}
	}
	return nil
}

// silence is how long nothing may come before data counts as old.
func (a *App) silence() time.Duration {
	if a.Age > 0 {
		return time.Second // the age is on the screen, and moves
	}
	return 3*a.options.Interval + time.Second
}

// waitForData is the command that waits for the next snapshot.
func (a *App) waitForData() tea.Cmd {
	limit := a.silence()
	return guarded(func() tea.Msg { return a.feed.next(a.ctx, limit) })
}
