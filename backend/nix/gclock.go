package nix

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/wait"
	"microtui/model"
)

// lookEvery is how often a garbage collection is asked whether it has ended.
const lookEvery = 200 * time.Millisecond

// awaitNoCollection waits until nix collects no garbage, and keeps it from
// beginning to until release is called.
//
// A collection reads the roots one after the other: it misses a link that is
// made behind its back, and may come too late to the one that named the same
// path before. It holds this lock, alone, from before it reads the first root
// to its end (nix 2.4 to 2.34, src/libstore/gc.cc). So whoever has made a link
// under the lock may remove others at any time afterwards.
func (r Roots) awaitNoCollection(ctx context.Context) (release func(), err error) {
	path := r.state + "/gc.lock"
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open nix's lock %s: %w", path, kindOf(err))
	}
	err = tryShared(fd)
	if errors.Is(err, unix.EWOULDBLOCK) && r.Waits != nil {
		r.Waits("waiting for Nix to finish garbage collection")
	}
	for errors.Is(err, unix.EWOULDBLOCK) {
		if err = tryShared(fd); errors.Is(err, unix.EWOULDBLOCK) && !wait.Pause(ctx, lookEvery) {
			err = fmt.Errorf("wait for Nix to finish garbage collection: %w", ctx.Err())
		}
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return func() { unix.Close(fd) }, nil
}

func tryShared(fd int) error {
	for {
		err := unix.Flock(fd, unix.LOCK_SH|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// kindOf says of what kind an error of the system is.
func kindOf(err error) error {
	if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
		return fmt.Errorf("%w: %w", model.ErrDenied, err)
	}
	return err
}
