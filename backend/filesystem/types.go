package filesystem

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

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

// TypeOf names a file system by its number (statfs(2)), for what mountinfo does
// not list: what a chroot lies on. Empty: it has no name here.
func TypeOf(magic int64) string { return byMagic[magic] }

var byMagic = map[int64]string{
	unix.EXT4_SUPER_MAGIC: "ext4", unix.BTRFS_SUPER_MAGIC: "btrfs", unix.XFS_SUPER_MAGIC: "xfs",
	unix.TMPFS_MAGIC: "tmpfs", unix.OVERLAYFS_SUPER_MAGIC: "overlay", 0x2fc12fc1: "zfs",
	unix.NFS_SUPER_MAGIC: "nfs", unix.SMB2_SUPER_MAGIC: "smb3", unix.CIFS_SUPER_MAGIC: "cifs",
	unix.V9FS_MAGIC: "9p", unix.CEPH_SUPER_MAGIC: "ceph", unix.FUSE_SUPER_MAGIC: "fuse",
}
