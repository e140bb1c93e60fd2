package storage

import (
	"golang.org/x/sys/unix"

	"microtui/model"
)

// volume looks at an image, or at a device, and at who may write it or make it.
func (w *walk) volume(path model.Raw) model.VolumeFile {
	var v model.VolumeFile
	found := w.follow(path)
	switch {
	case found.err == nil:
		v.Exists, v.Type, v.ID = true, found.kind(), found.id()
		v.Access = w.access(found.real, found.stat)
	case !isAbsent(found.err):
		v.Fault = faultOf(found.err)
		return v
	}
	if found.folderPath != "" {
		v.Parent = w.access(found.folderPath, found.folder)
	}
	return v
}

// access says who may write to what was found at a path without links.
func (w *walk) access(path string, s stat) model.Access {
	return model.Access{
		Exists: true, UID: s.Uid, GID: s.Gid, Mode: uint32(s.Mode) & 0o7777,
		ACL: hasACL(path), ReadOnly: w.readOnly[s.Mnt_id],
	}
}

// hasACL reports whether a file has an access control list beyond its mode
// (acl(5)). A link in its place by now is not followed.
func hasACL(path string) bool {
	size, err := unix.Lgetxattr(path, "system.posix_acl_access", nil)
	return err == nil && size > 0
}
