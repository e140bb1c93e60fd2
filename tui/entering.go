package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/intent"
	"microtui/wording"
)

// Entering a guest: the terminal is ssh's until that ends.

// guestLeftMsg comes when somebody is back from a guest.
type guestLeftMsg struct {
	status int
	err    error
}

// whyNotEnter says why the guest cannot be entered; empty: it can.
func (a *App) whyNotEnter() text.SafeText {
	_, _, why := a.entry()
	return why
}

// entry is the way into the guest of the VM that is meant.
func (a *App) entry() (model.Raw, model.Entry, text.SafeText) {
	name, ok := a.target()
	vm := a.Shot.VM(model.Ref{Kind: model.KindVM, Name: name})
	switch {
	case !ok || vm == nil:
		return name, model.Entry{}, "no VM is selected"
	case a.options.Recorded:
		return name, model.Entry{}, wording.Recorded
	case a.options.ReadOnly:
		return name, model.Entry{}, wording.ShellChanges
	case a.enterer == nil:
		return name, model.Entry{}, "this host has no guests to enter"
	}
	entry, why := model.EntryOf(a.Shot.Inventory, vm, a.options.Addresses[name])
	return name, entry, text.Safe(why)
}

// enter goes into the guest of the VM that is meant.
func (a *App) enter() intent.Intent {
	vm, entry, why := a.entry()
	if why != "" {
		return intent.Warn("Enter: " + why)
	}
	return intent.Enter{VM: vm, Entry: entry}
}

// enterGuest hands the terminal to an ssh into a guest.
func (a *App) enterGuest(i intent.Enter) tea.Cmd {
	if err := a.screen.Lend(); err != nil {
		return tea.Batch(a.resume(), a.warn("Enter: the terminal could not be left: "+text.Safe(model.Raw(err.Error()))))
	}
	ctx, leave := context.WithCancel(a.ctx)
	v := &guestSession{vm: i.VM, leave: leave, over: make(chan struct{})}
	a.guest = v
	return guarded(func() tea.Msg {
		defer close(v.over)
		status, err := a.enterer.Enter(ctx, i.Entry)
		return guestLeftMsg{status, err}
	})
}

// farewell is how long an ssh may take to hang up.
const farewell = 500 * time.Millisecond

// leaveGuest ends a stay in a guest with the program. The terminal is then as ssh found it.
func (a *App) leaveGuest() {
	if a.guest == nil {
		return
	}
	a.guest.leave()
	select {
	case <-a.guest.over:
	case <-time.After(farewell):
	}
}
