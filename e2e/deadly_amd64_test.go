package e2e

import (
	"maps"

	"golang.org/x/sys/unix"
)

// What programs in C call on this architecture, where newer ones have only the
// calls that take a directory.
func init() {
	maps.Copy(changing, map[uint64]string{
		unix.SYS_RENAME: "rename", unix.SYS_UNLINK: "unlink", unix.SYS_SYMLINK: "symlink", unix.SYS_LINK: "link",
		unix.SYS_MKDIR: "mkdir", unix.SYS_RMDIR: "rmdir", unix.SYS_CHMOD: "chmod", unix.SYS_LCHOWN: "lchown",
	})
}
