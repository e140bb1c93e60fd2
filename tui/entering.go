package tui

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/intent"
)

// Entering a guest: the terminal is ssh's until that ends.

// visit is a stay in a guest. Meanwhile no key is the screen's.
type visit struct {
	vm    model.Raw
	leave context.CancelFunc
	over  chan struct{} // closed at its end
}

// visitedMsg comes when somebody is back from a guest.
type visitedMsg struct {
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
		return name, model.Entry{}, "this is a recorded observation, not a host"
	case a.options.ReadOnly:
		return name, model.Entry{}, "read-only: a shell in the guest could change anything"
	case a.enterer == nil:
		return name, model.Entry{}, "this host has no guests to enter"
	}
	entry, why := model.EntryOf(a.Shot.Inventory, vm, a.options.Addresses[name])
	return name, entry, text.Safe(why)
}

// enter hands the terminal to an ssh into the guest.
func (a *App) enter() tea.Cmd {
	vm, entry, why := a.entry()
	if why != "" {
		return a.warn("Enter: " + why)
	}
	if err := a.screen.Lend(); err != nil {
		return tea.Batch(a.resume(), a.warn("Enter: the terminal could not be left: "+text.Safe(err.Error())))
	}
	ctx, leave := context.WithCancel(a.ctx)
	v := &visit{vm: vm, leave: leave, over: make(chan struct{})}
	a.visit = v
	return guarded(func() tea.Msg {
		defer close(v.over)
		status, err := a.enterer.Enter(ctx, entry)
		return visitedMsg{status, err}
	})
}

// visited takes the terminal again, at the size that it has by now.
func (a *App) visited(msg visitedMsg) tea.Cmd {
	v := a.visit
	a.visit = nil
	v.leave()
	cmd := a.resume()
	a.resize(a.screen.Size())
	switch name := text.Safe(v.vm); {
	case msg.err != nil:
		return tea.Batch(cmd, a.failed("Enter "+name+": "+text.Safe(msg.err.Error())))
	case msg.status == sshFailed:
		return tea.Batch(cmd, a.failed("Enter "+name+": ssh failed, or was cut off; to see why: microtui ssh "+name))
	case msg.status != 0:
		return tea.Batch(cmd, a.tell(intent.Message{Role: styles.Dim, Text: "back from " + name + ", which ended with " + text.Safe(strconv.Itoa(msg.status))}))
	}
	return cmd
}

// sshFailed is the exit status of an ssh that failed itself (ssh(1)).
const sshFailed = 255

// failed tells what went wrong, and keeps it.
func (a *App) failed(line text.SafeText) tea.Cmd {
	return a.say(intent.Tell{Message: intent.Message{At: a.keyTime, Role: styles.Bad, Text: line}, Keep: true})
}

// farewell is how long an ssh may take to hang up.
const farewell = 500 * time.Millisecond

// endVisit ends a visit with the program. The terminal is then as ssh found it.
func (a *App) endVisit() {
	if a.visit == nil {
		return
	}
	a.visit.leave()
	select {
	case <-a.visit.over:
	case <-time.After(farewell):
	}
}
