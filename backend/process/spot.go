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
		mounts = append(mounts, shown{id, unescape(fields[4]), spot{dev, unescape(fields[3])}})
	}
	return mounts
}

// mountOf finds where a part of a directory is mounted; empty: nowhere.
func mountOf(mounts []shown, dir spot) string {
	for _, m := range mounts {
		if _, ok := below(dir.path, m.path); ok && m.dev == dir.dev {
			return m.point
		}
	}
	return ""
}

// spotOf finds the place of a directory, by the mount that it is on.
func spotOf(path string) (spot, error) {
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW|unix.AT_STATX_DONT_SYNC, unix.STATX_MNT_ID, &st); err != nil {
		return spot{}, err
	}
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return spot{}, err
	}
	for _, m := range parseMounts(string(text)) {
		if rest, ok := below(m.point, path); ok && m.id == st.Mnt_id && st.Mask&unix.STATX_MNT_ID != 0 {
			return spot{m.dev, strings.TrimSuffix(m.path, "/") + rest}, nil
		}
	}
	return spot{}, fmt.Errorf("mount %d is not listed", st.Mnt_id)
}

// below is the rest of a path that is a folder's or leads below it.
func below(folder, path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(folder, "/"))
	return rest, ok && (rest == "" || rest[0] == '/')
}
