package trash

import (
	"errors"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
)

// stat is what is known of a file, which is never opened for it.
type stat = filesystem.Stat

// statAt describes an entry of an open directory, not what it points to.
func statAt(fd int, name string) (stat, error) { return onMount(filesystem.StatAt(fd, name)) }

// statFD describes what is open.
func statFD(fd int) (stat, error) { return onMount(filesystem.StatFD(fd)) }

// onMount refuses a kernel that does not tell which mount a file is on: what is
// mounted would be deleted.
func onMount(st stat, err error) (stat, error) {
	if err == nil && !st.HasMount {
		return stat{}, errKernel
	}
	return st, err
}

// frees is what goes from the disk with this name. A file with others stays,
// and so does one that is held open, which cannot be seen here.
func frees(s stat) uint64 {
	if s.Links > 1 && !s.Is(unix.S_IFDIR) {
		return 0
	}
	return s.Allocated
}

// readNames reads some more names of an open directory; none at its end.
func readNames(fd int, buf []byte) ([]string, error) {
	for {
		n, err := unix.ReadDirent(fd, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			return nil, err
		}
		// Only "." and ".." may have been read.
		if _, _, names := unix.ParseDirent(buf[:n], -1, nil); len(names) > 0 {
			return names, nil
		}
	}
}
