package tui

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
)

// suspend gives the terminal back and stops the whole job, as the terminal
// does for programs that leave Ctrl-Z to it.
//
// Bubble Tea's own waits for the signal to go on; where no shell controls the
// job (ssh host microtui) the kernel drops the stop signal, and the program
// would wait forever.
func (a *App) suspend() tea.Cmd {
	_ = a.screen.Leave()
	return guarded(func() tea.Msg {
		resumed := make(chan os.Signal, 1)
		signal.Notify(resumed, syscall.SIGCONT)
		defer signal.Stop(resumed)
		if err := syscall.Kill(0, syscall.SIGTSTP); err == nil {
			select {
			case <-resumed:
			case <-time.After(200 * time.Millisecond): // nobody stopped us
			}
		}
		return resumedMsg{}
	})
}

// resume takes the terminal again, unless it is lent to somebody.
func (a *App) resume() tea.Cmd {
	if a.guest != nil {
		return nil
	}
	if err := a.screen.Enter(); err != nil {
		a.crash = err
		return tea.Quit
	}
	return nil
}
