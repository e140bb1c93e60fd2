package trash

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
	"microtui/model/order"
)

// snapshotsName is the folder of the snapshots, in the state directory: a copy
// takes a volume's place by a rename, which no file system has across two.
//
//	STATEDIR/.microtui-snapshots/ID/entry.json   the record
//	STATEDIR/.microtui-snapshots/ID/0, 1, …      its files, in the record's order
const snapshotsName = ".microtui-snapshots"

// Snapshots are those beside the VMs' directories. Like a [Trash] it holds
// nothing open, and takes no locks.
type Snapshots struct{ stateDir string }

// OpenSnapshots gives the snapshots in a state directory, whose path is absolute
// and has no symbolic links in it. It touches nothing.
func OpenSnapshots(stateDir string) (Snapshots, error) {
	if !isClean(stateDir) || stateDir == "/" {
		return Snapshots{}, fmt.Errorf("open snapshots: %q is not an absolute path", stateDir)
	}
	return Snapshots{stateDir}, nil
}

// kept is a snapshot, opened.
type kept struct {
	folder
	id       string
	stateDir string
	record   model.Snapshot // the zero value: there is none
}

func (s Snapshots) folder(make bool) (folder, error) {
	parent, err := openPath(s.stateDir)
	if err != nil {
		return folder{}, err
	}
	defer parent.close()
	return parent.openOwn(snapshotsName, closedMode, make)
}

// load opens a snapshot. One that is not there is made if wanted, else the error
// is ENOENT.
func (s Snapshots) load(id string, make bool) (*kept, error) {
	if !isID(id) {
		return nil, fmt.Errorf("%w: no snapshot %q", model.ErrUnknown, id)
	}
	all, err := s.folder(make)
	if err != nil {
		return nil, err
	}
	defer all.close()
	own, err := all.openOwn(id, closedMode, make)
	if err != nil {
		return nil, err
	}
	k := &kept{folder: own, id: id, stateDir: s.stateDir}
	if err := k.read(); err != nil {
		k.close()
		return nil, err
	}
	return k, nil
}

// read reads the record, and checks what paths are made of.
func (k *kept) read() error {
	var record model.Snapshot
	err := k.parseInto(&record)
	if isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	bad := func(what string) error { return fmt.Errorf("read %s/%s: %w: %s", k.path, recordName, errBad, what) }
	if record.ID != k.id {
		return bad(fmt.Sprintf("it belongs to %q", record.ID))
	}
	for _, file := range record.Files {
		if !isVolumePath(string(file.Path)) {
			return bad(fmt.Sprintf("%q is not the path of a volume", string(file.Path)))
		}
		if !isFileName(file.Name) {
			return bad(fmt.Sprintf("%q is not a file of a snapshot", file.Name))
		}
	}
	k.record = record
	return nil
}

func (k *kept) recorded() bool { return k.record.ID != "" }

// isWhole reports whether a snapshot is one that can be brought back.
func (k *kept) isWhole() bool { return k.recorded() && !k.record.Pending && !k.record.Deleting }

func (k *kept) write() error { return k.folder.write(k.record) }

// isVolumePath reports whether something can be the path of a volume: absolute,
// or below the state directory; never one of our own folders there.
func isVolumePath(path string) bool {
	if filepath.IsAbs(path) {
		return isClean(path) && path != "/"
	}
	first, _, deeper := strings.Cut(path, "/")
	return deeper && filepath.IsLocal(path) && filepath.Clean(path) == path && isName(first) && !strings.ContainsRune(path, 0)
}

// nameAt is the name of a snapshot's file.
func nameAt(at int) string { return strconv.Itoa(at) }

// isFileName reports whether a name is one of [nameAt].
func isFileName(name string) bool { return name != "" && strings.Trim(name, "0123456789") == "" }

// ids are those of all that lies in the folder of the snapshots.
func (s Snapshots) ids() ([]string, error) {
	all, err := s.folder(false)
	if isAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer all.close()
	names, err := all.names()
	slices.Sort(names)
	return slices.DeleteFunc(names, func(id string) bool { return !isID(id) }), err
}

// List tells of all snapshots that are whole, and of those whose deletion was
// begun, by time. What cannot be read is told of by the error, and does not hide
// the others.
func (s Snapshots) List() ([]model.Snapshot, error) {
	ids, err := s.ids()
	faults := []error{err}
	var found []model.Snapshot
	for _, id := range ids {
		k, err := s.load(id, false)
		if isAbsent(err) {
			continue
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		k.close()
		if k.recorded() && !k.record.Pending && len(k.record.Files) > 0 {
			found = append(found, k.record)
		}
	}
	order.By(found, func(a, b *model.Snapshot) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	return found, joined(faults...)
}

// Whole reports whether a snapshot is there, and finished.
func (s Snapshots) Whole(id string) (bool, error) {
	k, err := s.load(id, false)
	if isAbsent(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer k.close()
	return k.isWhole(), nil
}

// Drop takes back a [Snapshots.Take] that was not finished. One that is not there
// is dropped already.
func (s Snapshots) Drop(id string) error {
	k, err := s.load(id, false)
	if isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer k.close()
	if k.recorded() && !k.record.Pending {
		return refusef("snapshot %s is finished", id)
	}
	_, err = k.remove()
	return err
}

// Delete deletes a snapshot for good, and tells how many bytes that frees. It may
// be called again; one that is not there is deleted already.
func (s Snapshots) Delete(id string) (freed uint64, err error) {
	k, err := s.load(id, false)
	if isAbsent(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer k.close()
	if k.record.Pending {
		return 0, fmt.Errorf("%w: snapshot %s is in use", model.ErrBusy, id)
	}
	if k.recorded() && !k.record.Deleting {
		k.record.Deleting = true
		if err := k.write(); err != nil {
			return 0, err
		}
	}
	return k.remove()
}

// remove removes a snapshot, its files first and its record last.
func (k *kept) remove() (freed uint64, err error) {
	if freed, err = k.removeFiles(); err != nil {
		return freed, err
	}
	return freed, k.removeRecord()
}

// removeFiles removes the files of a snapshot.
func (k *kept) removeFiles() (freed uint64, err error) {
	if _, err := unix.Seek(k.fd, 0, unix.SEEK_SET); err != nil {
		return 0, fmt.Errorf("list %s: %w", k.path, err)
	}
	names, err := k.names()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if !isFileName(name) {
			continue
		}
		if st, err := statAt(k.fd, name); err == nil {
			freed += frees(st)
		}
		if err := unix.Unlinkat(k.fd, name, 0); err != nil && !isAbsent(err) {
			return freed, fmt.Errorf("remove %s/%s: %w", k.path, name, err)
		}
	}
	return freed, k.sync()
}

// Sweep ends what operations that are over left half done: copies that were not
// finished go, and volumes that a restore has put aside are a snapshot.
func (s Snapshots) Sweep(isOver func(operation string) bool) error {
	ids, err := s.ids()
	faults := []error{err}
	for _, id := range ids {
		operation, _, _ := strings.Cut(id, ".")
		if !isOver(operation) {
			continue
		}
		k, err := s.load(id, false)
		if isAbsent(err) {
			continue
		}
		if err == nil {
			err = k.sweep()
			k.close()
		}
		faults = append(faults, err)
	}
	return joined(faults...)
}

func (k *kept) sweep() error {
	switch aside := k.holdsVolumes(); {
	case k.recorded() && !k.record.Pending && len(k.record.Files) > 0:
		return nil
	case aside:
		return k.finish()
	}
	_, err := k.remove()
	return err
}
