package trash

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// stat is what statx(2) says of a file, which is never opened for it.
type stat struct {
	id        model.FileID
	mode      uint32
	uid       uint32
	links     uint32
	allocated uint64 // bytes on disk
	mount     uint64 // as /proc/self/mountinfo numbers it
	mountRoot bool   // a file system is mounted here
	locked    string // the chattr(1) flag that keeps it: "i", "a"; empty: none, or unknown
}

const wanted = unix.STATX_BASIC_STATS | unix.STATX_MNT_ID

// statAt describes an entry of an open directory, not what it points to.
func statAt(fd int, name string) (stat, error) {
	return statx(fd, name, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT)
}

// statFD describes what is open.
func statFD(fd int) (stat, error) { return statx(fd, "", unix.AT_EMPTY_PATH) }

func statx(fd int, name string, flags int) (stat, error) {
	var st unix.Statx_t
	if err := unix.Statx(fd, name, flags, wanted, &st); err != nil {
		return stat{}, err
	}
	if st.Mask&unix.STATX_MNT_ID == 0 {
		return stat{}, errKernel
	}
	found := stat{
		id:        model.FileID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino},
		mode:      uint32(st.Mode),
		uid:       st.Uid,
		links:     st.Nlink,
		allocated: st.Blocks * 512,
		mount:     st.Mnt_id,
		mountRoot: st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0,
	}
	switch {
	case st.Attributes&unix.STATX_ATTR_IMMUTABLE != 0:
		found.locked = "i"
	case st.Attributes&unix.STATX_ATTR_APPEND != 0:
		found.locked = "a"
	}
	return found, nil
}

func (s stat) is(kind uint32) bool { return s.mode&unix.S_IFMT == kind }

// frees is what goes from the disk with this name. A file with others stays,
// and so does one that is held open, which cannot be seen here.
func (s stat) frees() uint64 {
	if s.links > 1 && !s.is(unix.S_IFDIR) {
		return 0
	}
	return s.allocated
}

// realPath is the path of something open; empty where it is too long for the
// kernel to tell.
func realPath(fd int) string {
	var buf [unix.PathMax]byte
	n, err := unix.Readlink("/proc/self/fd/"+strconv.Itoa(fd), buf[:])
	if err != nil || n == len(buf) || !strings.HasPrefix(string(buf[:n]), "/") {
		return ""
	}
	return string(buf[:n])
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
