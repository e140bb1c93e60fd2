package statedir

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// mountTypes knows the file system type of the last mount that it was asked
// for. The numbers by which a mount is known can be given out again, so the
// file system's own are compared too.
type mountTypes struct {
	mount uint64
	dev   uint64
	magic int64
	fsid  unix.Fsid
	name  model.Raw
}

// describe sets the file system that something open is on: its type as
// /proc/self/mountinfo names it, empty where that cannot be told, and what is
// left of it.
func (m *mountTypes) describe(dir *model.StateDir, fd int, st stat) {
	var fs unix.Statfs_t
	if err := unix.Fstatfs(fd, &fs); err != nil {
		return
	}
	block := uint64(fs.Frsize)
	dir.Space = &model.Room{Total: fs.Blocks * block, Free: fs.Bavail * block}
	dir.Files = &model.Room{Total: fs.Files, Free: fs.Ffree}
	dir.Filesystem = m.typeOf(st, fs)
	dir.Network = IsRemote(string(dir.Filesystem))
}

func (m *mountTypes) typeOf(st stat, fs unix.Statfs_t) model.Raw {
	now := mountTypes{mount: st.mount, dev: st.id.Dev, magic: int64(fs.Type), fsid: fs.Fsid, name: m.name}
	if *m == now && m.name != "" {
		return m.name
	}
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	if now.name = parseMountType(string(text), st.mount); now.name == "" {
		now.name = byMagic[now.magic]
	}
	*m = now
	return now.name
}

// byMagic names file systems by their number (statfs(2)), for those that
// mountinfo does not list: what a chroot lies on.
var byMagic = map[int64]model.Raw{
	unix.EXT4_SUPER_MAGIC: "ext4", unix.BTRFS_SUPER_MAGIC: "btrfs", unix.XFS_SUPER_MAGIC: "xfs",
	unix.TMPFS_MAGIC: "tmpfs", unix.OVERLAYFS_SUPER_MAGIC: "overlay", 0x2fc12fc1: "zfs",
	unix.NFS_SUPER_MAGIC: "nfs", unix.SMB2_SUPER_MAGIC: "smb3", unix.CIFS_SUPER_MAGIC: "cifs",
	unix.V9FS_MAGIC: "9p", unix.CEPH_SUPER_MAGIC: "ceph", unix.FUSE_SUPER_MAGIC: "fuse",
}

// parseMountType finds a mount's type in the format of proc_pid_mountinfo(5):
// the mount's number comes first, the type after a lone dash.
func parseMountType(text string, mount uint64) model.Raw {
	want := strconv.FormatUint(mount, 10) + " "
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, want) {
			continue
		}
		_, rest, _ := strings.Cut(line, " - ")
		name, _, _ := strings.Cut(rest, " ")
		return model.Raw(name)
	}
	return ""
}

// served are the types of file systems that another machine serves, or shares
// with others.
var served = []string{
	"9p", "afs", "beegfs", "ceph", "cifs", "coda", "fuse", "fuseblk", "gfs2", "glusterfs", "gpfs",
	"lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb3", "smbfs", "virtiofs",
}

// IsRemote reports whether a type of file system, as mountinfo names it, is one
// that another machine serves, or another process (FUSE): it may never answer.
func IsRemote(name string) bool {
	return slices.Contains(served, name) || strings.HasPrefix(name, "fuse.")
}
