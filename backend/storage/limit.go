package storage

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"microtui/model"
)

const (
	// pathLimit is how long one path may take at least; it is noticed within
	// twice that.
	pathLimit = 250 * time.Millisecond
	// maxStuck is how many paths may be waited for. When that many do not
	// answer, no other is asked.
	maxStuck = 4

	noAnswer model.Raw = "no answer: its file system is not responding"
)

// limiter looks at paths, and leaves those to themselves that do not answer in
// time. They are not asked again before they have come back.
type limiter[T any] struct {
	stuck map[model.Raw]<-chan struct{} // closed when it has come back
}

// each gives the answers by path; a path that lacks there did not answer. begin
// makes what looks at paths: that is used in one goroutine, whatever becomes of
// the one before.
func (l *limiter[T]) each(ctx context.Context, paths []model.Raw, begin func() func(model.Raw) T) map[model.Raw]T {
	maps.DeleteFunc(l.stuck, func(_ model.Raw, back <-chan struct{}) bool { return isClosed(back) })
	paths = slices.DeleteFunc(slices.Clone(paths), func(path model.Raw) bool { return l.stuck[path] != nil })
	answers := make(map[model.Raw]T, len(paths))
	for len(paths) > 0 && len(l.stuck) < maxStuck && ctx.Err() == nil {
		t := &turn[T]{paths: paths, answers: make([]T, len(paths)), ended: make(chan struct{})}
		go t.run(begin())
		count := t.wait(ctx)
		for at, path := range paths[:count] {
			answers[path] = t.answers[at]
		}
		if count < len(paths) && ctx.Err() == nil {
			if l.stuck == nil {
				l.stuck = make(map[model.Raw]<-chan struct{})
			}
			l.stuck[paths[count]] = t.ended
			count++
		}
		paths = paths[count:]
	}
	return answers
}

// turn looks at paths in their order, in a goroutine that may never come back.
type turn[T any] struct {
	paths   []model.Raw
	answers []T
	count   atomic.Int64 // of the answers that are there, and stay as they are
	over    atomic.Bool  // nobody waits any more
	ended   chan struct{}
}

func (t *turn[T]) run(look func(model.Raw) T) {
	defer close(t.ended)
	for at, path := range t.paths {
		t.answers[at] = look(path)
		if t.over.Load() {
			return
		}
		t.count.Add(1)
	}
}

// wait returns how many paths have answered, when all have or one does not.
func (t *turn[T]) wait(ctx context.Context) int {
	defer t.over.Store(true)
	ticker := time.NewTicker(pathLimit)
	defer ticker.Stop()
	for before := int64(-1); ; {
		select {
		case <-t.ended:
			return len(t.paths)
		case <-ctx.Done():
			return int(t.count.Load())
		case <-ticker.C:
			count := t.count.Load()
			if count == before {
				return int(count)
			}
			before = count
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
