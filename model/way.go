package model

// Way is what a path that a VM names leads through on this host.
type Way struct {
	// Through are the entries of the state directory that it leads through or
	// ends at, by whatever name: by symbolic links, by a mount that shows them
	// elsewhere. A path has none where it never enters the state directory.
	Through []FileID `json:"through,omitempty"`
	// Remote: it leads to a file system that another machine serves, and was
	// followed no further.
	Remote bool `json:"remote,omitempty"`
}

// Place is where a path leads that a VM's files name, other than the volumes
// and the sources of shares of its runners: a link in its directory, a path in
// the text of a script.
type Place struct {
	Path Raw `json:"path"`
	Way
	ID    FileID `json:"id,omitzero"`     // with symbolic links followed; zero: nothing is there
	Fault Raw    `json:"fault,omitempty"` // it could not be looked at
}
