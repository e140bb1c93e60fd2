package model

import (
	"slices"
	"strings"
	"time"
)

// NamedPaths are the paths that VMs name, as the host has them: what a backend
// looks at, and answers by the same paths.
type NamedPaths struct {
	Sources []Raw // of shares
	Volumes []Raw
	Places  []Raw // all others, see [Place]
}

// PathsOf gathers the paths that VMs name: by the runners of `current`,
// `booted` and `old` and those that are declared, by the links in their
// directories, by links beside those.
func PathsOf(o *Observation) NamedPaths {
	var named NamedPaths
	f := &Facts{Observation: o, unitSettings: settingsByName(o)}
	base := strings.TrimRight(string(o.StateDir.Path), "/") + "/"
	for name, runners := range runnersByVM(o) {
		within := base + string(name) + "/"
		for _, r := range runners {
			for _, share := range r.Shares {
				named.Sources = append(named.Sources, f.onHost(name, opensShares, pathIn(within, share.Source)))
			}
			for _, image := range r.Volumes {
				named.Volumes = append(named.Volumes, f.onHost(name, opensVolumes, pathIn(within, image)))
			}
			named.Places = append(named.Places, r.NamedPaths...)
		}
		named.Places = append(named.Places, f.bound(name)...)
	}
	for i := range o.StateDir.Directories {
		named.Places = append(named.Places, o.StateDir.Directories[i].leads(base)...)
	}
	for i := range o.StateDir.Other {
		if other := &o.StateDir.Other[i]; other.Type == "link" {
			named.Places = append(named.Places, Raw(base)+other.Name)
		}
	}
	for _, list := range []*[]Raw{&named.Sources, &named.Volumes, &named.Places} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return named
}

// pathIn is a path that may be relative to a folder, whose path ends in a
// slash.
func pathIn(folder string, path Raw) Raw {
	if strings.HasPrefix(string(path), "/") {
		return path
	}
	return Raw(folder) + path
}

// leads are the links that a directory consists of, but for those that lead
// straight into the store.
func (d *Directory) leads(base string) []Raw {
	within := Raw(base) + d.Name + "/"
	var paths []Raw
	for _, link := range d.ownLinks() {
		if link.Symlink != nil && !strings.HasPrefix(string(link.Target), storeFolder) {
			paths = append(paths, within+Raw(link.name))
		}
	}
	for i := range d.Files {
		if d.Files[i].Type == "link" {
			paths = append(paths, within+d.Files[i].Name)
		}
	}
	return paths
}

const storeFolder = "/nix/store/"

// namedLink is one of microvm.nix's links in a directory.
type namedLink struct {
	name string
	*Symlink
}

// ownLinks are microvm.nix's links of a directory; those that are not there
// are nil.
func (d *Directory) ownLinks() [4]namedLink {
	return [...]namedLink{{"current", d.Current}, {"booted", d.Booted}, {"old", d.Old}, {"toplevel", d.Toplevel}}
}

// runnersByVM are the runners that each VM's links, and the declarations that
// count, name.
func runnersByVM(o *Observation) map[Raw][]*Runner {
	known := make(map[Raw]*Runner, len(o.Runners))
	for i := range o.Runners {
		if r := &o.Runners[i]; !r.Missing {
			known[r.Path] = r
		}
	}
	by := make(map[Raw][]*Runner, len(o.StateDir.Directories))
	add := func(vm, path Raw) {
		if r := known[path]; r != nil && !slices.Contains(by[vm], r) {
			by[vm] = append(by[vm], r)
		}
	}
	for i := range o.StateDir.Directories {
		d := &o.StateDir.Directories[i]
		for _, link := range d.ownLinks() {
			if link.Symlink != nil {
				add(d.Name, link.Target)
			}
		}
	}
	for i := range o.Systems {
		if system := &o.Systems[i]; system.Counts() {
			for _, declared := range system.Declared {
				add(declared.Name, declared.Runner)
			}
		}
	}
	return by
}

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

// VolumeFile is the file, or the block device, behind a VM's volume.
type VolumeFile struct {
	// Path is the image as the runner has it; a relative one behind the path of
	// the VM's directory and a slash. It is not cleaned.
	Path   Raw    `json:"path"`
	Exists bool   `json:"exists"`
	Type   string `json:"type,omitempty"` // as in [File]
	ID     FileID `json:"id,omitzero"`    // with symbolic links followed; of a device: its own node
	// Size and Allocated are those of a file, in bytes; nil: it is none, or was
	// not looked at.
	Size      *uint64 `json:"size,omitempty"`
	Allocated *uint64 `json:"allocated,omitempty"`
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
