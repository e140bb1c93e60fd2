package model

// Kind is the kind of thing a [Ref] names.
type Kind string

// The kinds of things on a host.
const (
	KindVM       Kind = "vm"
	KindUnit     Kind = "unit"
	KindTap      Kind = "tap"
	KindMacvtap  Kind = "macvtap"
	KindGCRoot   Kind = "gcroot"
	KindStateDir Kind = "state_dir"
	KindProcess  Kind = "process"
	KindHost     Kind = "host"
	KindTrash    Kind = "trash"    // an entry of the trash, by its id
	KindSnapshot Kind = "snapshot" // of a VM's volumes, by its id
)

// Ref is the address of a thing on one host: selection, marks and JSON use
// it, never a row's number.
type Ref struct {
	Kind Kind `json:"kind"`
	Name Raw  `json:"name"`
}

// Stamp says whether a thing under an address is still the same thing. Only
// the fields of its kind are set.
type Stamp struct {
	Invocation string  `json:"invocation,omitempty"` // unit: systemd's InvocationID
	Index      int     `json:"index,omitempty"`      // link: interface index, never used twice
	LinkKind   string  `json:"link_kind,omitempty"`  // link: kind
	Owner      *uint32 `json:"owner,omitempty"`      // link: user id
	File       FileID  `json:"file,omitzero"`        // directory: device and inode
	Target     Raw     `json:"target,omitempty"`     // symbolic link: what it says
	PID        int     `json:"pid,omitempty"`        // process
	Started    uint64  `json:"started,omitempty"`    // process: start time in clock ticks since boot
}

// FileID is a file's identity: device and inode. The zero value is no file.
type FileID struct {
	Dev uint64 `json:"dev"`
	Ino uint64 `json:"ino"`
}
