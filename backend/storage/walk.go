package storage

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// stat is what is known of a file.
type stat = filesystem.Stat

// lstat looks at a file, or at a link itself. It opens and mounts nothing.
func lstat(path string) (stat, error) {
	return filesystem.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT|unix.AT_STATX_DONT_SYNC)
}

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
		if !s.Is(unix.S_IFDIR) {
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
	case !next.Is(unix.S_IFLNK):
		s.real, s.stat = path, next.stat
		s.pass(w)
		return rest
	}
	s.links = append(s.links, model.SourceLink{Path: model.Raw(path), Target: model.Raw(next.target), Modified: next.Modified})
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
	if p.err == nil && p.Is(unix.S_IFLNK) {
		p.target, p.err = filesystem.ReadLinkAt(unix.AT_FDCWD, path)
	}
	if p.err != nil && !isAbsent(p.err) {
		p.err = fmt.Errorf("stat %s: %w", path, p.err)
	}
	if p.Is(unix.S_IFDIR) || p.Is(unix.S_IFLNK) {
		w.passed[path] = p
	}
	return p, p.err
}
