package trash

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Quarantine moves the directory of a new entry, Name in the state directory,
// into the trash and returns the entry as it was recorded: with From and Place
// filled in. The record is on disk before the directory is moved.
//
// It is done under the eyes of whoever can rename what lies in the state
// directory. So what was moved is looked at afterwards; if it is not Directory
// it goes back to its name, and the error wraps [model.ErrStale]. A directory
// that cannot be moved at all is [model.ErrRefused]. In both cases no entry
// stays.
//
// Where another process was interrupted at it, calling it again with the same
// entry finds out how far that came, and goes on. An entry that was moved
// already is returned as it is recorded.
func (t Trash) Quarantine(entry model.TrashEntry) (model.TrashEntry, error) {
	entry, err := t.new(entry)
	if err != nil {
		return entry, err
	}
	e, err := t.load(entry.ID, true)
	if err != nil {
		return entry, err
	}
	defer e.close()
	if err := e.begin(entry); err != nil {
		return entry, err
	}
	if e.at == nil {
		err = e.move()
	}
	if err == nil {
		err = e.settle()
	}
	if err != nil && e.at == nil {
		err = joined(err, e.drop())
	}
	return e.record, err
}

// new is an entry as it is recorded first.
func (t Trash) new(entry model.TrashEntry) (model.TrashEntry, error) {
	entry.From, entry.Place = model.Raw(filepath.Join(t.paths.StateDir, string(entry.Name))), ""
	entry.Missing, entry.Deleting = false, false
	if !isName(string(entry.Name)) || entry.Directory == (model.FileID{}) {
		return entry, refusef("%q is not a known VM directory", entry.Name)
	}
	return entry, nil
}

// begin records the entry, or checks that the record is of the same one. What has
// changed since it was prepared is recorded anew.
func (e *entry) begin(wanted model.TrashEntry) error {
	switch {
	case e.recorded() && (e.record.From != wanted.From || e.record.Directory != wanted.Directory):
		return refusef("trash entry %s belongs to %s", e.id, e.record.From)
	case e.recorded() && e.record.Place != "" && e.at == nil:
		return refusef("%s was moved to %s, but is not there", e.record.From, e.record.Place)
	case e.recorded() && e.at != nil:
		return nil
	case e.at != nil:
		return refusef("%s has no record", e.place())
	}
	if err := e.main.fits(wanted, e.id); err != nil {
		return refusef("%w", err)
	}
	subvolume, err := e.subvolume(wanted)
	if err != nil {
		return err
	}
	wanted.Subvolume = model.Raw(subvolume)
	if e.recorded() && isSame(e.record, wanted) {
		return nil
	}
	again := e.recorded()
	e.record = wanted
	if err := e.write(); err != nil || !again {
		return err
	}
	_ = e.setAside() // without, it may find the disk full, and the directory goes back
	return nil
}

// isSame reports whether two entries are recorded alike.
func isSame(a, b model.TrashEntry) bool {
	one, err := json.Marshal(a)
	other, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(one, other)
}

// subvolume is that of the directory that is to be moved, as far as it is there.
func (e *entry) subvolume(wanted model.TrashEntry) (string, error) {
	from, err := openPath(stateDirOf(wanted))
	if err != nil {
		return "", err
	}
	defer from.close()
	return from.subvolumeAt(string(wanted.Name), wanted.Directory)
}

// move renames the directory into the trash: to the program's own folder, or,
// where only a copy could get there, to one beside it.
func (e *entry) move() error {
	from, err := openPath(stateDirOf(e.record))
	if err != nil {
		return err
	}
	defer from.close()
	// What moves in the next moment is seen afterwards. This spares those who
	// use the wrong directory its absence.
	switch st, err := statAt(from.fd, string(e.record.Name)); {
	case isAbsent(err):
		return stalef("%s is gone", e.record.From)
	case err != nil:
		return fmt.Errorf("stat %s: %w", e.record.From, err)
	case st.ID != e.record.Directory:
		return stalef("%s is not the same directory as before", e.record.From)
	}
	err = e.moveTo(from, e.main)
	if errors.Is(err, unix.EXDEV) {
		if err := e.openBeside(); err != nil {
			return err
		}
		err = e.moveTo(from, e.beside)
	}
	if err != nil {
		return explainMove(e.record, err)
	}
	return joined(from.sync(), e.at.sync())
}

// openBeside makes the entry's folder beside the other directories, with a
// record of its own in it.
func (e *entry) openBeside() error {
	if e.beside == nil {
		beside, err := openBeside(stateDirOf(e.record), e.id, true)
		if err != nil {
			return err
		}
		e.beside = &beside
	}
	return e.beside.write(e.record)
}

func (e *entry) moveTo(from folder, to *folder) error {
	name := string(e.record.Name)
	if err := unix.Renameat2(from.fd, name, to.fd, stateName, unix.RENAME_NOREPLACE); err != nil {
		return err
	}
	return e.look(to)
}

// explainMove says why a directory cannot be renamed.
func explainMove(e model.TrashEntry, err error) error {
	switch {
	case isAbsent(err):
		return stalef("%s is gone", e.From)
	case errors.Is(err, unix.EBUSY):
		return refusef("%s is a mount point and cannot be moved", e.From)
	case errors.Is(err, unix.EXDEV):
		return refusef("%s cannot be moved within its file system: it is a separate dataset, a lower layer, or has a quota", e.From)
	case errors.Is(err, unix.ENOTEMPTY):
		return refuseStub(string(e.From))
	case errors.Is(err, unix.EINVAL):
		return refusef("the file system of %s cannot rename without replacing, so it could not be restored safely", e.From)
	case errors.Is(err, unix.EPERM):
		return refusef("%s cannot be moved: it or its parent directory is immutable or append-only", e.From)
	case errors.Is(err, unix.EROFS):
		return refusef("the file system of %s is read-only", e.From)
	}
	return fmt.Errorf("move %s to the trash: %w", e.From, err)
}

// settle looks at what lies in the trash: the right directory stays, and the
// record says so; another one goes back.
func (e *entry) settle() error {
	if e.name == deletingName {
		return refusef("the deletion of %s has begun", e.record.From)
	}
	right, err := e.isMeant()
	if err != nil {
		return err
	}
	if right {
		return e.finish()
	}
	if e.record.Place != "" {
		return stalef("%s is not the directory that was moved there", e.record.Place)
	}
	if err := e.moveBack(); err != nil {
		return err
	}
	return stalef("another directory was at %s at that moment; it was moved back", e.record.From)
}
