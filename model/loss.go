package model

import (
	"path"
	"slices"
	"strings"
)

// Loss is something that a VM's guest writes and that has no name any more: its
// content ends with the process that has it open.
type Loss struct {
	Process int  // its number
	Program Raw  // whose it is, as people know it: see [ProgramName]
	FD      int  // the descriptor; -1: not known, or it is the process's root directory
	Path    Raw  // that it had
	Dir     bool // a directory, with what is in it
	Bytes   *uint64
}

// Command copies it to DEST, while the process is there.
func (l Loss) Command() Raw {
	switch {
	case l.Dir && l.FD < 0:
		return rawf("cp -a --sparse=always /proc/%d/root/. DEST", l.Process)
	case l.Dir:
		return rawf("cp -a --sparse=always /proc/%d/fd/%d/. DEST", l.Process, l.FD)
	case l.FD < 0:
		return rawf("find N with ls -l /proc/%d/fd: cp --sparse=always /proc/%d/fd/N DEST", l.Process, l.Process)
	}
	return rawf("cp --sparse=always /proc/%d/fd/%d DEST", l.Process, l.FD)
}

// Words name it, and who has it open.
func (l Loss) Words() Raw {
	as := rawf("open as file descriptor %d", l.FD)
	switch {
	case l.FD < 0 && l.Dir:
		as = "as its root directory"
	case l.FD < 0:
		as = "open"
	}
	return rawf("%s (deleted): process %d (%s) has it %s", l.Path, l.Process, l.Program, as)
}

// Losses are what is lost when a VM's processes end: by a stop, a restart, a
// power-off. Without root they cannot be seen.
func (i Inventory) Losses(vm Raw) []Loss {
	if found := i.VM(vm); found != nil {
		return found.Losses
	}
	return i.Facts().losses(vm, i.Facts().directories[vm])
}

// losses are those of a VM's units, and of its hypervisors outside of them.
func (f *Facts) losses(vm Raw, d *Directory) []Loss {
	l := losing{Facts: f, vm: vm, d: d}
	var found []Loss
	for _, p := range f.inUnits[vm] {
		found = append(found, l.of(p.Process, p.role == RoleVM)...)
	}
	for _, p := range f.outside(d) {
		found = append(found, l.of(&p, true)...)
	}
	return found
}

// losing is what tells of a process of a VM whether what it has open is lost.
type losing struct {
	*Facts
	vm Raw
	d  *Directory // nil: it has none
}

func (l *losing) of(p *Process, runs bool) []Loss {
	served := p.Serves != nil && p.Serves.Deleted && !l.isHosts(p.Serves.Source)
	isDaemon := p.Serves != nil || p.isShareDaemon()
	var found []Loss
	seen := make(map[FileID]bool) // qemu opens an image more than once
	for _, file := range p.Unlinked {
		if seen[file.ID] && file.ID != (FileID{}) {
			continue
		}
		loss := Loss{Process: p.PID, Program: p.ProgramName(), FD: file.FD, Path: file.Path, Dir: file.Type == "dir", Bytes: &file.Allocated}
		switch {
		case loss.Dir && l.isShare(file.Path) && !l.isHosts(file.Path):
			served = served || isDaemon
			found = append(found, loss)
		case loss.Dir, isDaemon:
		case file.Writes && l.isDisk(p, file.Path, runs):
			found, seen[file.ID] = append(found, loss), true
		}
	}
	if served {
		found = append(found, l.shared(p)...)
	}
	if len(p.Unlinked) == 0 { // a record of an older version
		for _, path := range p.Deleted {
			if !isOwnFile(path) {
				found = append(found, Loss{Process: p.PID, Program: p.ProgramName(), FD: -1, Path: path})
			}
		}
	}
	return found
}

// shared is what a virtiofsd holds of a directory that was deleted. What its
// guest deletes and has open itself looks the same, so it counts only there.
func (l *losing) shared(p *Process) []Loss {
	var found []Loss
	if p.Serves != nil {
		found = append(found, Loss{Process: p.PID, Program: p.ProgramName(), FD: -1, Path: p.Serves.Source, Dir: true})
	}
	for _, file := range p.Unlinked {
		if file.Type == "file" && !isOwnFile(file.Path) {
			found = append(found, Loss{Process: p.PID, Program: p.ProgramName(), FD: file.FD, Path: file.Path, Bytes: &file.Allocated})
		}
	}
	return found
}

// isHosts reports whether the host makes what a share's source names anew, as
// secrets in /run: what its guest has of an older one is no loss.
func (l *losing) isHosts(source Raw) bool {
	file := l.absolute(source)
	return strings.HasPrefix(file, "/run/") || strings.HasPrefix(file, "/nix/") ||
		slices.ContainsFunc(l.SecretStores, func(s SecretStore) bool {
			return file == string(s.Link) || strings.HasPrefix(file, string(s.Folder)+"/")
		})
}

// isShare reports whether a path is the source of one of the VM's shares.
func (l *losing) isShare(file Raw) bool {
	return l.anyRunner(func(r *Runner) bool {
		return slices.ContainsFunc(r.Shares, func(s Share) bool { return l.absolute(s.Source) == path.Clean(string(file)) })
	})
}

// isDisk reports whether a file that was open for writing is a disk: one of the
// VM's volumes; what lay in the state directory and is none of what microvm.nix
// makes there; of the hypervisor, whatever is no scratch file.
func (l *losing) isDisk(p *Process, file Raw, runs bool) bool {
	isVolume := l.anyRunner(func(r *Runner) bool {
		return slices.ContainsFunc(r.Volumes, func(v Raw) bool { return l.absolute(v) == path.Clean(string(file)) })
	})
	if isVolume {
		return true
	}
	if isScratch(file) || isOwnFile(file) {
		return false
	}
	_, inside := l.below(file)
	return inside || runs && (p.isHypervisor() || p.isNamedAsHypervisor())
}

// anyRunner reports whether something holds for a runner that the VM may run.
func (l *losing) anyRunner(is func(*Runner) bool) bool {
	if l.d == nil {
		return false
	}
	return slices.ContainsFunc([]*Symlink{l.d.Booted, l.d.Current}, func(link *Symlink) bool {
		r := l.runner(link)
		return r != nil && is(r)
	})
}

// absolute is a path that may be relative to the VM's directory.
func (l *losing) absolute(file Raw) string {
	if strings.HasPrefix(string(file), "/") {
		return path.Clean(string(file))
	}
	return path.Join(string(l.StateDir.Path), string(l.vm), string(file))
}

// scratch are the beginnings of the paths that a hypervisor has without a name
// from the start: its guest's memory, and what the kernel makes files of.
var scratch = []string{"/memfd:", "/dev/", "/SYSV", "/anon_hugepage", "/anon_inode", "/dmabuf:", "/i915", "/drm ", "/[aio]"}

func isScratch(file Raw) bool {
	text := string(file)
	if slices.ContainsFunc(scratch, func(start string) bool { return strings.HasPrefix(text, start) }) {
		return true
	}
	// qemu's overlay of a disk that is to forget (-snapshot), and small files
	// that are made anew.
	name := path.Base(text)
	return strings.HasPrefix(name, "vl.") && len(name) == len("vl.XXXXXX") || strings.HasSuffix(name, ".pid") ||
		strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".log") || strings.Contains(name, ".log.")
}

// isOwnFile reports whether microvm.nix makes a file of that name, beside the
// VM's data.
func isOwnFile(file Raw) bool {
	name := path.Base(string(file))
	return slices.ContainsFunc(madeByMicrovm, func(made struct{ name, kind string }) bool {
		ok, _ := path.Match(made.name, name)
		return ok && made.kind == "file"
	})
}
