package backend

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/trash"
	"microtui/model"
)

// volatile are the types of file systems that are in memory, as mountinfo names
// them.
var volatile = []string{"tmpfs", "ramfs", "rootfs"}

// readHome tells what the folder of our records is on, or would be where it is
// not there yet; nil: that is not known.
func readHome(path string) *model.HomePlace {
	place := &model.HomePlace{Path: model.Raw(path)}
	var st unix.Statx_t
	for {
		err := unix.Statx(unix.AT_FDCWD, path, unix.AT_NO_AUTOMOUNT, unix.STATX_INO|unix.STATX_MNT_ID, &st)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.ENOENT) || path == "/" {
			return nil
		}
		path = filepath.Dir(path)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	kind, options := parseMount(string(mounts), st.Mnt_id)
	place.Filesystem, place.Volatile = model.Raw(kind), slices.Contains(volatile, kind)
	if kind == "overlay" {
		place.Volatile = isVolatile(optionOf(options, "upperdir"))
	}
	place.Device = unix.Mkdev(st.Dev_major, st.Dev_minor)
	if folder, err := os.Open(path); err == nil {
		place.Made = trash.SubvolumeMade(folder)
		folder.Close()
	}
	return place
}

// isVolatile reports whether a path is on a file system in memory. The upper
// folder of an overlay may be of the initrd, and not be found any more.
func isVolatile(path string) bool {
	var fs unix.Statfs_t
	return path != "" && unix.Statfs(path, &fs) == nil && (int64(fs.Type) == unix.TMPFS_MAGIC || int64(fs.Type) == unix.RAMFS_MAGIC)
}

// parseMount finds a mount's type and its file system's options in the format of
// proc_pid_mountinfo(5).
func parseMount(text string, mount uint64) (kind, options string) {
	number := strconv.FormatUint(mount, 10) + " "
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, number) {
			continue
		}
		_, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " - ")
		if fields := strings.Fields(rest); len(fields) > 2 {
			return fields[0], fields[2]
		}
	}
	return "", ""
}

func optionOf(options, name string) string {
	for option := range strings.SplitSeq(options, ",") {
		if value, ok := strings.CutPrefix(option, name+"="); ok {
			return value
		}
	}
	return ""
}
