package statedir

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// seenRoots are the garbage collector roots as they were read before: a link
// cannot change without a change of its folder.
type seenRoots struct {
	id      model.FileID
	changed time.Time
	at      time.Time
	roots   []model.GCRoot
}

// maxRoots is how many links are read: three for each of many VMs.
const maxRoots = 64 << 10

// readRoots lists the links that microvm -c and a deployment make for the
// garbage collector. None of them is followed, nor is the folder's own name. A
// host on which nobody ever did has no folder.
func (r *Reader) readRoots() ([]model.GCRoot, error) {
	fd, err := openFolder(unix.AT_FDCWD, r.gcroots)
	if errors.Is(err, unix.ENOENT) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", r.gcroots, err)
	}
	defer unix.Close(fd)
	self, err := filesystem.StatFD(fd)
	if err != nil {
		return nil, fmt.Errorf("stat %s: %w", r.gcroots, err)
	}
	now := seenRoots{id: self.ID, changed: self.Changed, at: time.Now()}
	if r.roots.id == now.id && r.roots.changed.Equal(now.changed) && r.roots.at.Sub(now.changed) >= tick {
		return r.roots.roots, nil
	}
	names, err := readNames(fd, r.names, maxRoots)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", r.gcroots, err)
	}
	slices.Sort(names)
	for _, name := range names {
		target, err := filesystem.ReadLinkAt(fd, name)
		switch {
		case err == nil:
			now.roots = append(now.roots, model.GCRoot{Name: model.Raw(name), Target: model.Raw(target)})
		case !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EINVAL): // gone since, or no link
			return nil, fmt.Errorf("read %s/%s: %w", r.gcroots, name, err)
		}
	}
	r.roots = now
	return now.roots, nil
}
