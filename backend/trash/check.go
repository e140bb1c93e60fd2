package trash

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Contents is what a look at a directory found.
type Contents struct {
	Entries int
	Bytes   uint64 // that its deletion frees, Shared left out
	// Shared are files that have further names, maybe elsewhere: only deleting
	// the last one frees anything.
	Shared int
	// Unseen says why not all of it was looked at; empty: all was.
	Unseen string
}

// Limits of a look. A guest can make a tree of any size and depth through a
// share.
const (
	checkTime    = 2 * time.Second
	checkEntries = 1_000_000
	checkDepth   = 32 // also the number of open directories
)

// leastSpace is what has to be free for folders and a record, in bytes and in
// inodes.
const (
	leastSpace  = 1 << 20
	leastInodes = 16
)

// Check looks for what speaks against moving a directory of the state directory
// into the trash, and later deleting it. It changes nothing. Where something
// does, the error says in a line what, and wraps [model.ErrRefused], or
// [model.ErrStale] where the name is not, or not any more, that of the
// directory that is wanted.
//
// What it looks for can come about later as well: [Trash.Quarantine] and
// [Trash.Delete] do not rely on it.
func (t Trash) Check(ctx context.Context, name string, want model.FileID) (Contents, error) {
	path := filepath.Join(t.paths.StateDir, name)
	if !isName(name) {
		return Contents{}, refusef("%q is not a valid VM directory name", name)
	}
	parent, err := openPath(t.paths.StateDir)
	if err != nil {
		return Contents{}, err
	}
	defer parent.close()
	if err := t.checkPlace(parent); err != nil {
		return Contents{}, err
	}
	switch st, err := statAt(parent.fd, name); {
	case isAbsent(err):
		return Contents{}, stalef("%s is gone", path)
	case err != nil:
		return Contents{}, fmt.Errorf("stat %s: %w", path, err)
	case !st.Is(unix.S_IFDIR):
		return Contents{}, stalef("%s is not a directory", path)
	case st.MountRoot:
		return Contents{}, refusef("%s is a mount point and cannot be moved", path)
	}
	fd, err := openat2(parent.fd, name, inside)
	if err != nil {
		return Contents{}, fmt.Errorf("open %s: %w", path, err)
	}
	dir := folder{fd, path}
	return dir.check(ctx, want)
}

// checkPlace checks that the trash is as it should be, as far as it is there,
// and that there is room for an entry.
func (t Trash) checkPlace(stateDir folder) error {
	folders := []folder{stateDir}
	record, err := openPath(filepath.Dir(t.paths.Record))
	if err != nil {
		return err
	}
	folders = append(folders, record)
	defer record.close()
	all, err := t.open(false)
	if err == nil {
		defer all.close()
		folders = append(folders, all)
	} else if !isAbsent(err) {
		return err
	}
	for _, f := range folders {
		if err := f.checkSpace(); err != nil {
			return err
		}
	}
	return nil
}

func (f folder) checkSpace() error {
	var fs unix.Statfs_t
	if err := unix.Fstatfs(f.fd, &fs); err != nil {
		return fmt.Errorf("stat %s: %w", f.path, err)
	}
	// A file system that counts no inodes has 0 of them.
	if fs.Bfree*uint64(fs.Bsize) < leastSpace || fs.Files > 0 && fs.Ffree < leastInodes {
		return refusef("the file system of %s is full, so nothing can be recorded: %s", f.path, model.MakeRoom)
	}
	return nil
}

// check looks at an open directory, and closes it.
func (f folder) check(ctx context.Context, want model.FileID) (Contents, error) {
	s := survey{root: f, dirs: []reading{{fd: f.fd}}, buf: make([]byte, 32<<10)}
	defer s.close()
	st, err := statFD(f.fd)
	if err != nil {
		return Contents{}, fmt.Errorf("stat %s: %w", f.path, err)
	}
	if st.ID != want {
		return Contents{}, stalef("%s is not the same directory as before", f.path)
	}
	if err := checkMounts(f.fd); err != nil {
		return Contents{}, err
	}
	if s.btrfs, err = isBtrfs(f.fd); err != nil {
		return Contents{}, fmt.Errorf("stat %s: %w", f.path, err)
	}
	if s.btrfs && isStub(st) {
		return Contents{}, refuseStub(f.path)
	}
	if st.Locked != "" {
		return Contents{}, refuseLocked(f.path, st.Locked)
	}
	s.dev, s.found.Bytes = st.ID.Dev, st.Allocated
	limited, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	err = s.run(limited)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return s.found, err
}

func refuseLocked(path, flag string) error {
	word := map[string]string{"i": "immutable", "a": "append-only"}[flag]
	return refusef("%s is %s: run chattr -%s on it", path, word, flag)
}
