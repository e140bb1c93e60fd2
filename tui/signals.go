package tui

import (
	"os"
	"os/signal"
	"syscall"
)

// signals are those the screen answers.
type signals struct {
	fatal, resized, resumed chan os.Signal
}

// notify begins to catch signals. QUIT is among the fatal ones: Go's answer to
// it, a dump of all stacks, would land on a raw terminal.
func notify() signals {
	s := signals{make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 1)}
	signal.Notify(s.fatal, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT)
	signal.Notify(s.resized, syscall.SIGWINCH)
	signal.Notify(s.resumed, syscall.SIGCONT)
	return s
}

func (s signals) stop() {
	signal.Stop(s.fatal)
	signal.Stop(s.resized)
	signal.Stop(s.resumed)
}
