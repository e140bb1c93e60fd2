package model

import "strings"

// Process is a process that concerns a VM: it is in the cgroup of one of
// microvm.nix's units, is named microvm@HOST, works in a VM's directory, holds a
// TAP, or is a hypervisor that works where could not be seen.
type Process struct {
	PID     int    `json:"pid"`
	Started uint64 `json:"started"` // clock ticks since boot; with PID its identity
	UID     uint32 `json:"uid"`
	Comm    Raw    `json:"comm"`
	Argv0   Raw    `json:"argv0"`
	Cgroup  Raw    `json:"cgroup"` // below the cgroup root, with a leading slash
	// Cwd is nil where it could not be read.
	Cwd *ProcessDir `json:"cwd"`
	// Program is the file in the store that it runs (/proc/PID/exe); empty: it
	// is not in the store, or was not read, which root alone can.
	Program Raw `json:"program,omitempty"`
	// ProgramGone: that file is not there any more.
	ProgramGone bool `json:"program_gone,omitempty"`
	// Writes are the regular files and block devices that it has open for
	// writing; of processes in the cgroup of a VM's own unit, and as root.
	Writes []FileID `json:"writes,omitempty"`
	// Holds names the TAP interfaces it has open (iff: in /proc/PID/fdinfo).
	Holds []Raw `json:"holds,omitempty"`
	// Deleted names files below the state directory that it holds open and
	// that have no name any more: their content ends with the process.
	Deleted []Raw `json:"deleted,omitempty"`
	// Unlinked are the regular files and directories that it holds open and that
	// have no name any more, wherever they were: those below the state
	// directory, what it may write, and what it has a mere handle of (O_PATH);
	// the largest 256. Left out of records that are older than it.
	Unlinked []OpenFile `json:"unlinked,omitempty"`
	// Serves is what a virtiofsd serves; nil: it is none, it only watches over
	// the one that does, or it could not be read (root alone can).
	Serves *Served `json:"serves,omitempty"`
}

// OpenFile is a file or a directory that a process has open.
type OpenFile struct {
	FD   int    `json:"fd"`   // its descriptor: /proc/PID/fd/FD is a way to it
	Path Raw    `json:"path"` // that it had, as /proc/PID/fd/FD tells it, without " (deleted)"
	Type string `json:"type"` // "file", "dir"
	ID   FileID `json:"id"`
	// Allocated is what it takes on disk, in bytes.
	Allocated uint64 `json:"allocated"`
	Writes    bool   `json:"writes,omitempty"` // it is open for writing
	Handle    bool   `json:"handle,omitempty"` // with O_PATH: a virtiofsd has one of each file that its guest looked up
}

// Served is a directory that a virtiofsd serves. In its sandbox, that is its
// root directory. One that is not in its sandbox, since no guest has connected
// or by --sandbox=none, cannot be told.
type Served struct {
	Source Raw `json:"source"` // --shared-dir of its command line, as it stands there
	Socket Raw `json:"socket"` // --socket-path, likewise
	// ID is what stat(/proc/PID/root) says.
	ID FileID `json:"id,omitzero"`
	// Path is where that lies in its file system: the root field of the mount
	// at / in /proc/PID/mountinfo, without //deleted ("/7" of generation 7 in
	// /run/secrets.d). Empty with --sandbox=chroot.
	Path Raw `json:"path,omitempty"`
	// Deleted: that field ends in //deleted. Nothing names the directory any
	// more.
	Deleted bool `json:"deleted,omitempty"`
}

// ProcessDir is a process's working directory.
type ProcessDir struct {
	Path    Raw    `json:"path"`
	Deleted bool   `json:"deleted,omitempty"`
	ID      FileID `json:"id,omitzero"`
}

// Unit is the VM and the role in whose unit a process is.
func (p *Process) Unit() (role Role, vm Raw, ok bool) { return ParseUnitName(p.service()) }

// service is the service of systemd, the host's own, in whose cgroup, or a
// cgroup below it, a process is.
func (p *Process) service() Raw {
	for part := range strings.SplitSeq(string(p.Cgroup), "/") {
		if strings.HasSuffix(part, ".service") {
			return Raw(part)
		}
	}
	return ""
}

// isHypervisor: microvm.nix names its hypervisors microvm@HOST since 2024-02.
func (p *Process) isHypervisor() bool { return strings.HasPrefix(string(p.Argv0), "microvm@") }

func (p *Process) isNamedAsHypervisor() bool { return NamesHypervisor(p.ProgramName()) }

// NamesHypervisor knows the hypervisors of runners that do not set their title,
// by the first 15 bytes of their program's name ([ProgramName]).
func NamesHypervisor(comm Raw) bool {
	program := ProgramName(comm, "")
	if strings.HasPrefix(string(program), "qemu-system-") {
		return true
	}
	switch program {
	case "cloud-hyperviso", "firecracker", "crosvm", "lkvm", "stratovirt", "alioth":
		return true
	}
	return false
}

// isMachine reports whether another manager's guest or container is it, or
// holds it (libvirt, nspawn): those register theirs with machined.
func (p *Process) isMachine() bool { return strings.HasPrefix(string(p.Cgroup), "/machine.slice/") }

func (p *Process) isShareDaemon() bool {
	return p.ProgramName() == "virtiofsd" || p.ProgramName() == "supervisord"
}

// ProgramName names the program of a process as people know it: see [ProgramName].
func (p *Process) ProgramName() Raw { return ProgramName(p.Comm, p.Argv0) }

// ProgramName is the name of a program, from /proc/PID/comm, which is the first
// 15 bytes of its file's name, and its argument 0. In NixOS a wrapped program
// is .qemu-system-x86_64-wrapped, and a script may have no other name than its
// path in the store, of which 15 bytes are half a hash.
func ProgramName(comm, argv0 Raw) Raw {
	const cut = 15
	name := string(comm)
	given := withoutHash(string(argv0[strings.LastIndexByte(string(argv0), '/')+1:]))
	inner, wrapped := strings.CutPrefix(name, ".")
	if wrapped && strings.HasPrefix(given, inner) {
		return Raw(given)
	}
	if wrapped && len(name) == cut {
		return Raw(unwrapped(inner))
	}
	if isHashPart(name) && len(name) == cut && given != "" {
		return Raw(given)
	}
	return Raw(withoutHash(name))
}

// unwrapped takes -wrapped off a name, or as much of it as the kernel kept.
func unwrapped(name string) string {
	for suffix := "-wrapped"; suffix != ""; suffix = suffix[:len(suffix)-1] {
		if stem, found := strings.CutSuffix(name, suffix); found {
			return stem
		}
	}
	return name
}

// storeHash is the length of the hash in a path of the store.
const storeHash = 32

// withoutHash takes the hash off the name of something in the store.
func withoutHash(name string) string {
	if len(name) > storeHash+1 && name[storeHash] == '-' && isHashPart(name[:storeHash]) {
		return name[storeHash+1:]
	}
	return name
}

// isHashPart: nix writes hashes in digits and letters, without e, o, t and u.
func isHashPart(text string) bool {
	return text != "" && strings.Trim(text, "0123456789abcdfghijklmnpqrsvwxyz") == "" && strings.ContainsAny(text, "0123456789")
}
