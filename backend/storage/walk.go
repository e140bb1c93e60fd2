package storage

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// stat is what statx(2) says of a file.
type stat struct {
	id       model.FileID
	mode     uint16
	uid, gid uint32
	size     uint64
	mount    uint64
	device   uint64 // the number of a device
	modified time.Time
}

const wanted = unix.STATX_TYPE | unix.STATX_MODE | unix.STATX_UID | unix.STATX_GID | unix.STATX_INO |
	unix.STATX_SIZE | unix.STATX_MTIME | unix.STATX_MNT_ID

// lstat looks at a file, or at a link itself. It opens and mounts nothing.
func lstat(path string) (stat, error) {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT|unix.AT_STATX_DONT_SYNC, wanted, &st)
	if err != nil {
		return stat{}, err
	}
	return stat{
		id:   model.FileID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino},
		mode: st.Mode, uid: st.Uid, gid: st.Gid, size: st.Size, mount: st.Mnt_id,
		device:   unix.Mkdev(st.Rdev_major, st.Rdev_minor),
		modified: time.Unix(st.Mtime.Sec, int64(st.Mtime.Nsec)),
	}, nil
}

func (s *stat) is(kind uint16) bool { return s.mode&unix.S_IFMT == kind }

var kinds = map[uint16]string{
	unix.S_IFREG: "file", unix.S_IFDIR: "dir", unix.S_IFLNK: "link",
	unix.S_IFSOCK: "socket", unix.S_IFIFO: "fifo", unix.S_IFCHR: "device", unix.S_IFBLK: "device",
}

func (s *stat) kind() string { return kinds[s.mode&unix.S_IFMT] }

// isAbsent: there is nothing at a path, or no way to it.
func isAbsent(err error) bool { return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) }

// spot is where a path leads to.
type spot struct {
	stat
	real  string // without links; where there is nothing, up to where there is
	links []model.SourceLink
	name  string // the last that was looked for, in folder
	// through are the entries of the state directory that were passed.
	through []model.FileID
	// folder is what it is in, or would be in if it were there; folderPath is
	// empty where that is not there either.
	folder     stat
	folderPath string
	err        error // why stat says nothing
}

// walk follows paths. It remembers the folders and links that it passed.
type walk struct {
	mounts
	passed map[string]*passed
}

type passed struct {
	stat
	target string // of a link
	err    error
}

func newWalk(m mounts) *walk { return &walk{mounts: m, passed: make(map[string]*passed)} }

const (
	maxLinks = 40 // as the kernel follows
	maxPath  = unix.PathMax
)

// follow follows a path link by link, as the kernel would, but for what is not
// to be touched.
func (w *walk) follow(path model.Raw) spot {
	var s spot
	if len(path) >= maxPath || !strings.HasPrefix(string(path), "/") || strings.ContainsRune(string(path), 0) {
		s.err = errors.New("it is not a file path")
		return s
	}
	s.goTo(w, "")
	rest := strings.Split(string(path), "/")
	for s.err == nil && len(rest) > 0 {
		if !s.is(unix.S_IFDIR) {
			s.folderPath, s.err = "", unix.ENOTDIR
			break
		}
		name := rest[0]
		rest = rest[1:]
		switch name {
		case "", ".":
		case "..":
			s.goTo(w, s.real[:max(0, strings.LastIndexByte(s.real, '/'))])
		default:
			rest = s.step(w, name, rest)
		}
	}
	s.real = orRoot(s.real)
	return s
}

// goTo goes to a folder above, or to the root.
func (s *spot) goTo(w *walk, path string) {
	at, err := w.look(orRoot(path))
	if s.err = err; err == nil {
		s.real, s.stat = path, at.stat
	}
}

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// step goes on by one name, and gives the names that are left then.
func (s *spot) step(w *walk, name string, rest []string) []string {
	s.folder, s.folderPath, s.name = s.stat, orRoot(s.real), name
	path := s.real + "/" + name
	next, err := w.look(path)
	switch {
	case err != nil:
		s.err = err
		if len(rest) > 0 {
			s.folderPath = ""
		}
		return nil
	case !next.is(unix.S_IFLNK):
		s.real, s.stat = path, next.stat
		s.pass(w)
		return rest
	}
	s.links = append(s.links, model.SourceLink{Path: model.Raw(path), Target: model.Raw(next.target), Modified: next.modified})
	if len(s.links) > maxLinks || len(next.target) == 0 {
		s.err = unix.ELOOP
		return nil
	}
	if next.target[0] == '/' {
		s.goTo(w, "")
	}
	return append(strings.Split(next.target, "/"), rest...)
}

// look looks at one path whose way there is known to have no links.
func (w *walk) look(path string) (*passed, error) {
	if kind, ok := w.remote[path]; ok {
		return nil, remoteError(kind)
	}
	if p := w.passed[path]; p != nil {
		return p, p.err
	}
	p := new(passed)
	p.stat, p.err = lstat(path)
	if p.err == nil && p.is(unix.S_IFLNK) {
		p.target, p.err = readLink(path)
	}
	if p.err != nil && !isAbsent(p.err) {
		p.err = fmt.Errorf("stat %s: %w", path, p.err)
	}
	if p.is(unix.S_IFDIR) || p.is(unix.S_IFLNK) {
		w.passed[path] = p
	}
	return p, p.err
}

func readLink(path string) (string, error) {
	var buf [unix.PathMax]byte
	n, err := unix.Readlink(path, buf[:])
	return string(buf[:max(n, 0)]), err
}
