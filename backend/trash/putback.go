package trash

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// PutBack moves the directory of an entry back to the path that it had, and
// forgets the entry. It refuses where that name is taken, and where the
// directory's deletion was begun; the entry stays then.
//
// It can be called again after it was interrupted, and takes back a
// [Trash.Quarantine] that was interrupted: there it puts back whatever was
// moved. An entry that is not known has nothing to put back.
func (t Trash) PutBack(id string) error {
	e, err := t.load(id, false)
	if isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer e.close()
	switch {
	case e.at != nil && !e.recorded():
		return refusef("%s has no record, so it is unknown where it belongs", e.place())
	case e.at == nil:
		return e.putBackBefore()
	case e.name == deletingName:
		return refusef("the deletion of %s has begun: what is left of it is in %s", e.record.From, e.at.path)
	}
	right, err := e.isMeant()
	if err != nil {
		return err
	}
	if !right && e.record.Place != "" {
		return stalef("%s is not the directory that was moved there", e.record.Place)
	}
	if err := e.moveBack(); err != nil {
		return err
	}
	return e.drop()
}

// putBackBefore ends what an earlier call began: the directory is not in the
// trash any more, or never was. Where it is not at its name either, it may lie
// beside the others on a file system that is not mounted, as after a power loss,
// and its record is all that tells of it: that stays.
func (e *entry) putBackBefore() error {
	if e.recorded() {
		parent, err := openPath(stateDirOf(e.record))
		if err != nil {
			return err
		}
		defer parent.close()
		if st, err := statAt(parent.fd, string(e.record.Name)); err != nil || st.ID.Ino != e.record.Directory.Ino {
			return fmt.Errorf("%w: %s is gone, but not in the trash: is its file system mounted?", model.ErrUnknown, e.record.From)
		}
	}
	return e.drop()
}

// moveBack renames what is in the trash to the name that it had. Nothing is
// there afterwards, which is on disk when this returns.
func (e *entry) moveBack() error {
	to, err := openPath(stateDirOf(e.record))
	if err != nil {
		return err
	}
	defer to.close()
	err = unix.Renameat2(e.at.fd, e.name, to.fd, string(e.record.Name), unix.RENAME_NOREPLACE)
	switch {
	case errors.Is(err, unix.EEXIST):
		return refusef("%s exists again: move it away, then restore %s", e.record.From, e.place())
	case errors.Is(err, unix.EXDEV):
		return refusef("%s is now on a different file system than %s: move it by hand", e.place(), e.record.From)
	case err != nil:
		return fmt.Errorf("move %s back to %s: %w", e.place(), e.record.From, err)
	}
	err = joined(to.sync(), e.at.sync())
	e.at, e.name = nil, ""
	return err
}
