package trash

import (
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Check looks whether volumes can be copied, and whether there is room for the
// copies. It changes nothing.
func (s Snapshots) Check(files []model.SnapshotFile) error {
	parent, err := openPath(s.stateDir)
	if err != nil {
		return err
	}
	defer parent.close()
	k := &kept{folder: parent, stateDir: s.stateDir}
	var takes uint64
	for _, file := range files {
		v, err := k.openVolume(file.Path)
		if err != nil {
			return err
		}
		v.close()
		switch {
		case !v.isThere():
			return stalef("%s does not exist", v.where())
		case v.stat.ID != file.ID:
			return stalef("%s is not the same file as before, or is behind a symbolic link", v.where())
		}
		takes += v.stat.Allocated
	}
	return parent.hasRoom(takes)
}

// CheckCopies looks whether the files of a snapshot can be copied into the place
// of volumes. It changes nothing.
func (s Snapshots) CheckCopies(id string) error {
	k, err := s.load(id, false)
	if isAbsent(err) {
		return stalef("snapshot %s is gone", id)
	}
	if err != nil {
		return err
	}
	defer k.close()
	if !k.isWhole() {
		return refusef("snapshot %s is not whole", id)
	}
	var takes uint64
	for _, file := range k.record.Files {
		copied, err := statAt(k.fd, file.Name)
		if err != nil {
			return refusef("the copy of %s is missing from snapshot %s: %w", file.Path, id, err)
		}
		v, err := k.openVolume(file.Path)
		if err != nil {
			return err
		}
		v.close()
		if v.stat.Locked != "" {
			return refusef("%s cannot be replaced: chattr -%s it first", v.where(), v.stat.Locked)
		}
		takes += copied.Allocated
	}
	return k.hasRoom(takes)
}

// hasRoom refuses where there is no room for copies. Those that share their
// blocks need hardly any.
func (f folder) hasRoom(takes uint64) error {
	if f.clones() {
		takes = 0
	}
	var disk unix.Statfs_t
	if err := unix.Fstatfs(f.fd, &disk); err != nil {
		return fmt.Errorf("find room in %s: %w", f.path, err)
	}
	free := disk.Bavail * uint64(disk.Bsize)
	if disk.Blocks > 0 && free < takes+spare {
		return refusef("not enough room in %s: %s needed, %s free: %s", f.path, model.FormatBytes(takes+spare), model.FormatBytes(free), model.MakeRoom)
	}
	return nil
}

// clones reports whether files of a folder's file system can share blocks.
func (f folder) clones() bool {
	var files [2]int
	for at := range files {
		fd, err := unix.Openat(f.fd, ".", unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
		if err != nil {
			return false
		}
		defer unix.Close(fd)
		files[at] = fd
	}
	return unix.IoctlFileClone(files[0], files[1]) == nil
}

// Volumes are the paths of a snapshot's volumes, and which files are there now:
// no ID where none is.
func (s Snapshots) Volumes(id string) ([]model.SnapshotFile, error) {
	k, err := s.load(id, false)
	if err != nil {
		return nil, err
	}
	defer k.close()
	var found []model.SnapshotFile
	for _, file := range k.record.Files {
		v, err := k.openVolume(file.Path)
		if err != nil {
			return nil, err
		}
		v.close()
		now := model.SnapshotFile{Path: file.Path, Absent: !v.isThere()}
		if v.isThere() {
			now.ID = v.stat.ID
		}
		found = append(found, now)
	}
	return found, nil
}

// Where is the path of a volume.
func (s Snapshots) Where(path model.Raw) string {
	if filepath.IsAbs(string(path)) {
		return string(path)
	}
	return filepath.Join(s.stateDir, string(path))
}
