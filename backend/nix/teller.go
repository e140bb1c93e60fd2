package nix

import (
	"sync"
	"time"
)

// tellEvery is how often progress is told of at most: nix has thousands of
// events a second.
const tellEvery = 100 * time.Millisecond

// teller tells of progress, of the newest at last.
type teller struct {
	tell func(Progress)

	mu     sync.Mutex
	newest Progress
	told   Progress
	due    *time.Timer // runs while newest waits to be told
	ended  bool
}

func newTeller(tell func(Progress)) *teller {
	if tell == nil {
		return nil
	}
	return &teller{tell: tell}
}

// take has progress told of: at once, or when it is time again.
func (t *teller) take(p Progress) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.newest = p
	if t.due == nil && t.say() {
		t.due = time.AfterFunc(tellEvery, t.again)
	}
}

func (t *teller) again() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.due = nil
	if !t.ended && t.say() {
		t.due = time.AfterFunc(tellEvery, t.again)
	}
}

// say tells what is new.
func (t *teller) say() bool {
	if t.newest == t.told {
		return false
	}
	t.told = t.newest
	t.tell(t.newest)
	return true
}

// end: nothing is told after it returns.
func (t *teller) end() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if t.due != nil {
		t.due.Stop()
	}
}
