package trash

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Take copies volumes into a snapshot. unused is asked once all are copied: its
// error is that somebody has come to use one of them. After an error
// [Snapshots.Drop] takes back what was done. It may be called again after it was
// interrupted, and begins anew then.
func (s Snapshots) Take(ctx context.Context, wanted model.Snapshot, unused func() error, tell func(done, of uint64)) (model.Snapshot, error) {
	k, err := s.load(wanted.ID, true)
	if err != nil {
		return wanted, explainFull(err)
	}
	defer k.close()
	if k.isWhole() {
		return k.record, nil
	}
	files := wanted.Files
	if err := k.beginAnew(wanted); err != nil {
		return wanted, explainFull(err)
	}
	all, err := k.volumesToCopy(files)
	defer closeCopies(all)
	if err != nil {
		return wanted, err
	}
	if err := k.copyAll(ctx, all, tell); err != nil {
		return wanted, err
	}
	if err := unused(); err != nil {
		return wanted, err
	}
	for at, c := range all {
		k.record.Files = append(k.record.Files, model.SnapshotFile{
			Path: files[at].Path, Name: c.name, ID: c.before.ID, Size: c.before.Size, Bytes: c.before.Allocated, Modified: c.before.Modified.UTC(),
		})
	}
	k.record.Pending = false
	return k.record, explainFull(k.write())
}

// beginAnew records that a snapshot is being made. What an earlier call left of
// it goes.
func (k *kept) beginAnew(wanted model.Snapshot) error {
	k.record = wanted
	k.record.ID, k.record.Files, k.record.Pending, k.record.Deleting = k.id, nil, true, false
	if err := k.write(); err != nil {
		return err
	}
	_, err := k.removeFiles()
	return err
}

func (k *kept) volumesToCopy(files []model.SnapshotFile) (all []*copying, err error) {
	for at, file := range files {
		v, err := k.openVolume(file.Path)
		if err != nil {
			return all, err
		}
		v.folder.close()
		if !v.isThere() || v.stat.ID != file.ID {
			if v.isThere() {
				unix.Close(v.file)
			}
			return all, stalef("%s is not the same file as before", v.where())
		}
		all = append(all, &copying{from: v.file, to: -1, what: v.where(), before: v.stat, name: nameAt(at)})
	}
	return all, nil
}

func closeCopies(all []*copying) {
	for _, c := range all {
		unix.Close(c.from)
		if c.to >= 0 {
			unix.Close(c.to)
		}
	}
}

// copiesOf are the files of a snapshot, to be copied into another one.
func (k *kept) copiesOf(from *kept) (all []*copying, err error) {
	for at, file := range from.record.Files {
		fd, err := unix.Openat(from.fd, file.Name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			return all, fmt.Errorf("open %s/%s: %w", from.path, file.Name, err)
		}
		c := &copying{from: fd, to: -1, what: from.path + "/" + file.Name, name: nameAt(at)}
		all = append(all, c)
		if c.before, err = statFD(fd); err != nil {
			return all, fmt.Errorf("stat %s: %w", c.what, err)
		}
	}
	return all, nil
}
