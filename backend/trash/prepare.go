package trash

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// setAside is the room on the disk that a record is written in, in bytes: more
// than one takes, but for evidence without an end.
const setAside = 64 << 10

// Prepare makes all of a new entry that takes room on a disk: its folders, its
// record, and room for the record to be written again. After that
// [Trash.Quarantine] of the same entry finds a disk that has become full no
// obstacle. It moves nothing, and may be called again; [Trash.Drop] takes it
// back. After an error nothing of it stays that was not there before. It reports
// whether the entry was made.
func (t Trash) Prepare(entry model.TrashEntry) (made bool, err error) {
	entry, err = t.new(entry)
	if err != nil {
		return false, err
	}
	e, err := t.load(entry.ID, true)
	if err != nil {
		return false, explainFull(err)
	}
	defer e.close()
	if e.at != nil {
		return false, nil // it was moved already
	}
	was := e.recorded()
	if err = e.begin(entry); err == nil {
		err = e.makePlace()
	}
	if err == nil {
		err = e.setAside()
	}
	if err != nil && !was {
		err = joined(err, e.drop())
	}
	return !was && err == nil, explainFull(err)
}

// makePlace makes the folder that the directory will be moved to. Where a rename
// into the entry's own is not possible only for a reason that nobody can see,
// the other one is made when it fails.
func (e *entry) makePlace() error {
	from, err := openPath(stateDirOf(e.record))
	if err != nil {
		return err
	}
	defer from.close()
	there, err := statFD(from.fd)
	here, err2 := statFD(e.main.fd)
	if err := joined(err, err2); err != nil {
		return fmt.Errorf("stat %s: %w", e.main.path, err)
	}
	if there.Mount == here.Mount && there.ID.Dev == here.ID.Dev {
		return nil
	}
	return e.openBeside()
}

// setAside sets room aside in each of the entry's folders.
func (e *entry) setAside() error {
	for _, f := range e.folders() {
		if err := f.setAside(); err != nil {
			return err
		}
	}
	return nil
}

// setAside sets room aside where the next record of an entry is written. ZFS and
// some others cannot.
func (f folder) setAside() error {
	fd, err := f.openNew()
	if err != nil {
		return fmt.Errorf("reserve space in %s: %w", f.path, err)
	}
	defer unix.Close(fd)
	err = unix.Fallocate(fd, unix.FALLOC_FL_KEEP_SIZE, 0, setAside)
	if err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
		return fmt.Errorf("reserve space in %s: %w", f.path, err)
	}
	return nil
}

// explainFull says what to do where there is no room.
func explainFull(err error) error {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return refusef("%w: %s", err, model.MakeRoom)
	}
	return err
}
