package trash

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// What keeps a deletion out of a part of a tree.
var (
	errMounted   = errors.New("something is mounted there")
	errElsewhere = errors.New("it is on another file system, or a separate subvolume")
	errSubvolume = errors.New("it is a separate btrfs subvolume")
	errReplaced  = errors.New("it was moved or replaced while being deleted")
)

// barrier says what forbids to go into a directory; nil: nothing does. Only
// directories have a device that says where they are: a file on an overlay has
// another one than its directory. A stub of a subvolume has another device too,
// and holds nothing.
func barrier(st stat, dev uint64, btrfs bool) error {
	switch {
	case st.MountRoot:
		return errMounted
	case !st.Is(unix.S_IFDIR):
		return nil
	case btrfs && isStub(st):
		return nil
	case btrfs && st.ID.Ino == subvolumeRoot:
		return errSubvolume
	case st.ID.Dev != dev:
		return errElsewhere
	}
	return nil
}

const (
	// maxOpen is how many directories a removal holds open. Those further out
	// are opened again, by "..", when it comes back to them.
	maxOpen = 16
	// maxLeft is how many failures are told of, after which it gives up.
	maxLeft = 1000
	// tellEvery is after how many entries progress is told.
	tellEvery = 1000
)

// removal empties a directory, depth first and without recursion: it needs
// maxOpen descriptors and 24 bytes for each further level, however deep and
// wide the tree is.
type removal struct {
	root   string // its path, for messages
	dev    uint64
	btrfs  bool
	closed []outer // directories further out, the outermost first
	open   []level // directories further in, the innermost last
	buf    []byte
	kept   map[model.FileID]struct{} // what is left: a directory that is read again has it still
	left   Remains
	tell   func(uint64, int)
	freed  uint64
	count  int
}

// level is an open directory.
type level struct {
	fd    int
	id    model.FileID
	own   uint64   // bytes that it takes itself
	name  string   // in the one above it
	names []string // read, and not yet looked at
	keeps bool     // something in it is left
}

// outer is what is known of a directory that is not open.
type outer struct {
	id    model.FileID
	keeps bool
}

// newRemoval takes over an open directory.
func newRemoval(root folder, tell func(uint64, int)) (*removal, error) {
	st, err := statFD(root.fd)
	btrfs, err2 := isBtrfs(root.fd)
	if err := joined(err, err2); err != nil {
		root.close()
		return nil, fmt.Errorf("stat %s: %w", root.path, err)
	}
	return &removal{
		root: root.path, dev: st.ID.Dev, btrfs: btrfs, tell: tell,
		open: []level{{fd: root.fd, id: st.ID}},
		buf:  make([]byte, 32<<10), kept: make(map[model.FileID]struct{}),
	}, nil
}

// run empties the directory; it stays itself.
func (r *removal) run(ctx context.Context) error {
	defer func() {
		for _, l := range r.open {
			unix.Close(l.fd)
		}
		r.tell(r.freed, r.count)
	}()
	for len(r.open) > 0 && !r.left.More {
		if err := ctx.Err(); err != nil {
			return joined(err, r.remains())
		}
		if err := r.step(); err != nil {
			return joined(err, r.remains())
		}
	}
	return r.remains()
}

// remains is what is left so far, as an error; nil: nothing.
func (r *removal) remains() error {
	if len(r.left.Left) == 0 {
		return nil
	}
	return &r.left
}

// step removes one entry of the innermost directory, or goes into it; at the
// end of the directory it leaves that. The error is for what ends it all.
func (r *removal) step() error {
	top := &r.open[len(r.open)-1]
	if len(top.names) == 0 {
		names, err := readNames(top.fd, r.buf)
		if err != nil {
			r.keep(top, "", top.id, err)
		}
		if len(names) == 0 {
			return r.leave()
		}
		top.names = names
	}
	name := top.names[0]
	top.names = top.names[1:]
	st, err := statAt(top.fd, name)
	switch {
	case isAbsent(err):
	case err != nil:
		r.keep(top, name, st.ID, err)
	case r.isKept(st.ID):
		top.keeps = true
	default:
		if err := r.remove(top, name, st); err != nil {
			r.keep(top, name, st.ID, err)
		}
	}
	return nil
}

func (r *removal) isKept(id model.FileID) bool {
	_, ok := r.kept[id]
	return ok
}

// keep notes that something is left.
func (r *removal) keep(in *level, name string, id model.FileID, why error) {
	in.keeps = true
	r.kept[id] = struct{}{}
	r.left.Left = append(r.left.Left, Left{r.path(in.fd, name), why})
	r.left.More = len(r.left.Left) >= maxLeft
}

// path is that of an entry below the root, as far as the kernel can tell it.
func (r *removal) path(fd int, name string) model.Raw {
	path := "…"
	if real := filesystem.RealPath(fd); real != "" {
		path, _ = filesystem.Below(r.root, real)
	}
	return model.Raw(filepath.Join(".", path, name))
}

// remove removes an entry. A directory that holds something is gone into, and
// removed when it is left.
func (r *removal) remove(top *level, name string, st stat) error {
	if err := barrier(st, r.dev, r.btrfs); err != nil {
		return err
	}
	flags := 0
	if st.Is(unix.S_IFDIR) {
		flags = unix.AT_REMOVEDIR
	}
	err := unix.Unlinkat(top.fd, name, flags)
	switch {
	case err == nil:
		r.done(frees(st))
		return nil
	case isAbsent(err):
		return nil
	case errors.Is(err, unix.EBUSY):
		return errMounted
	case errors.Is(err, unix.ENOTEMPTY), errors.Is(err, unix.EEXIST):
		return r.enter(top, name, st)
	case errors.Is(err, unix.EISDIR), errors.Is(err, unix.ENOTDIR):
		return errReplaced
	case errors.Is(err, unix.EPERM) && st.Locked != "":
		return refuseLocked(name, st.Locked)
	}
	return err
}

func (r *removal) done(bytes uint64) {
	r.freed += bytes
	r.count++
	if r.count%tellEvery == 0 {
		r.tell(r.freed, r.count)
	}
}

func (r *removal) enter(top *level, name string, st stat) error {
	fd, err := openat2(top.fd, name, inside)
	switch {
	case errors.Is(err, unix.EXDEV):
		return errMounted
	case errors.Is(err, unix.ELOOP), errors.Is(err, unix.ENOTDIR), isAbsent(err):
		return errReplaced
	case err != nil:
		return err
	}
	if self, err := statFD(fd); err != nil || self.ID != st.ID {
		unix.Close(fd)
		return joined(errReplaced, err)
	}
	if len(r.open) == maxOpen {
		out := r.open[0]
		unix.Close(out.fd)
		r.closed = append(r.closed, outer{out.id, out.keeps})
		r.open = append(r.open[:0], r.open[1:]...)
	}
	r.open = append(r.open, level{fd: fd, id: st.ID, own: st.Allocated, name: name})
	return nil
}

// leave goes back to the directory above, and removes the one that it leaves.
func (r *removal) leave() error {
	last := r.open[len(r.open)-1]
	if len(r.open) == 1 && len(r.closed) > 0 {
		return r.reopen()
	}
	unix.Close(last.fd)
	r.open = r.open[:len(r.open)-1]
	if len(r.open) == 0 {
		return nil
	}
	top := &r.open[len(r.open)-1]
	if last.keeps {
		top.keeps = true
		r.kept[last.id] = struct{}{}
		return nil
	}
	switch err := unix.Unlinkat(top.fd, last.name, unix.AT_REMOVEDIR); {
	case err == nil:
		r.done(last.own)
	case isAbsent(err):
	case errors.Is(err, unix.EBUSY):
		r.keep(top, last.name, last.id, errMounted)
	default:
		r.keep(top, last.name, last.id, err)
	}
	return nil
}

// reopen goes back to a directory that was closed. It is read anew, which finds
// the one that is left now, empty, and removes it.
func (r *removal) reopen() error {
	last, up := r.open[0], r.closed[len(r.closed)-1]
	fd, err := openat2(last.fd, "..", upwards)
	if err != nil {
		return fmt.Errorf("go back from %s: %w", r.path(last.fd, ""), err)
	}
	st, err := statFD(fd)
	if err != nil || st.ID != up.id {
		unix.Close(fd)
		return fmt.Errorf("go back from %s: %w", r.path(last.fd, ""), joined(errReplaced, err))
	}
	unix.Close(last.fd)
	if last.keeps {
		r.kept[last.id] = struct{}{}
	}
	r.closed = r.closed[:len(r.closed)-1]
	r.open[0] = level{fd: fd, id: st.ID, own: st.Allocated, keeps: up.keeps || last.keeps}
	return nil
}
