package trash

import (
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// entry is an entry of the trash, opened: its record, its folders, and what
// lies in them.
type entry struct {
	trash  Trash
	id     string
	record model.TrashEntry // the zero value: there is none
	main   folder           // RECORD/trash/ID
	beside *folder          // STATEDIR/.microtui-trash/ID; nil: not there, or not needed
	at     *folder          // which of them holds the directory; nil: neither
	name   string           // stateName or deletingName
	what   stat             // of the directory
}

// load opens an entry. One that is not there is made if wanted, else the error
// is ENOENT.
func (t Trash) load(id string, make bool) (*entry, error) {
	if !isID(id) {
		return nil, fmt.Errorf("%w: there is no trash entry %q", model.ErrUnknown, id)
	}
	all, err := t.open(make)
	if err != nil {
		return nil, err
	}
	defer all.close()
	return t.loadFrom(all, id, make)
}

func (t Trash) loadFrom(all folder, id string, make bool) (*entry, error) {
	main, err := all.openOwn(id, closedMode, make)
	if err != nil {
		return nil, err
	}
	e := &entry{trash: t, id: id, main: main}
	if err := e.find(); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func (e *entry) close() {
	e.main.close()
	if e.beside != nil {
		e.beside.close()
	}
}

// recorded reports whether the entry has a record.
func (e *entry) recorded() bool { return e.record.ID != "" }

// find reads the record and looks for the directory: in the entry's own folder
// and, where it can be, beside the other directories. The record of an entry
// that was not finished names no place.
func (e *entry) find() error {
	record, err := e.main.read(e.id)
	if err != nil && !isAbsent(err) {
		return err
	}
	e.record = record
	if err := e.look(&e.main); err != nil || !e.recorded() || e.at != nil || e.record.Place == e.main.place() {
		return err
	}
	beside, err := openBeside(stateDirOf(e.record), e.id, false)
	if isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	e.beside = &beside
	return e.look(e.beside)
}

// look looks for the directory in one folder.
func (e *entry) look(in *folder) error {
	for _, name := range []string{stateName, deletingName} {
		st, err := statAt(in.fd, name)
		if err == nil {
			e.at, e.name, e.what = in, name, st
			return nil
		}
		if !isAbsent(err) {
			return fmt.Errorf("look at %s/%s: %w", in.path, name, err)
		}
	}
	return nil
}

// place is where the directory is.
func (e *entry) place() model.Raw { return model.Raw(filepath.Join(e.at.path, e.name)) }

// isMeant reports whether what lies there is the directory that was to be
// moved. The number of a device may be another after a boot, so it is compared
// with that of the folder: what was renamed to there is on its file system.
func (e *entry) isMeant() (bool, error) {
	self, err := statFD(e.at.fd)
	if err != nil {
		return false, fmt.Errorf("look at %s: %w", e.at.path, err)
	}
	return e.what.is(unix.S_IFDIR) && e.what.id.Ino == e.record.Directory.Ino && e.what.id.Dev == self.id.Dev, nil
}

// finish notes in the record where the directory is: it is the right one.
func (e *entry) finish() error {
	if e.record.Place == e.place() {
		return nil
	}
	e.record.Place = e.place()
	return e.main.write(e.record)
}

// drop removes the entry, of which no directory is left: it looks once more,
// since without its record a directory could not be brought back. The record
// goes when nothing else is there, and the folder of the record last.
func (e *entry) drop() error {
	for _, folder := range []*folder{&e.main, e.beside} {
		if folder == nil {
			continue
		}
		if err := e.look(folder); err != nil {
			return err
		}
		if e.at != nil {
			return refusef("%s is still there", e.place())
		}
	}
	if e.beside != nil {
		if err := e.beside.removeEmpty(); err != nil {
			return err
		}
	}
	for _, name := range []string{recordName + ".new", recordName} {
		if err := unix.Unlinkat(e.main.fd, name, 0); err != nil && !isAbsent(err) {
			return fmt.Errorf("remove %s/%s: %w", e.main.path, name, err)
		}
	}
	return e.main.removeEmpty()
}

// removeEmpty removes a folder of ours that is empty. The folder that it is in
// is ours as well, so nobody can have put another one in its place.
func (f folder) removeEmpty() error {
	parent, err := openat2(f.fd, "..", folderFlags, noLinks)
	if err == nil {
		defer unix.Close(parent)
		err = unix.Unlinkat(parent, filepath.Base(f.path), unix.AT_REMOVEDIR)
	}
	if err == nil {
		err = unix.Fsync(parent)
	}
	if err != nil && !isAbsent(err) {
		return fmt.Errorf("remove %s: %w", f.path, err)
	}
	return nil
}

// Moved reports whether the directory of an entry was moved to the trash and is
// there, whole. An entry that is not known was not moved.
func (t Trash) Moved(id string) (bool, error) {
	e, err := t.load(id, false)
	if isAbsent(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer e.close()
	if !e.recorded() || e.at == nil || e.name != stateName {
		return false, nil
	}
	return e.isMeant()
}

// Drop forgets an entry whose directory is not in the trash; where it is, it
// refuses. An entry that is not known is forgotten already.
func (t Trash) Drop(id string) error {
	e, err := t.load(id, false)
	if isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer e.close()
	return e.drop()
}
