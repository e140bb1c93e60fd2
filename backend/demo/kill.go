package demo

import "errors"

// errKilled is why a dead executor records nothing any more.
var errKilled = errors.New("killed")

// Kill ends who works on an operation, as SIGKILL does: what it is at may still
// take effect, and nothing more is recorded. The operation is interrupted then.
func (l *Live) Kill(id string) error {
	p, err := l.performance(id)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.killed = true
	p.mu.Unlock()
	p.stop()
	return nil
}
