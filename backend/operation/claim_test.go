package operation

import (
	"testing"

	"microtui/model"
)

// TestAskedAtNoMomentAbandoned: an operation that is being asked for looks
// interrupted to nobody who reads, from the moment that it can be read.
func TestAskedAtNoMomentAbandoned(t *testing.T) {
	f := folder(t)
	made, seen := make(chan struct{}), make(chan int)
	go func() {
		running := 0
		defer func() { seen <- running }()
		for {
			all, err := f.List()
			if err != nil {
				t.Errorf("read: %v", err)
			}
			for _, o := range all {
				if o.State != model.OperationRunning {
					t.Errorf("operation %s is %s", o.ID, o.State)
					return
				}
				running++
			}
			select {
			case <-made:
				return
			default:
			}
		}
	}()
	for range 50 {
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
