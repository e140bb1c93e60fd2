package model

// VolumeFile is the file, or the block device, behind a VM's volume.
type VolumeFile struct {
	// Path is the image as the runner has it; a relative one behind the path of
	// the VM's directory and a slash. It is not cleaned.
	Path   Raw    `json:"path"`
	Exists bool   `json:"exists"`
	Type   string `json:"type,omitempty"` // as in [File]
	ID     FileID `json:"id,omitzero"`    // with symbolic links followed; of a device: its own node
	Way
	// Device is the number of the block device that it is (st_rdev); 0: it is
	// none.
	Device uint64 `json:"device,omitempty"`
	// Behind is the file that a loop device shows from its first byte on.
	Behind FileID `json:"behind,omitzero"`
	// Folder is the folder that it is in, with symbolic links followed, and
	// Name its name there: the image that would be made where there is none.
	Folder FileID `json:"folder,omitzero"`
	Name   Raw    `json:"name,omitempty"`
	Access Access `json:"access,omitzero"`
	// Parent is the folder that it is in: where an image is missing, user
	// microvm makes it there.
	Parent Access `json:"parent,omitzero"`
	Fault  Raw    `json:"fault,omitempty"` // it could not be looked at
}

// Access is who may write to a file or a folder.
type Access struct {
	Exists bool   `json:"exists"`
	UID    uint32 `json:"uid"`
	GID    uint32 `json:"gid"`
	Mode   uint32 `json:"mode"` // permission bits
	// ACL: it has an access control list, so the mode does not tell who may.
	ACL bool `json:"acl,omitempty"`
	// ReadOnly: its file system is mounted read-only.
	ReadOnly bool `json:"read_only,omitempty"`
}
