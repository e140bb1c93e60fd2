package storage

import (
	"context"
	"maps"
	"slices"
	"time"

	"microtui/model"
)

const (
	// pathLimit is how long one path may take.
	pathLimit = 500 * time.Millisecond
	// maxStuck is how many paths may be waited for. When that many do not
	// answer, no other is asked.
	maxStuck = 8

	noAnswer model.Raw = "no answer: what it lies on hangs"
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
		answered, back := lookAt(ctx, paths, begin(), answers)
		if answered < len(paths) && ctx.Err() == nil {
			if l.stuck == nil {
				l.stuck = make(map[model.Raw]<-chan struct{})
			}
			l.stuck[paths[answered]] = back
			answered++
		}
		paths = paths[answered:]
	}
	return answers
}

// lookAt looks at paths in their order until one does not answer in time, and
// tells how many did; back is closed when that one has come back.
func lookAt[T any](ctx context.Context, paths []model.Raw, look func(model.Raw) T, answers map[model.Raw]T) (answered int, back <-chan struct{}) {
	results, over, done := make(chan T), make(chan struct{}), make(chan struct{})
	defer close(over)
	go func() {
		defer close(done)
		for _, path := range paths {
			select {
			case results <- look(path):
			case <-over:
				return
			}
		}
	}()
	timer := time.NewTimer(pathLimit)
	defer timer.Stop()
	for ; answered < len(paths); answered++ {
		timer.Reset(pathLimit)
		select {
		case result := <-results:
			answers[paths[answered]] = result
		case <-timer.C:
			return answered, done
		case <-ctx.Done():
			return answered, done
		}
	}
	return answered, done
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
