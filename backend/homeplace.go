package backend

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
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
	st, err := filesystem.Statx(unix.AT_FDCWD, path, unix.AT_NO_AUTOMOUNT)
	for errors.Is(err, unix.ENOENT) && path != "/" {
		path = filepath.Dir(path)
		st, err = filesystem.Statx(unix.AT_FDCWD, path, unix.AT_NO_AUTOMOUNT)
	}
	if err != nil {
		return nil
	}
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	mounts, _ := filesystem.ParseMounts(string(text))
	on, _ := filesystem.ByID(mounts, st.Mount)
	place.Filesystem, place.Volatile = model.Raw(on.Type), slices.Contains(volatile, on.Type)
	if on.Type == "overlay" {
		place.Volatile = isVolatile(optionOf(on.Super, "upperdir"))
	}
	place.Device = st.ID.Dev
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

func optionOf(options, name string) string {
	for option := range strings.SplitSeq(options, ",") {
		if value, ok := strings.CutPrefix(option, name+"="); ok {
			return value
		}
	}
	return ""
}
