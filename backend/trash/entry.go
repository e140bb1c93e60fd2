package trash

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// entry is an entry of the trash, opened: its record, its folders, and what
// lies in them.
type entry struct {
	trash  Trash
	id     string
	record model.TrashEntry // the zero value: there is none
	main   *folder          // RECORD/trash/ID; nil: not there
	beside *folder          // STATEDIR/.microtui-trash/ID; nil: not there, or not needed
	at     *folder          // which of them holds the directory; nil: neither
	name   string           // stateName or deletingName
	what   stat             // of the directory
}

// load opens an entry. One that is not there is made if wanted, else the error
// is ENOENT.
func (t Trash) load(id string, make bool) (*entry, error) {
	if !isID(id) {
		return nil, fmt.Errorf("%w: no trash entry %q", model.ErrUnknown, id)
	}
	e := &entry{trash: t, id: id}
	err := e.openMain(make)
	if err == nil {
		err = e.find()
	}
	if err == nil && e.main == nil && e.beside == nil {
		err = unix.ENOENT
	}
	if err != nil {
		if make && e.main != nil && !e.recorded() {
			_ = e.main.removeEmpty() // it holds something, or was made just now
		}
		e.close()
		return nil, err
	}
	return e, nil
}

// openMain opens the entry's folder in the program's own; where there is none,
// and none is to be made, that is no error.
func (e *entry) openMain(make bool) error {
	all, err := e.trash.open(make)
	if isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer all.close()
	main, err := all.openOwn(e.id, closedMode, make)
	if isAbsent(err) {
		return nil
	}
	if err == nil {
		e.main = &main
	}
	return err
}

// folders are those of the entry's folders that are there: in the one beside
// the other directories first, whose record wins.
func (e *entry) folders() []*folder {
	return slices.DeleteFunc([]*folder{e.beside, e.main}, func(f *folder) bool { return f == nil })
}

func (e *entry) close() {
	for _, f := range e.folders() {
		f.close()
	}
}

// recorded reports whether the entry has a record.
func (e *entry) recorded() bool { return e.record.ID != "" }

// write records the entry, in each of its folders: the program's own may be
// gone at the next boot.
func (e *entry) write() error {
	for _, f := range e.folders() {
		if err := f.write(e.record); err != nil {
			return err
		}
	}
	return nil
}

// find reads the record and looks for the directory: in the entry's own folder
// and beside the other directories. The record of an entry that was not
// finished names no place.
func (e *entry) find() error {
	if e.main != nil {
		record, err := e.main.read(e.id)
		if err != nil && !isAbsent(err) {
			return err
		}
		e.record = record
		if err := e.look(e.main); err != nil {
			return err
		}
	}
	if e.at != nil {
		return e.refuseTwice()
	}
	return e.findBeside()
}

// findBeside looks beside the other directories: of the state directory that
// the entry was taken from, and of the present one, which may be the same under
// another path.
func (e *entry) findBeside() error {
	from := []string{e.trash.paths.StateDir}
	if e.recorded() && stateDirOf(e.record) != from[0] {
		from = append(from, stateDirOf(e.record))
	}
	for _, stateDir := range from {
		beside, err := openBeside(stateDir, e.id, false)
		if isAbsent(err) {
			continue
		}
		if err != nil {
			return err
		}
		e.beside = &beside
		record, err := beside.readIn(stateDir, e.id)
		switch {
		case err == nil:
			e.record = record
		case !isAbsent(err):
			return err
		}
		return e.look(e.beside)
	}
	return nil
}

// refuseTwice refuses an entry whose directory is in the program's own folder,
// where another one has its name beside the other directories: that one came
// from another host.
func (e *entry) refuseTwice() error {
	beside, err := openBeside(e.trash.paths.StateDir, e.id, false)
	if err != nil {
		return nil // what cannot be looked at keeps nobody from this one
	}
	defer beside.close()
	if _, err := statAt(beside.fd, stateName); err != nil {
		return nil
	}
	return refusef("two directories in the trash have the ID %s: %s and %s; rename one of them", e.id, e.place(), beside.place())
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
			return fmt.Errorf("stat %s/%s: %w", in.path, name, err)
		}
	}
	return nil
}

// place is where the directory is.
func (e *entry) place() model.Raw { return model.Raw(filepath.Join(e.at.path, e.name)) }

// isMeant reports whether what lies there is the directory that was to be
// moved. The number of a device may be another after a boot, so it is compared
// with that of the folder: what was renamed to there is on its file system. Only
// a subvolume has another one; its UUID tells.
func (e *entry) isMeant() (bool, error) {
	if e.record.Subvolume != "" {
		subvolume, err := e.at.subvolumeAt(e.name, model.FileID{})
		return subvolume == string(e.record.Subvolume), err
	}
	self, err := statFD(e.at.fd)
	if err != nil {
		return false, fmt.Errorf("stat %s: %w", e.at.path, err)
	}
	return e.what.Is(unix.S_IFDIR) && e.what.ID.Ino == e.record.Directory.Ino && e.what.ID.Dev == self.ID.Dev, nil
}

// finish notes in the record where the directory is: it is the right one.
func (e *entry) finish() error {
	if e.record.Place == e.place() {
		return nil
	}
	e.record.Place = e.place()
	return e.write()
}

// drop removes the entry, of which no directory is left: it looks once more,
// since without its record a directory could not be brought back. The record
// goes when nothing else is there, and the folder of the record last.
func (e *entry) drop() error {
	for _, f := range e.folders() {
		if err := e.look(f); err != nil {
			return err
		}
		if e.at != nil {
			return refusef("%s still exists", e.place())
		}
	}
	for _, f := range e.folders() {
		if err := f.removeRecord(); err != nil {
			return err
		}
	}
	return nil
}

// removeRecord removes a record, and the folder that held nothing else.
func (f folder) removeRecord() error {
	for _, name := range []string{newName, recordName} {
		if err := unix.Unlinkat(f.fd, name, 0); err != nil && !isAbsent(err) {
			return fmt.Errorf("remove %s/%s: %w", f.path, name, err)
		}
	}
	return f.removeEmpty()
}

// removeEmpty removes a folder of ours that is empty. The folder that it is in
// is ours as well, so nobody can have put another one in its place.
func (f folder) removeEmpty() error {
	parent, err := openat2(f.fd, "..", noLinks)
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

// Complete puts the record of each entry beside its directory, where it is not
// there yet: earlier versions kept it in the program's folder alone.
func (t Trash) Complete() error {
	ids, faults := t.ids()
	for _, id := range ids {
		e, err := t.load(id, false)
		if isAbsent(err) {
			continue
		}
		if err == nil {
			if e.recorded() && e.at != nil && e.at == e.beside {
				_, err = statAt(e.beside.fd, recordName)
				if isAbsent(err) {
					err = e.beside.write(e.record)
				}
			}
			e.close()
		}
		faults = append(faults, err)
	}
	return joined(faults...)
}

// Sweep does, for operations that are over, what a disk that was full or went away
// kept them from: it drops the entries that were prepared and never got a
// directory, and writes where the others are. An entry that cannot be read stays,
// and the error tells of it.
func (t Trash) Sweep(isOver func(operation string) bool) error {
	ids, faults := t.ids()
	for _, id := range ids {
		operation, _, _ := strings.Cut(id, ".")
		if !isOver(operation) {
			continue
		}
		e, err := t.load(id, false)
		if isAbsent(err) {
			continue
		}
		if err == nil {
			err = e.sweep()
			e.close()
		}
		faults = append(faults, err)
	}
	return joined(faults...)
}

// sweep ends what an operation left half done.
func (e *entry) sweep() error {
	if e.at == nil && e.record.Place == "" {
		return e.drop()
	}
	if e.at == nil || !e.recorded() {
		return nil
	}
	if right, err := e.isMeant(); err != nil || !right {
		return err
	}
	if err := e.finish(); err != nil {
		return err
	}
	for _, f := range e.folders() { // the room that was set aside, and not used
		if err := unix.Unlinkat(f.fd, newName, 0); err != nil && !isAbsent(err) {
			return fmt.Errorf("remove %s/%s: %w", f.path, newName, err)
		}
	}
	return nil
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
