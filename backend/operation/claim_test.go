package operation

import (
	"errors"
	"testing"

	"microtui/model"
)

// TestAskedAtNoMomentAbandoned: an operation that is being asked for looks
// interrupted to nobody who reads, from the moment that it can be read.
func TestAskedAtNoMomentAbandoned(t *testing.T) {
	f := folder(t)
	made, seen := make(chan struct{}), make(chan int)
	go func() {
		running := make(map[string]bool)
		defer func() { seen <- len(running) }()
		for {
			ids, err := f.ids()
			for _, id := range ids {
				if running[id] || err != nil {
					continue
				}
				o, unread := f.Read(id)
				switch {
				case errors.Is(unread, model.ErrUnknown): // its plan is not there yet
				case unread != nil:
					err = unread
				case o.State != model.OperationRunning:
					t.Errorf("operation %s is %s", id, o.State)
					return
				default:
					running[id] = true
				}
			}
			if err != nil {
				t.Errorf("read: %v", err)
			}
			select {
			case <-made:
				return
			default:
			}
		}
	}()
	for range 100 {
		if _, asked, err := f.Create(model.Request{Plan: planOf(1)}); err != nil {
			t.Error(err)
		} else {
			defer asked()
		}
	}
	close(made)
	if running := <-seen; running == 0 {
		t.Error("nobody read in between")
	}
}
