package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// spot is a place in a file system. Unlike a path it is the same in every mount
// namespace, and through every bind mount.
type spot struct {
	dev  uint64
	path string
	// tail: only the end of path is known, and not dev. So it is in a chroot
	// whose root is no mount: mountinfo does not list what that lies on.
	tail bool
}

// holds reports whether another spot is this one or below it, or could be.
func (s spot) holds(other spot) bool {
	if s.tail {
		return strings.Contains(other.path+"/", s.path+"/")
	}
	_, ok := below(s.path, other.path)
	return ok && s.dev == other.dev
}

// shown is what a mount shows, and where: a line of proc_pid_mountinfo(5).
type shown struct {
	id    uint64
	point string
	spot
}

// parseMounts reads mountinfo. A line that is not as it should be is left out.
func parseMounts(text string) []shown {
	var mounts []shown
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		id, err := strconv.ParseUint(fields[0], 10, 64)
		major, minor, _ := strings.Cut(fields[2], ":")
		first, err2 := strconv.ParseUint(major, 10, 32)
		second, err3 := strconv.ParseUint(minor, 10, 32)
		if err != nil || err2 != nil || err3 != nil {
			continue
		}
		dev := unix.Mkdev(uint32(first), uint32(second))
		mounts = append(mounts, shown{id, unescape(fields[4]), spot{dev: dev, path: unescape(fields[3])}})
	}
	return mounts
}

// mountOf finds where a part of a directory is mounted; empty: nowhere.
func mountOf(mounts []shown, dir spot) string {
	for _, m := range mounts {
		if dir.holds(m.spot) {
			return m.point
		}
	}
	return ""
}

// spotOf finds the place of a directory, by the mount that it is on.
func spotOf(path string) (spot, error) {
	id, err := mountID(path)
	if err != nil {
		return spot{}, err
	}
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return spot{}, err
	}
	listed := false
	for _, m := range parseMounts(string(text)) {
		listed = listed || m.id == id
		if rest, ok := below(m.point, path); ok && m.id == id {
			return spot{dev: m.dev, path: strings.TrimSuffix(m.path, "/") + rest}, nil
		}
	}
	if root, err := mountID("/"); err == nil && root == id && !listed {
		return spot{path: path, tail: true}, nil
	}
	return spot{}, fmt.Errorf("mount %d is not listed", id)
}

// mountID is the number of the mount that a path lies on (statx(2), since
// Linux 5.8).
func mountID(path string) (uint64, error) {
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW|unix.AT_STATX_DONT_SYNC, unix.STATX_MNT_ID, &st); err != nil {
		return 0, err
	}
	if st.Mask&unix.STATX_MNT_ID == 0 {
		return 0, fmt.Errorf("this kernel does not report which mount %s is on", path)
	}
	return st.Mnt_id, nil
}

// below is the rest of a path that is a folder's or leads below it.
func below(folder, path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(folder, "/"))
	return rest, ok && (rest == "" || rest[0] == '/')
}
