package operation

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/home"
	"microtui/model"
)

const (
	// reserved is set aside on the disk for the events of an operation when it
	// is recorded, so that a disk that is full cannot stop it half-way.
	reserved = 256 << 10
	// spare is set aside for the record of an operation that is to make room on
	// a disk that is full.
	spare = 1 << 20
	// kept is how many operations are remembered.
	kept = 200
	// abandoned is how old a record without a plan has to be for nobody to be
	// writing it any more.
	abandoned = time.Hour
)

// Create records what is asked for, on disk when it returns, with room for its
// events. Nothing is done yet.
//
// Until asked is called, or this process ends, it counts as running: who asks
// is about to have it begun. After that an executor has to work on it.
func (f Folder) Create(request model.Request) (h Header, asked func(), err error) {
	if err := home.Make(f.home); err != nil {
		return Header{}, nil, f.recordError(err)
	}
	if err := home.MakeFolder(f.operations(), home.ClosedMode); err != nil {
		return Header{}, nil, f.recordError(err)
	}
	h = Header{Plan: request.Plan, By: request.By, At: time.Now().UTC(), Environment: request.Environment}
	asking, err := f.record(&h)
	if IsFull(err) && os.Remove(f.spare()) == nil {
		asking, err = f.record(&h)
	}
	if err != nil {
		return Header{}, nil, f.recordError(err)
	}
	f.makeSpare()
	f.forgetOld()
	return h, func() { asking.Close() }, nil
}

// recordError says what to do where the disk is full and nothing is left that
// was set aside, as before the first operation.
func (f Folder) recordError(err error) error {
	if IsFull(err) {
		return fmt.Errorf("record operation: the disk of %s is full, %d KB are needed: %s: %w", f.home, spare>>10, model.MakeRoom, unix.ENOSPC)
	}
	return fmt.Errorf("record operation: %w", err)
}

// IsFull reports whether a disk, or what a quota leaves of it, is used up.
func IsFull(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }

func (f Folder) spare() string { return filepath.Join(f.home, spareFile) }

// record makes the record of an operation, or nothing.
func (f Folder) record(h *Header) (asking *os.File, err error) {
	id, err := f.makeFolder(h.At)
	if err != nil {
		return nil, err
	}
	h.ID = id
	if asking, err = f.write(*h); err != nil {
		f.remove(id)
	}
	return asking, err
}

// makeFolder makes the folder of an operation, under an id that no other has:
// two may begin in one second.
func (f Folder) makeFolder(at time.Time) (id string, err error) {
	for range 100 {
		id = newID(at)
		if err = os.Mkdir(f.path(id, ""), 0o700); !errors.Is(err, fs.ErrExist) {
			return id, err
		}
	}
	return "", err
}

func newID(now time.Time) string {
	var random [2]byte
	_, _ = rand.Read(random[:]) // never fails, since Go 1.24
	return fmt.Sprintf("%s-%x", now.UTC().Format("20060102-150405"), random)
}

// write writes what is asked for, and gives the plan, claimed for who asks.
func (f Folder) write(h Header) (asking *os.File, err error) {
	text, err := json.MarshalIndent(recorded{schema, h.ID, h.By, h.At, h.Plan, h.Environment}, "", "\t")
	if err != nil {
		return nil, err
	}
	if err := reserve(f.path(h.ID, stepsFile), reserved); err != nil {
		return nil, err
	}
	// The events are claimed until the plan is, so that it is at no moment nobody's.
	steps, err := openClaimed(f.path(h.ID, stepsFile))
	if err != nil {
		return nil, err
	}
	defer steps.Close()
	// The plan last: a folder without one is no operation yet.
	if err := writeWhole(f.path(h.ID, planFile), append(text, '\n')); err != nil {
		return nil, err
	}
	asking, err = openClaimed(f.path(h.ID, planFile))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(home.SyncFolder(f.path(h.ID, "")), home.SyncFolder(f.operations())); err != nil {
		asking.Close()
		return nil, err
	}
	return asking, nil
}

// makeSpare makes the file that is given up when the disk is full. That it
// cannot be made matters only then.
func (f Folder) makeSpare() {
	if _, err := os.Lstat(f.spare()); errors.Is(err, fs.ErrNotExist) && reserve(f.spare(), spare) != nil {
		os.Remove(f.spare())
	}
}

// remove takes away the record of an operation. Each file is named: nothing
// else is ever removed here.
func (f Folder) remove(id string) {
	for _, file := range []string{planFile, planFile + unfinished, stepsFile, outputFile} {
		os.Remove(f.path(id, file))
	}
	os.Remove(f.path(id, ""))
}

// forgetOld removes the oldest records of operations that have ended, and those
// that never came to be whole.
func (f Folder) forgetOld() {
	ids, err := f.ids()
	if err != nil {
		return
	}
	ids = slices.DeleteFunc(ids, func(id string) bool {
		abandoned := f.isAbandoned(id)
		if abandoned {
			f.remove(id)
		}
		return abandoned
	})
	for n := 0; n < len(ids)-kept; n++ {
		if o, err := f.Read(ids[n]); err == nil && !o.EndedAt.IsZero() {
			f.remove(ids[n])
		}
	}
}

// isAbandoned reports whether whoever began to write a record has not come to
// its plan, and is not at it any more.
func (f Folder) isAbandoned(id string) bool {
	if _, err := os.Lstat(f.path(id, planFile)); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	status, err := os.Lstat(f.path(id, ""))
	return err == nil && time.Since(status.ModTime()) > abandoned
}
