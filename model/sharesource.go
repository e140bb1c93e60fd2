package model

import "time"

// ShareSource is what the source path of a share names now: stat(2) of the
// path, following symbolic links, and lstat(2) of those on the way.
type ShareSource struct {
	// Path is the source as the runner has it; a relative one behind the path
	// of the VM's directory and a slash. It is not cleaned.
	Path   Raw    `json:"path"`
	Exists bool   `json:"exists"`
	Type   string `json:"type,omitempty"` // as in [File]
	ID     FileID `json:"id,omitzero"`
	Real   Raw    `json:"real,omitempty"` // with symbolic links resolved
	Way
	// Links are the symbolic links on the way, in the order in which they are
	// followed.
	Links []SourceLink `json:"links,omitempty"`
	// Fault is set where it could not be looked at, or was not: it is on a
	// network file system, or may not be looked at without root.
	Fault Raw `json:"fault,omitempty"`
}

// SourceLink is a symbolic link on the way to a share's source.
type SourceLink struct {
	Path     Raw       `json:"path"`
	Target   Raw       `json:"target"`
	Modified time.Time `json:"modified"` // of the link itself: when it was last set
}

// SecretStore is a folder of generations of secrets, of which a link names the
// newest: /run/secrets.d and /run/secrets of sops-nix, /run/agenix.d and
// /run/agenix of agenix.
type SecretStore struct {
	Link    Raw                `json:"link"`
	Folder  Raw                `json:"folder"`
	Current int                `json:"current"` // the generation that the link names; 0: none
	Kept    []SecretGeneration `json:"kept"`    // by number
}

// SecretGeneration is one generation of secrets. It is in memory.
type SecretGeneration struct {
	Number int       `json:"number"`
	ID     FileID    `json:"id"`
	Made   time.Time `json:"made"`  // the folder's modification time
	Bytes  *uint64   `json:"bytes"` // the sum of its files' sizes; nil: unknown
}
