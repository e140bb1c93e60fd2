package statedir

import (
	"cmp"
	"context"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
	"microtui/model/order"
)

// sizes knows what directories hold on disk. It measures them one by one, in
// a goroutine that ends when nothing is due.
type sizes struct {
	mu      sync.Mutex
	known   map[model.FileID]size
	stop    context.CancelFunc
	done    chan struct{} // closed when the goroutine has ended; nil: none runs
	pending []job
}

// size is what was measured; bytes is nil where that was given up.
type size struct {
	bytes *uint64
	at    time.Time
	took  time.Duration
}

type job struct {
	parent model.Raw
	name   model.Raw
	id     model.FileID
	last   time.Time
}

// A size is measured again after sizeAge, or so late that measuring takes no
// more than a hundredth of the time.
const (
	sizeAge   = time.Minute
	sizeShare = 100
)

func (s size) due(now time.Time) bool { return now.Sub(s.at) > max(sizeAge, sizeShare*s.took) }

// fill sets the sizes that are known and has the others measured.
func (s *sizes) fill(dir *model.StateDir) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	known := make(map[model.FileID]size, len(dir.Directories))
	var pending []job
	for i := range dir.Directories {
		d := &dir.Directories[i]
		if d.ID == (model.FileID{}) {
			continue // it could not be looked at
		}
		have, ok := s.known[d.ID]
		if ok {
			known[d.ID] = have
			d.Bytes = have.bytes
		}
		if !ok || have.due(now) {
			pending = append(pending, job{dir.Path, d.Name, d.ID, have.at})
		}
	}
	s.known = known
	order.By(pending, func(a, b *job) int { return cmp.Compare(a.last.UnixNano(), b.last.UnixNano()) })
	s.pending = pending
	if len(pending) > 0 && s.done == nil {
		ctx, stop := context.WithCancel(context.Background())
		s.stop, s.done = stop, make(chan struct{})
		go s.work(ctx)
	}
}

func (s *sizes) work(ctx context.Context) {
	for {
		s.mu.Lock()
		if len(s.pending) == 0 || ctx.Err() != nil {
			s.stop()
			close(s.done)
			s.stop, s.done = nil, nil
			s.mu.Unlock()
			return
		}
		next := s.pending[0]
		s.pending = s.pending[1:]
		// It may have been under way when it was asked for.
		have, ok := s.known[next.id]
		s.mu.Unlock()
		if ok && !have.due(time.Now()) {
			continue
		}

		start := time.Now()
		bytes, ok := measure(ctx, next)
		found := size{at: time.Now(), took: time.Since(start)}
		if ok {
			found.bytes = &bytes
		}
		s.mu.Lock()
		if s.known != nil && ctx.Err() == nil {
			s.known[next.id] = found
		}
		s.mu.Unlock()
	}
}

func (s *sizes) wait(ctx context.Context) error {
	s.mu.Lock()
	done := s.done
	s.mu.Unlock()
	if done == nil {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// closeTime is how long close waits: a file system that does not answer must
// not hold up the end of the program.
const closeTime = time.Second

func (s *sizes) close() {
	s.mu.Lock()
	done := s.done
	if s.stop != nil {
		s.stop()
	}
	s.mu.Unlock()
	if done == nil {
		return
	}
	select {
	case <-done:
	case <-time.After(closeTime):
	}
}

// measure opens the directory that a job is about, if it is still that one.
func measure(ctx context.Context, j job) (bytes uint64, ok bool) {
	parent, err := unix.Open(string(j.parent), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, false
	}
	defer unix.Close(parent)
	fd, err := openFolder(parent, string(j.name))
	if err != nil {
		return 0, false
	}
	if st, err := filesystem.StatFD(fd); err != nil || st.ID != j.id {
		unix.Close(fd)
		return 0, false
	}
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	return sum(ctx, fd)
}
