package terminal

import (
	"os"
	"time"
)

// Lend leaves the terminal to another program until [Terminal.Enter]: unlike
// after [Terminal.Leave] this process goes on running meanwhile, and so must
// not take away what is typed there. It may not be called during a Lend.
func (t *Terminal) Lend() error {
	if _, err := t.want.Write([]byte{0}); err != nil {
		return err
	}
	acquired := t.takeReading()
	if _, err := t.wanted.Read(make([]byte, 1)); err != nil {
		return err
	}
	if !acquired {
		return os.ErrDeadlineExceeded
	}
	t.lent = true
	if err := t.Leave(); err != nil {
		t.takeBack()
		return err
	}
	return nil
}

// takeReading waits for a read in flight to end.
func (t *Terminal) takeReading() bool {
	select {
	case t.reading <- struct{}{}:
		return true
	case <-time.After(patience):
		return false
	}
}

// takeBack lets reads go on after the terminal was lent.
func (t *Terminal) takeBack() {
	if t.lent {
		t.lent = false
		<-t.reading
	}
}
