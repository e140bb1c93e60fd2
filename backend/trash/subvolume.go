package trash

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// On btrfs a subvolume is a directory with a device number of its own, given
// out anew at each mount, and the inode every subvolume has. It can be renamed
// wherever its mount reaches, and rmdir removes it once it is empty. A snapshot
// of the subvolume that it is in holds a stub in its place: an empty folder
// that nothing can be made in, that cannot be renamed, and that rmdir removes.
const (
	subvolumeRoot = 256 // BTRFS_FIRST_FREE_OBJECTID
	stubInode     = 2   // BTRFS_EMPTY_SUBVOL_DIR_OBJECTID
)

// isBtrfs: there, these inodes say what a directory is; elsewhere they are like
// any other.
func isBtrfs(fd int) (bool, error) {
	var fs unix.Statfs_t
	if err := unix.Fstatfs(fd, &fs); err != nil {
		return false, err
	}
	return int64(fs.Type) == unix.BTRFS_SUPER_MAGIC, nil
}

// isStub reports whether a directory on btrfs is what a snapshot has in a
// subvolume's place.
func isStub(s stat) bool { return s.Is(unix.S_IFDIR) && s.ID.Ino == stubInode && !s.MountRoot }

func refuseStub(path string) error {
	return refusef("%s is an empty stub that a btrfs snapshot left in place of a subvolume, and cannot be moved: remove it with rmdir", path)
}

// subvolumeInfo is struct btrfs_ioctl_get_subvol_info_args of linux/btrfs.h, up
// to what is wanted of it.
type subvolumeInfo struct {
	tree uint64
	name [256]byte
	_    [4]uint64 // parent, directory, generation, flags
	uuid [16]byte
	_    [8]uint64  // other UUIDs, transactions
	_    [2]uint64  // time of the last change
	made [2]uint64  // seconds, and nanoseconds in the lower half
	_    [12]uint64 // other times, and what is reserved
}

// getSubvolumeInfo is BTRFS_IOC_GET_SUBVOL_INFO, of Linux 4.18.
const getSubvolumeInfo = 2<<30 | unsafe.Sizeof(subvolumeInfo{})<<16 | 0x94<<8 | 60

// subvolumeOf is the UUID of the subvolume that an open directory is the root
// of; empty: it is none.
func subvolumeOf(fd int) (string, error) {
	st, err := statFD(fd)
	if err != nil || st.ID.Ino != subvolumeRoot {
		return "", err
	}
	if btrfs, err := isBtrfs(fd); err != nil || !btrfs {
		return "", err
	}
	info, err := askSubvolume(fd)
	return hex.EncodeToString(info.uuid[:]), err
}

// askSubvolume asks about the subvolume that an open file is in.
func askSubvolume(fd int) (info subvolumeInfo, err error) {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), getSubvolumeInfo, uintptr(unsafe.Pointer(&info))); errno != 0 {
		return info, fmt.Errorf("ask btrfs about a subvolume: %w", errno)
	}
	return info, nil
}

// SubvolumeMade is when the btrfs subvolume that an open folder is in was made,
// be it as a snapshot; the zero time: it is in none, or that is not known.
func SubvolumeMade(folder *os.File) time.Time {
	fd := int(folder.Fd())
	if btrfs, err := isBtrfs(fd); err != nil || !btrfs {
		return time.Time{}
	}
	info, err := askSubvolume(fd)
	if err != nil || info.made[0] == 0 {
		return time.Time{}
	}
	return time.Unix(int64(info.made[0]), int64(uint32(info.made[1]))).UTC()
}

// subvolumeAt is that of an entry of an open folder. What is not there, or is no
// directory, is none.
func (f folder) subvolumeAt(name string, want model.FileID) (string, error) {
	fd, err := openat2(f.fd, name, inside)
	if isAbsent(err) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) || errors.Is(err, unix.EXDEV) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("open %s/%s: %w", f.path, name, err)
	}
	defer unix.Close(fd)
	if st, err := statFD(fd); err != nil || want != (model.FileID{}) && st.ID != want {
		return "", err
	}
	return subvolumeOf(fd)
}
