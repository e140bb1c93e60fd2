package statedir

import (
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
)

// errNotReached is for what lies where a runner's files cannot.
var errNotReached = errors.New("not in the store")

// tree is a runner's folder, opened. Its files are links into the store, or
// its own; what else a link in it leads to is not read, so that a runner made
// by hand cannot show a file that only root may read.
type tree struct {
	fd    int
	real  string
	store string
	self  stat
	has   []string // what share/microvm holds; nil: not listed
}

func openTree(path, store string) (tree, error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return tree{}, err
	}
	self, err := filesystem.StatFD(fd)
	if err != nil {
		unix.Close(fd)
		return tree{}, err
	}
	return tree{fd: fd, real: filesystem.RealPath(fd), store: store, self: self}, nil
}

func (t tree) close() { unix.Close(t.fd) }

// trusted: nobody but root can have made it what it is.
func (t tree) trusted() bool {
	return strings.HasPrefix(t.real, t.store+"/") && t.self.UID == 0 && t.self.Mode&0o022 == 0
}

// reach opens something in the tree for reading.
func (t tree) reach(fd int, name string, kind uint32) (int, error) {
	if t.trusted() {
		file, err := t.open(fd, name, kind)
		if err == nil || errors.Is(err, unix.ENOENT) {
			return file, err
		}
	}
	return t.reachWarily(fd, name, kind)
}

// open opens something in the store, by a link into the store at most. There, and
// only there, is nothing that waits when it is opened, or does something.
func (t tree) open(fd int, name string, kind uint32) (int, error) {
	if path.Clean(name) != name || strings.HasPrefix(name, "..") || path.IsAbs(name) && !strings.HasPrefix(name, t.store+"/") {
		return -1, errNotReached
	}
	how := unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_NO_SYMLINKS,
	}
	if kind == unix.S_IFDIR {
		how.Flags |= unix.O_DIRECTORY
	}
	file, err := unix.Openat2(fd, name, &how)
	if !errors.Is(err, unix.ELOOP) {
		return file, err
	}
	target, err := filesystem.ReadLinkAt(fd, name)
	if err != nil {
		return -1, err
	}
	if !strings.HasPrefix(target, t.store+"/") || path.Clean(target) != target {
		return -1, errNotReached
	}
	return unix.Openat2(unix.AT_FDCWD, target, &how)
}

// reachWarily opens something once it is clear what it is.
func (t tree) reachWarily(fd int, name string, kind uint32) (int, error) {
	found, err := unix.Openat(fd, name, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(found)
	real := filesystem.RealPath(found)
	inTree := t.real != "" && strings.HasPrefix(real, t.real+"/")
	if !inTree && !strings.HasPrefix(real, t.store+"/") {
		return -1, errNotReached
	}
	if st, err := filesystem.StatFD(found); err != nil || !st.Is(kind) {
		return -1, errNotReached
	}
	return unix.Open("/proc/self/fd/"+strconv.Itoa(found), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
}

// read reads a regular file that is no larger than most. Most of what may be in
// share/microvm is not.
func (t tree) read(name string, most uint64) ([]byte, bool) {
	if base, inShare := strings.CutPrefix(name, "share/microvm/"); inShare && t.has != nil && !strings.Contains(base, "/") && !slices.Contains(t.has, base) {
		return nil, false
	}
	return t.readFrom(t.fd, name, most)
}

// readStore reads a file that a runner names by its full path.
func (t tree) readStore(path string, most uint64) ([]byte, bool) {
	return t.readFrom(unix.AT_FDCWD, path, most)
}

// readScript is readStore for a file that is a script; nothing: it is none.
func (t tree) readScript(path string, most uint64) ([]byte, bool) {
	file, err := t.reach(unix.AT_FDCWD, path, unix.S_IFREG)
	if err != nil {
		return nil, false
	}
	defer unix.Close(file)
	var mark [2]byte
	if n, err := unix.Pread(file, mark[:], 0); err != nil || string(mark[:n]) != "#!" {
		return nil, false
	}
	return readWhole(file, most)
}

func (t tree) readFrom(fd int, name string, most uint64) ([]byte, bool) {
	file, err := t.reach(fd, name, unix.S_IFREG)
	if err != nil {
		return nil, false
	}
	defer unix.Close(file)
	return readWhole(file, most)
}

func readWhole(file int, most uint64) ([]byte, bool) {
	st, err := filesystem.StatFD(file)
	if err != nil || st.Size > most || !st.Is(unix.S_IFREG) {
		return nil, false
	}
	text, err := readUpTo(file, make([]byte, st.Size))
	return text, err == nil
}

// names lists a folder, sorted; the first of them where there are too many.
func (t tree) names(name string) []string {
	folder, err := t.reach(t.fd, name, unix.S_IFDIR)
	if err != nil {
		return nil
	}
	defer unix.Close(folder)
	names, _ := readNames(folder, make([]byte, 4<<10), maxEntries)
	slices.Sort(names)
	return names
}
