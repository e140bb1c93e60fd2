package trash

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// survey goes over a tree, to see what is in it.
type survey struct {
	root  folder
	dev   uint64
	btrfs bool
	dirs  []reading // from the outermost to the innermost
	buf   []byte
	found Contents
}

// reading is an open directory with the names that were read of it and not yet
// looked at.
type reading struct {
	fd    int
	name  string
	names []string
}

func (s *survey) close() {
	for _, d := range s.dirs {
		unix.Close(d.fd)
	}
}

func (s *survey) run(ctx context.Context) error {
	for len(s.dirs) > 0 {
		switch {
		case ctx.Err() != nil:
			s.found.Unseen = fmt.Sprintf("that took longer than %s", checkTime)
			return nil
		case s.found.Entries >= checkEntries:
			s.found.Unseen = fmt.Sprintf("it has more than %d entries", checkEntries)
			return nil
		}
		if err := s.step(); err != nil {
			return err
		}
	}
	return nil
}

// step looks at what one read gives of the innermost directory, up to the first
// directory in it.
func (s *survey) step() error {
	top := &s.dirs[len(s.dirs)-1]
	if len(top.names) == 0 {
		names, err := readNames(top.fd, s.buf)
		if err != nil {
			return fmt.Errorf("list %s: %w", s.path(""), err)
		}
		if len(names) == 0 {
			unix.Close(top.fd)
			s.dirs = s.dirs[:len(s.dirs)-1]
			return nil
		}
		top.names = names
	}
	for len(top.names) > 0 {
		name := top.names[0]
		top.names = top.names[1:]
		st, err := statAt(top.fd, name)
		if isAbsent(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("stat %s: %w", s.path(name), err)
		}
		if why := barrier(st, s.dev, s.btrfs); why != nil {
			return refusef("%s: %w", s.path(name), why)
		}
		if st.Locked != "" {
			return refuseLocked(s.path(name), st.Locked)
		}
		s.count(st)
		if st.Is(unix.S_IFDIR) && !(s.btrfs && isStub(st)) {
			return s.enter(top.fd, name)
		}
	}
	return nil
}

func (s *survey) count(st stat) {
	s.found.Entries++
	s.found.Bytes += frees(st)
	if st.Links > 1 && !st.Is(unix.S_IFDIR) {
		s.found.Shared++
	}
}

func (s *survey) enter(parent int, name string) error {
	if len(s.dirs) == checkDepth {
		s.found.Unseen = fmt.Sprintf("it is more than %d levels deep", checkDepth)
		return nil
	}
	fd, err := openat2(parent, name, inside)
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENOTDIR), errors.Is(err, unix.ELOOP):
		return nil // changed since
	case errors.Is(err, unix.EXDEV):
		return refusef("%s: %w", s.path(name), errMounted)
	case err != nil:
		return fmt.Errorf("open %s: %w", s.path(name), err)
	}
	s.dirs = append(s.dirs, reading{fd: fd, name: name})
	return nil
}

// path is that of an entry of the innermost directory.
func (s *survey) path(name string) string {
	parts := []string{s.root.path}
	for _, d := range s.dirs[1:] {
		parts = append(parts, d.name)
	}
	return strings.TrimSuffix(strings.Join(append(parts, name), "/"), "/")
}
