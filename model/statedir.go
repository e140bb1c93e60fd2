package model

import (
	"slices"
	"strings"
	"time"
)

// StateDir is the directory that holds one directory for each VM
// (microvm.stateDir, by default /var/lib/microvms). Users of group kvm can
// write to it, so every name and every file in it is hostile.
type StateDir struct {
	Path       Raw    `json:"path"`
	Real       Raw    `json:"real,omitempty"` // with symbolic links resolved; empty: it is not there
	ID         FileID `json:"id,omitzero"`
	Exists     bool   `json:"exists"`
	Filesystem Raw    `json:"filesystem,omitempty"` // as mountinfo names it: "ext4", "nfs4"
	Network    bool   `json:"network,omitempty"`    // a file system that another machine serves, or FUSE
	// Mounts are the mount units at, above (but for /) and below it. An
	// inactive one means that names are missing that are kept elsewhere.
	Mounts      []Mount     `json:"mounts,omitempty"`
	Directories []Directory `json:"directories"`
	// Other are entries that are no VM's directory: files, links, sockets.
	// Entries that begin with a dot, and lost+found, are not listed.
	Other []File `json:"other,omitempty"`
	// Above are the folders that it is in, with symbolic links resolved, from
	// the root down.
	Above []FileID `json:"above,omitempty"`
	// Space and Files are what is left of the file system that it is on
	// (statfs(2)); nil: unknown. A file system without a table of inodes has
	// Files of 0.
	Space *Room `json:"space,omitempty"` // bytes; free is what is left for users other than root
	Files *Room `json:"files,omitempty"` // inodes
	// Elsewhere are the directories with a link `current` in /var/lib/microvms
	// where that is not the state directory: microvm.deploy.installOnHost, and
	// the microvm command before 2026-03-08, use it whatever microvm.stateDir
	// says.
	Elsewhere []Raw `json:"elsewhere,omitempty"`
}

// Room is how much there is of something, and how much of it is free.
type Room struct {
	Total uint64 `json:"total"`
	Free  uint64 `json:"free"`
}

// A file system is nearly full below this share of free space, or below this
// much where it is not a small one.
const (
	lowPercent = 5
	lowBytes   = 1 << 30
)

// BytesShort reports whether little is left of a number of bytes; of nil, which
// is unknown, it is not.
func (r *Room) BytesShort() bool {
	return r != nil && r.Total > 0 && (r.Free < r.Total/100*lowPercent || r.Free < lowBytes && r.Free < r.Total/5)
}

// FilesShort reports the same of a number of inodes.
func (r *Room) FilesShort() bool {
	return r != nil && r.Free < r.Total/100*lowPercent
}

// ShortOfSpace is what is left of the file system of the state directory, where
// that is little.
func (i *Inventory) ShortOfSpace() (free uint64, short bool) {
	if i.facts == nil || !i.facts.StateDir.Space.BytesShort() {
		return 0, false
	}
	return i.facts.StateDir.Space.Free, true
}

// Mount is a mount unit of systemd.
type Mount struct {
	Unit   Raw  `json:"unit"`
	Where  Raw  `json:"where"`
	Active bool `json:"active"`
	// Failed: it was to be mounted, and was not; Masked: it never will be.
	Failed bool `json:"failed,omitempty"`
	Masked bool `json:"masked,omitempty"`
	// Automount: it is mounted as soon as somebody looks there.
	Automount bool `json:"automount,omitempty"`
	// Error is how it failed ("exit-code, status 32"), and What is what was to
	// be mounted; empty: unknown.
	Error Raw `json:"error,omitempty"`
	What  Raw `json:"what,omitempty"`
}

// Directory is one directory in the state directory.
type Directory struct {
	Name     Raw       `json:"name"`
	ID       FileID    `json:"id"`
	UID      uint32    `json:"uid"`
	GID      uint32    `json:"gid"`
	Mode     uint32    `json:"mode"` // permission bits
	Modified time.Time `json:"modified"`
	// Changed is when anything about it last did, its name too (ctime); zero:
	// unknown.
	Changed time.Time `json:"changed,omitzero"`
	Mounted bool      `json:"mounted,omitempty"` // a file system of its own is mounted here
	// Stub: it is what a btrfs snapshot has in the place of a subvolume: empty,
	// and neither to be moved nor to be written to.
	Stub bool `json:"stub,omitempty"`
	// ACL: it has an access control list, so the mode does not tell who may.
	ACL bool `json:"acl,omitempty"`
	// Link is where the entry leads that is a symbolic link to the directory:
	// systemd follows it. All else is told of the directory.
	Link Raw `json:"link,omitempty"`

	Current  *Symlink `json:"current"` // what the next start runs
	Booted   *Symlink `json:"booted"`  // what the last start ran
	Old      *Symlink `json:"old"`
	Toplevel *Symlink `json:"toplevel"`
	Flake    *Flake   `json:"flake"`
	// InstanceInterfaces are the names in instance/interfaces (proposed for
	// microvm.nix).
	InstanceInterfaces []Raw `json:"instance_interfaces,omitempty"`
	// Files are the other entries, the first 256 of them.
	Files []File `json:"files,omitempty"`
	// Strange says what stood where a link or a file of microvm.nix belongs
	// and was not opened, the entry's name first: "flake is a fifo".
	Strange []Raw `json:"strange,omitempty"`
	// Bytes is what the directory holds, allocated on disk; nil while unknown.
	Bytes *uint64 `json:"bytes"`
	// Fault is set where the directory could not be read.
	Fault Raw `json:"fault,omitempty"`
}

// hidesClaims reports whether something else stands where the directory says
// which interfaces the VM has.
func (d *Directory) hidesClaims() bool {
	return slices.ContainsFunc(d.Strange, func(what Raw) bool {
		name, _, _ := strings.Cut(string(what), " ")
		return name == "current" || name == "booted" || name == "old" || strings.HasPrefix(name, "instance")
	})
}

// hasNew reports whether the directory holds a link `new`: where a deployment
// over SSH finds the runner that is there already, it goes no further than to
// make that, and `current` stays as whoever was before had set it.
func (d *Directory) hasNew() bool {
	return slices.ContainsFunc(d.Files, func(f File) bool { return f.Name == "new" && f.Type == "link" })
}

// Symlink is a symbolic link in a VM's directory.
type Symlink struct {
	Target   Raw       `json:"target"`
	Dangling bool      `json:"dangling,omitempty"` // its target is not there
	UID      uint32    `json:"uid"`                // owner of the link itself
	Modified time.Time `json:"modified"`
	// Real is where it ends, and Set when the last of the links behind it was
	// set, of one that does not lead straight into the store: to a profile of
	// nix, say.
	Real Raw       `json:"real,omitempty"`
	Set  time.Time `json:"set,omitzero"`
}

// end is where a link ends.
func (l *Symlink) end() Raw { return firstOf(l.Real, l.Target) }

// Flake is the file `flake`: one line, the reference that the VM is built
// from. `microvm -c` writes it without a newline, NixOS with one.
type Flake struct {
	Ref     Raw    `json:"ref"`
	Newline bool   `json:"newline"`
	UID     uint32 `json:"uid"`
}

// File is an entry of a directory.
type File struct {
	Name      Raw       `json:"name"`
	Type      string    `json:"type"` // "file", "dir", "link", "socket", "fifo", "device"
	Size      uint64    `json:"size"`
	Allocated uint64    `json:"allocated"` // on disk
	Modified  time.Time `json:"modified"`
}
