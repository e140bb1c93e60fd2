package statedir

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// stat is what statx(2) says of a file, which is never opened for it.
type stat struct {
	id        model.FileID
	mode      uint32
	uid, gid  uint32
	links     uint32
	size      uint64
	allocated uint64 // bytes on disk
	modified  time.Time
	changed   time.Time
	mount     uint64
	mountRoot bool // a file system is mounted here
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
	return stat{
		id:        model.FileID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino},
		mode:      uint32(st.Mode),
		uid:       st.Uid,
		gid:       st.Gid,
		links:     st.Nlink,
		size:      st.Size,
		allocated: st.Blocks * 512,
		modified:  timeOf(st.Mtime),
		changed:   timeOf(st.Ctime),
		mount:     st.Mnt_id,
		mountRoot: st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0,
	}, nil
}

func timeOf(t unix.StatxTimestamp) time.Time { return time.Unix(t.Sec, int64(t.Nsec)) }

func (s stat) is(kind uint32) bool { return s.mode&unix.S_IFMT == kind }

func (s stat) file(name string) model.File {
	return model.File{
		Name: model.Raw(name), Type: s.kind(),
		Size: s.size, Allocated: s.allocated, Modified: s.modified,
	}
}

var kinds = map[uint32]string{
	unix.S_IFREG: "file", unix.S_IFDIR: "dir", unix.S_IFLNK: "link",
	unix.S_IFSOCK: "socket", unix.S_IFIFO: "fifo", unix.S_IFCHR: "device", unix.S_IFBLK: "device",
}

func (s stat) kind() string { return kinds[s.mode&unix.S_IFMT] }

// realPath is the path of something open, without links; empty where the
// kernel cannot tell.
func realPath(fd int) string {
	path, err := readLinkAt(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd))
	if err != nil || !strings.HasPrefix(path, "/") {
		return ""
	}
	return path
}

func readLinkAt(fd int, name string) (string, error) {
	var buf [unix.PathMax]byte
	n, err := unix.Readlinkat(fd, name, buf[:])
	return string(buf[:max(n, 0)]), err
}

// openFolder opens a directory in an open one, and nothing else: no link to
// one, and nothing that waits.
func openFolder(parent int, name string) (int, error) {
	return unix.Openat(parent, name,
		unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
}

var errTooMany = errors.New("too many entries")

// readNames lists an open directory, in no order. More than most names are an
// error, which comes with the first of them.
func readNames(fd int, buf []byte, most int) ([]string, error) {
	var names []string
	for {
		n, err := unix.ReadDirent(fd, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			return names, err
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
		if len(names) > most {
			return names[:most], fmt.Errorf("%w: only the first %d were read", errTooMany, most)
		}
	}
}

// readUpTo reads at most len(buf) bytes of an open file.
func readUpTo(fd int, buf []byte) ([]byte, error) {
	read := 0
	for read < len(buf) {
		n, err := unix.Read(fd, buf[read:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		read += n
	}
	return buf[:read], nil
}

// isText: no control characters but those that structure text.
func isText(text []byte) bool {
	return bytes.IndexFunc(text, func(r rune) bool {
		return r == 0xfffd || r < ' ' && r != '\n' && r != '\t' || r == 0x7f
	}) < 0
}
