// Package filesystem tells what the kernel says of a file, and of what is
// mounted, to all sources that ask.
//
// It knows statx(2), readlink(2) and proc_pid_mountinfo(5), and that a mount may
// hide, or show elsewhere, what lies in a file system. It opens nothing but to
// read it, and mounts nothing. It must not know what a file is there for, nor whether something may
// be done to it.
package filesystem

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Stat is what statx(2) says of a file, which is never opened for it.
type Stat struct {
	ID        model.FileID
	Mode      uint32
	UID, GID  uint32
	Links     uint32
	Size      uint64
	Allocated uint64 // bytes on disk
	Modified  time.Time
	Changed   time.Time
	Device    uint64 // the number of a device
	Mount     uint64 // as mountinfo numbers it
	HasMount  bool   // Mount is known: since Linux 5.8
	MountRoot bool   // a file system is mounted here
	Locked    string // the chattr(1) flag that keeps it: "i", "a"; empty: none, or unknown
}

const wanted = unix.STATX_BASIC_STATS | unix.STATX_MNT_ID

// StatAt describes an entry of an open directory, not what it points to.
func StatAt(fd int, name string) (Stat, error) {
	return Statx(fd, name, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT)
}

// StatFD describes what is open.
func StatFD(fd int) (Stat, error) { return Statx(fd, "", unix.AT_EMPTY_PATH) }

// Statx is statx(2) with its flags.
func Statx(fd int, name string, flags int) (Stat, error) {
	var st unix.Statx_t
	if err := unix.Statx(fd, name, flags, wanted, &st); err != nil {
		return Stat{}, err
	}
	return Stat{
		ID:        model.FileID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino},
		Mode:      uint32(st.Mode),
		UID:       st.Uid,
		GID:       st.Gid,
		Links:     st.Nlink,
		Size:      st.Size,
		Allocated: st.Blocks * 512,
		Modified:  timeOf(st.Mtime),
		Changed:   timeOf(st.Ctime),
		Device:    unix.Mkdev(st.Rdev_major, st.Rdev_minor),
		Mount:     st.Mnt_id,
		HasMount:  st.Mask&unix.STATX_MNT_ID != 0,
		MountRoot: st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0,
		Locked:    lockedBy(st.Attributes),
	}, nil
}

func timeOf(t unix.StatxTimestamp) time.Time { return time.Unix(t.Sec, int64(t.Nsec)) }

func lockedBy(attributes uint64) string {
	switch {
	case attributes&unix.STATX_ATTR_IMMUTABLE != 0:
		return "i"
	case attributes&unix.STATX_ATTR_APPEND != 0:
		return "a"
	}
	return ""
}

// Is reports whether it is of a kind: unix.S_IFDIR and the like.
func (s *Stat) Is(kind uint32) bool { return s.Mode&unix.S_IFMT == kind }

var kinds = map[uint32]string{
	unix.S_IFREG: "file", unix.S_IFDIR: "dir", unix.S_IFLNK: "link",
	unix.S_IFSOCK: "socket", unix.S_IFIFO: "fifo", unix.S_IFCHR: "device", unix.S_IFBLK: "device",
}

// Kind is its kind in a word.
func (s *Stat) Kind() string { return kinds[s.Mode&unix.S_IFMT] }

// ReadLinkAt is what a symbolic link in an open directory says.
func ReadLinkAt(fd int, name string) (string, error) {
	var buf [unix.PathMax]byte
	n, err := unix.Readlinkat(fd, name, buf[:])
	return string(buf[:max(n, 0)]), err
}

// RealPath is the path of something open, without links; empty where the kernel
// cannot tell, or it is too long for it.
func RealPath(fd int) string {
	path, err := ReadLinkAt(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd))
	if err != nil || len(path) == unix.PathMax || !strings.HasPrefix(path, "/") {
		return ""
	}
	return path
}
