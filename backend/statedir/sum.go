package statedir

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// Limits of one measurement. A guest can make a tree of any size and depth
// through a share; its size is unknown then.
const (
	maxTime  = 2 * time.Second
	maxSum   = 1_000_000
	maxDepth = 128 // also the number of open directories
)

// summation adds up what a tree holds on disk: each file once, however many
// names it has, and nothing behind a mount or a link.
type summation struct {
	stack []level
	links map[model.FileID]bool
	bytes uint64
	count int
}

// level is an open directory with the names that were read of it and not yet
// looked at.
type level struct {
	fd    int
	names []string
}

// sum takes over fd, an open directory. It gives up when the context ends or
// at a limit.
func sum(ctx context.Context, fd int) (bytes uint64, ok bool) {
	s := summation{stack: []level{{fd: fd}}, links: make(map[model.FileID]bool)}
	defer func() {
		for _, level := range s.stack {
			unix.Close(level.fd)
		}
	}()
	if st, err := filesystem.StatFD(fd); err == nil {
		s.bytes = st.Allocated
	}
	buf := make([]byte, 16<<10)
	for len(s.stack) > 0 {
		if s.count >= maxSum || len(s.stack) > maxDepth || ctx.Err() != nil {
			return 0, false
		}
		if !s.step(buf) {
			return 0, false
		}
	}
	return s.bytes, true
}

// step looks at the entries that one read gives of the innermost directory, up
// to the first directory among them; false: one could not be read.
func (s *summation) step(buf []byte) bool {
	top := &s.stack[len(s.stack)-1]
	if len(top.names) == 0 {
		n, err := unix.ReadDirent(top.fd, buf)
		if errors.Is(err, unix.EINTR) {
			return true
		}
		if err != nil {
			return false
		}
		if n == 0 {
			unix.Close(top.fd)
			s.stack = s.stack[:len(s.stack)-1]
			return true
		}
		_, _, top.names = unix.ParseDirent(buf[:n], -1, nil)
	}
	for len(top.names) > 0 {
		name := top.names[0]
		top.names = top.names[1:]
		s.count++
		st, err := filesystem.StatAt(top.fd, name)
		if err != nil || st.MountRoot || !s.add(st) || !st.Is(unix.S_IFDIR) {
			continue
		}
		fd, err := openFolder(top.fd, name)
		if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
			continue // changed since
		}
		if err != nil {
			return false
		}
		s.stack = append(s.stack, level{fd: fd})
		return true
	}
	return true
}

// add counts a file; false for one that was counted under another name.
func (s *summation) add(st stat) bool {
	if st.Links > 1 && !st.Is(unix.S_IFDIR) {
		if s.links[st.ID] {
			return false
		}
		s.links[st.ID] = true
	}
	s.bytes += st.Allocated
	return true
}
