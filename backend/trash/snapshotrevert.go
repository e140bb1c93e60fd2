package trash

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Revert puts copies of a snapshot's files in the place of the volumes, which
// become the snapshot aside. A copy is made first and changes place with its
// volume then, in one instant. unused is asked about each volume before the first
// does and after the last has: its error is that somebody uses it, and puts all
// back. But where somebody uses a copy by then, the copies stay, since what is
// written to one that is taken away is lost: the volumes are kept aside.
//
// It may be called again after it was interrupted. [Snapshots.Reverted] tells
// whether anything was put in its place; [Snapshots.Unrevert] takes all back.
func (s Snapshots) Revert(ctx context.Context, id string, aside model.Snapshot, unused Unused, tell func(done, of uint64)) (model.Snapshot, error) {
	k, err := s.load(aside.ID, true)
	if err != nil {
		return aside, explainFull(err)
	}
	defer k.close()
	if k.isWhole() {
		return k.record, nil
	}
	if !k.isStaged() {
		if err := s.stage(ctx, k, id, aside, tell); err != nil {
			return aside, err
		}
	}
	if err := k.inPlaceUnused(unused); err != nil {
		return aside, err
	}
	err = k.swapAll()
	if err == nil {
		err = k.asideUnused(unused)
	}
	if err == nil {
		return k.record, k.finish()
	}
	if used := k.inPlaceUnused(unused); used != nil {
		return aside, joined(err, used)
	}
	return aside, joined(err, k.swapAllBack())
}

// Unused says who uses a file of a path; nil: nobody does.
type Unused func(path string, id model.FileID) error

// inPlaceUnused asks about what is in the places of the volumes.
func (k *kept) inPlaceUnused(unused Unused) error {
	for _, file := range k.record.Files {
		v, err := k.openVolume(file.Path)
		if err != nil {
			return err
		}
		v.close()
		if !v.isThere() {
			continue
		}
		if err := unused(v.where(), v.stat.ID); err != nil {
			return err
		}
	}
	return nil
}

// asideUnused asks about the volumes that have made room.
func (k *kept) asideUnused(unused Unused) error {
	for _, file := range k.record.Files {
		if file.Absent {
			continue
		}
		st, err := statAt(k.fd, file.Name)
		if err != nil {
			return fmt.Errorf("stat %s/%s: %w", k.path, file.Name, err)
		}
		if err := unused(k.path+"/"+file.Name, st.ID); err != nil {
			return err
		}
	}
	return nil
}

// isStaged reports whether all copies are made that are to take the place of
// volumes.
func (k *kept) isStaged() bool { return k.recorded() && k.record.Pending && len(k.record.Files) > 0 }

// stage makes the copies, and records what is to change places with what.
func (s Snapshots) stage(ctx context.Context, k *kept, id string, aside model.Snapshot, tell func(done, of uint64)) error {
	from, err := s.load(id, false)
	if isAbsent(err) {
		return stalef("snapshot %s is gone", id)
	}
	if err != nil {
		return err
	}
	defer from.close()
	if !from.isWhole() {
		return refusef("snapshot %s is not whole", id)
	}
	if err := k.beginAnew(aside); err != nil {
		return explainFull(err)
	}
	all, err := k.copiesOf(from)
	defer closeCopies(all)
	if err != nil {
		return err
	}
	if err := k.copyAll(ctx, all, tell); err != nil {
		return err
	}
	for at, c := range all {
		file := model.SnapshotFile{Path: from.record.Files[at].Path, Name: c.name}
		copied, err := statFD(c.to)
		if err != nil {
			return fmt.Errorf("stat %s: %w", c.what, err)
		}
		v, err := k.openVolume(file.Path)
		if err != nil {
			return err
		}
		v.close()
		file.Copy, file.Absent = copied.ID, !v.isThere()
		if v.isThere() {
			file.ID, file.Size, file.Bytes, file.Modified = v.stat.ID, v.stat.Size, v.stat.Allocated, v.stat.Modified.UTC()
		}
		k.record.Files = append(k.record.Files, file)
	}
	return explainFull(k.write())
}

// isSwapped reports whether the copy is in the place of its volume.
func isSwapped(file model.SnapshotFile, v *volume) bool {
	return v.isThere() && v.stat.ID.Ino == file.Copy.Ino
}

// swapAll has each copy change places with its volume, as far as it has not.
func (k *kept) swapAll() error {
	for _, file := range k.record.Files {
		if err := k.swap(file); err != nil {
			return err
		}
	}
	return nil
}

func (k *kept) swap(file model.SnapshotFile) error {
	v, err := k.openVolume(file.Path)
	if err != nil {
		return err
	}
	defer v.close()
	switch {
	case isSwapped(file, v):
		return nil
	case file.Absent && v.isThere(), !file.Absent && !v.isThere(), v.isThere() && v.stat.ID.Ino != file.ID.Ino:
		return stalef("%s is not the same file as before", v.where())
	}
	if err := k.exchange(v, file); err != nil {
		return err
	}
	// Whoever may write to that folder may have put another one there in the
	// last moment: that one goes back.
	if st, err := statAt(k.fd, file.Name); !file.Absent && (err != nil || st.ID.Ino != file.ID.Ino) {
		return joined(stalef("another file was at %s at that moment", v.where()), k.exchange(v, file))
	}
	return joined(v.sync(), k.sync())
}

// exchange has a file of the snapshot and what is in the place of its volume
// change places, whichever is where.
func (k *kept) exchange(v *volume, file model.SnapshotFile) error {
	err := unix.Renameat2(k.fd, file.Name, v.fd, v.name, unix.RENAME_EXCHANGE)
	if file.Absent {
		err = unix.Renameat2(k.fd, file.Name, v.fd, v.name, unix.RENAME_NOREPLACE)
	}
	switch {
	case errors.Is(err, unix.EINVAL):
		return refusef("the file system of %s cannot exchange two files, so a copy could not take its place safely", v.where())
	case errors.Is(err, unix.EPERM):
		return refusef("%s cannot be moved: it or its directory is immutable or append-only", v.where())
	case err != nil:
		return fmt.Errorf("replace %s: %w", v.where(), err)
	}
	return nil
}

// swapAllBack puts each volume back that has changed places with a copy, the
// last one first.
func (k *kept) swapAllBack() error {
	var faults []error
	all := k.record.Files
	for at := len(all) - 1; at >= 0; at-- {
		faults = append(faults, k.swapBack(all[at]))
	}
	return joined(faults...)
}

func (k *kept) swapBack(file model.SnapshotFile) error {
	v, err := k.openVolume(file.Path)
	if err != nil {
		return err
	}
	defer v.close()
	if !isSwapped(file, v) {
		return nil
	}
	if file.Absent {
		err = unix.Renameat2(v.fd, v.name, k.fd, file.Name, unix.RENAME_NOREPLACE)
	} else {
		err = unix.Renameat2(k.fd, file.Name, v.fd, v.name, unix.RENAME_EXCHANGE)
	}
	if err != nil {
		return fmt.Errorf("put %s back: %w", v.where(), err)
	}
	return joined(v.sync(), k.sync())
}

// finish makes a snapshot of what was put aside.
func (k *kept) finish() error {
	k.record.Files = slices.DeleteFunc(slices.Clone(k.record.Files), func(file model.SnapshotFile) bool { return file.Absent })
	k.record.Pending = false
	return k.write()
}

// holdsVolumes reports whether one of the files in a snapshot aside is a volume,
// and no copy.
func (k *kept) holdsVolumes() bool {
	if !k.isStaged() {
		return false
	}
	for _, file := range k.record.Files {
		st, err := statAt(k.fd, file.Name)
		if err == nil && st.ID.Ino != file.Copy.Ino {
			return true
		}
	}
	return false
}

// Reverted reports whether a restore put anything in its place, of which the
// volumes are, or are to be, the snapshot of that id.
func (s Snapshots) Reverted(id string) (bool, error) {
	k, err := s.load(id, false)
	if isAbsent(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer k.close()
	if k.isWhole() {
		return true, nil
	}
	if !k.isStaged() {
		return false, nil
	}
	for _, file := range k.record.Files {
		v, err := k.openVolume(file.Path)
		if err != nil {
			return false, err
		}
		v.close()
		if isSwapped(file, v) {
			return true, nil
		}
	}
	return false, nil
}

// Unrevert takes back a [Snapshots.Revert] that was not finished: the volumes are
// in their places again, and the copies go. It refuses where somebody uses a copy.
func (s Snapshots) Unrevert(id string, unused Unused) error {
	k, err := s.load(id, false)
	if isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer k.close()
	if k.isWhole() {
		return refusef("snapshot %s is finished", id)
	}
	if k.holdsVolumes() {
		if err := k.inPlaceUnused(unused); err != nil {
			return err
		}
	}
	if err := k.swapAllBack(); err != nil {
		return err
	}
	if k.holdsVolumes() {
		return fmt.Errorf("a volume of %s is in %s: its place is taken", k.record.VM, k.path)
	}
	_, err = k.remove()
	return err
}
