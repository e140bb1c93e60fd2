package tui

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/intent"
	"microtui/tui/logview"
	"microtui/tui/scene"
	"microtui/wording"
)

// What comes of what the host was asked for.

// hearOfOrders takes the messages of orders.
func (a *App) hearOfOrders(msg tea.Msg, now time.Time) tea.Cmd {
	switch msg := msg.(type) {
	case newsMsg:
		return a.hear(msg, now)
	case tickMsg:
		a.ticked(msg.now)
	case cancelledMsg:
		return a.cancelled(msg)
	case keptMsg:
		return a.kept(msg)
	}
	return nil
}

// hearOfOperations takes the messages of operations.
func (a *App) hearOfOperations(msg tea.Msg, now time.Time) tea.Cmd {
	switch msg := msg.(type) {
	case operationsMsg:
		return a.perform(a.Work.Receive(msg.list, msg.err, a.dialog.Shows(), now))
	case operationMsg:
		return a.hearOperation(msg, now)
	case outputMsg:
		a.receiveOutput(msg)
	case surveyedMsg:
		return a.surveyed(msg, now)
	case beganMsg:
		return a.began(msg, now)
	case deedMsg:
		return a.deedDone(msg, now)
	case comparedMsg:
		a.compared(msg)
	}
	return nil
}

// hearOfLogs takes the messages of logs.
func (a *App) hearOfLogs(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case batchMsg:
		return a.receiveBatch(msg)
	case logview.Older:
		return a.perform(a.log.TakeOlder(msg))
	case logview.Newer:
		return a.perform(a.log.TakeNewer(msg))
	case logview.StartFound:
		return a.perform(a.log.TakeStart(msg))
	case exportedMsg:
		return a.exported(msg)
	}
	return nil
}

// hear takes news of an order, and waits for more.
func (a *App) hear(msg newsMsg, now time.Time) tea.Cmd {
	then, more := a.Work.Hear(msg.number, msg.news, msg.open, now)
	if more {
		return guarded(func() tea.Msg { return a.nextNews(msg.number, msg.from) })
	}
	return a.perform(then)
}

// cancelled tells what came of a request to cancel, where that is bad news;
// the order's own news tell the rest.
func (a *App) cancelled(msg cancelledMsg) tea.Cmd {
	if msg.err == nil {
		return nil
	}
	return a.perform(intent.Failed(a.keyTime, "cancel "+text.Safe(msg.vm), msg.err))
}

func (a *App) ticked(now time.Time) {
	a.ticking = false
	a.Work.Tick(now)
}

func (a *App) kept(msg keptMsg) tea.Cmd {
	vm := text.Safe(msg.vm)
	words := vm + ": on the keep list"
	switch {
	case msg.err != nil:
		return a.perform(intent.All(intent.Failed(a.keyTime, "keep "+vm, msg.err), intent.Refresh{}))
	case msg.dropped:
		words = vm + ": no longer on the keep list"
	}
	m := intent.Message{At: a.keyTime, Role: styles.Good, Text: words}
	return a.perform(intent.All(intent.Tell{Message: m, Keep: true}, intent.Refresh{}))
}

// hearOperation takes news of an operation, and waits for more.
func (a *App) hearOperation(msg operationMsg, now time.Time) tea.Cmd {
	if !msg.open {
		return a.perform(a.Work.Unfollowed(msg.id))
	}
	then := a.Work.HearOperation(msg.now, a.dialog.Shows(), now)
	return tea.Batch(a.perform(then), guarded(func() tea.Msg { return a.nextOperation(msg.id, msg.from) }))
}

// surveyed hands what was found to the dialog that asked.
func (a *App) surveyed(msg surveyedMsg, now time.Time) tea.Cmd {
	if !a.dialog.Is(msg.dialog) {
		return nil
	}
	return a.become(a.dialog.Dialog.Surveyed(msg.found), now)
}

// began follows an operation that was begun, in the dialog that asked for it.
func (a *App) began(msg beganMsg, now time.Time) tea.Cmd {
	open, builds := a.dialog.Is(msg.dialog), msg.asked.Plan.Action == model.ActionBuild
	if msg.err != nil {
		return a.notBegun(msg, open, builds, now)
	}
	if msg.asked.Build != "" {
		a.Work.Await(msg.id, msg.asked.Build)
	}
	if msg.asked.Marked && !builds {
		a.vms.ClearMarks()
	}
	var then tea.Cmd
	switch {
	case open:
		then = a.become(a.dialog.Dialog.Begun(msg.id, nil), now)
	case builds:
		then = a.perform(intent.Unwanted{ID: msg.id})
	}
	return tea.Batch(a.follow(msg.id), then)
}

// notBegun tells why an operation was not begun: in the dialog that asked,
// while it is open.
func (a *App) notBegun(msg beganMsg, open, builds bool, now time.Time) tea.Cmd {
	failed := intent.Failed(now, msg.asked.Plan.Action.Verb(), msg.err).(intent.Tell)
	switch {
	case open:
		kept := a.perform(intent.Keeping(failed.Message))
		return tea.Batch(kept, a.become(a.dialog.Dialog.Begun("", msg.err), now))
	case builds:
		return nil // it was left, and nothing was begun
	case msg.asked.Build != "":
		return a.perform(intent.All(failed, intent.Discard{Build: msg.asked.Build}))
	}
	return a.perform(failed)
}

// deedDone tells what came of something that was asked for, where that is bad
// news: the operation tells the rest.
func (a *App) deedDone(msg deedMsg, now time.Time) tea.Cmd {
	again := a.readOperations()
	if msg.err == nil {
		return again
	}
	return tea.Batch(again, a.perform(intent.Failed(now, msg.what, msg.err)))
}

func (a *App) receiveOutput(msg outputMsg) {
	out := &a.output
	if out.ID != msg.id {
		return
	}
	out.Reading, out.Text, out.Fault = false, msg.text, ""
	if msg.err != nil {
		out.Fault = text.Safe(model.Raw(msg.err.Error()))
	}
}

// compared takes differences.
func (a *App) compared(msg comparedMsg) {
	q := a.closures
	for _, found := range msg.found {
		same := func(c model.Comparison) bool { return c == found.Comparison }
		q.Asked = slices.DeleteFunc(q.Asked, same)
		q.Known = slices.DeleteFunc(q.Known, func(d scene.Difference) bool { return same(d.Comparison) })
		q.Known = append(q.Known, found)
	}
}

// receiveBatch takes lines of the open log; those of an earlier one are late.
func (a *App) receiveBatch(msg batchMsg) tea.Cmd {
	if a.log.Reader == 0 || a.log.Reader != msg.from.number {
		return nil
	}
	switch {
	case errors.Is(msg.err, io.EOF):
		a.log.End("")
		return nil
	case msg.err != nil:
		a.log.End(text.Safe(model.Raw(msg.err.Error())))
		return nil
	}
	a.log.Take(msg.batch)
	return a.nextBatch(msg.from)
}

// exported tells what came of it, and where it is.
func (a *App) exported(msg exportedMsg) tea.Cmd {
	a.log.Exports--
	path := text.Safe(model.Raw(msg.path))
	switch {
	case a.ctx.Err() != nil && errors.Is(msg.err, a.ctx.Err()):
		return nil
	case msg.err != nil && msg.lines > 0:
		return a.failed("Export: only " + model.Counted(msg.lines, "line") + " in " + path + ": " + text.Safe(model.Raw(msg.err.Error())))
	case msg.err != nil:
		return a.failed("Export: " + text.Safe(model.Raw(msg.err.Error())))
	}
	m := intent.Message{At: time.Now(), Role: styles.Good, Text: text.Safef("Export: %d line%s in ", msg.lines, wording.Plural(msg.lines)) + path}
	return a.say(intent.Tell{Message: m, Keep: true})
}

// guestLeft takes the terminal again, at the size that it has by now.
func (a *App) guestLeft(msg guestLeftMsg) tea.Cmd {
	v := a.guest
	a.guest = nil
	v.leave()
	cmd := a.resume()
	a.resize(a.screen.Size())
	switch name := text.Safe(v.vm); {
	case msg.err != nil:
		return tea.Batch(cmd, a.failed("Enter "+name+": "+text.Safe(model.Raw(msg.err.Error()))))
	case msg.status == sshFailed:
		return tea.Batch(cmd, a.failed("Enter "+name+": ssh failed or was cut off; to see why, run microtui ssh "+name))
	case msg.status != 0:
		return tea.Batch(cmd, a.tell(intent.Message{Role: styles.Dim, Text: "returned from " + name + ": exit status " + text.Safe(model.Raw(strconv.Itoa(msg.status)))}))
	}
	return cmd
}

// sshFailed is the exit status of an ssh that failed itself (ssh(1)).
const sshFailed = 255

// failed tells what went wrong, and keeps it.
func (a *App) failed(words text.SafeText) tea.Cmd {
	return a.say(intent.Tell{Message: intent.Message{At: a.keyTime, Role: styles.Bad, Text: words}, Keep: true})
}
