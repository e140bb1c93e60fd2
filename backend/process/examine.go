package process

import (
	"bytes"
	"errors"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// deletedSuffix is what the kernel adds to the path of what has no name any
// more. A name may end so too.
const deletedSuffix = " (deleted)"

// examine reads what a process is. One that vanishes meanwhile is forgotten.
func (s *scan) examine(pid int, k *known) {
	text, err := s.read(file(pid, "stat"))
	if err != nil {
		k.gone = true
		return
	}
	st, ok := parseStat(text)
	if !ok || st.dead {
		k.gone = true
		return
	}
	k.kernel, k.parent, k.Started, k.Comm = st.kernel, st.parent, st.started, st.comm
	k.examined = s.now
	if k.kernel {
		return
	}
	k.Cgroup, k.Argv0, k.Serves, k.Program, k.ProgramGone = "", "", nil, "", false
	if text, err := s.read(file(pid, "cgroup")); err == nil {
		k.Cgroup = parseCgroup(text)
	}
	if text, err := s.read(file(pid, "cmdline")); err == nil {
		argv0, _, _ := bytes.Cut(text, []byte{0})
		k.Argv0 = model.Raw(argv0)
		k.Serves = parseVirtiofsd(text)
	}
	k.inUnit = inMicrovmUnit(k.Cgroup)
	works := s.examineCwd(pid, k)
	k.concerns = works || k.inUnit || isHypervisor(k.Argv0) || k.Cwd == nil && model.NamesHypervisor(k.Comm)
	s.examineUser(pid, k)
	if k.inUnit {
		s.examineProgram(pid, k)
	}
	if k.Serves != nil && !(k.concerns && s.examineServed(pid, k.Serves)) {
		k.Serves = nil
	}
}

// examineProgram reads what a process in a VM's unit runs, where that is in the
// store: the kernel marks a file that was deleted, and the path may have been
// filled again since.
func (s *scan) examineProgram(pid int, k *known) {
	n, err := unix.Readlinkat(s.proc, file(pid, "exe"), s.text)
	if err != nil || !bytes.HasPrefix(s.text[:n], []byte("/nix/store/")) {
		return
	}
	path, deleted := bytes.CutSuffix(s.text[:n], []byte(deletedSuffix))
	k.Program = model.Raw(path)
	var st unix.Statx_t
	k.ProgramGone = deleted && errors.Is(unix.Statx(unix.AT_FDCWD, string(path), unix.AT_STATX_DONT_SYNC, unix.STATX_INO, &st), unix.ENOENT)
}

// isHypervisor: microvm.nix calls its hypervisors microvm@HOST since 2024-02.
func isHypervisor(argv0 model.Raw) bool {
	const title = "microvm@"
	return len(argv0) > len(title) && argv0[:len(title)] == title
}

// examineUser reads whose process it is. The folder's owner is cheap, but root
// for a process that changed its user and may not be dumped.
func (s *scan) examineUser(pid int, k *known) {
	var st unix.Statx_t
	if unix.Statx(s.proc, file(pid, ""), unix.AT_STATX_DONT_SYNC, unix.STATX_UID, &st) == nil {
		k.owner, k.UID = st.Uid, st.Uid
	}
	if !k.concerns || k.owner != 0 {
		return
	}
	if text, err := s.read(file(pid, "status")); err == nil {
		if uid, ok := parseUID(text); ok {
			k.UID = uid
		}
	}
}

// examineCwd reads where a process works, and reports whether that is below
// the state directory.
func (s *scan) examineCwd(pid int, k *known) bool {
	k.Cwd = nil
	name := file(pid, "cwd")
	n, err := unix.Readlinkat(s.proc, name, s.text)
	if err != nil {
		return false
	}
	path, deleted := bytes.CutSuffix(s.text[:n], []byte(deletedSuffix))
	dir := &model.ProcessDir{Path: model.Raw(path), Deleted: deleted}
	// The file system is not asked: one that does not answer would hang this.
	var st unix.Statx_t
	if unix.Statx(s.proc, name, unix.AT_STATX_DONT_SYNC, unix.STATX_INO, &st) == nil {
		dir.ID = fileID(st)
	}
	if deleted && isNamed(string(path)+deletedSuffix, dir.ID) {
		dir.Path, dir.Deleted = dir.Path+deletedSuffix, false
	}
	k.Cwd = dir
	return s.state.holds(path)
}

// isNamed reports whether a path leads to a file.
func isNamed(path string, id model.FileID) bool {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_STATX_DONT_SYNC|unix.AT_SYMLINK_NOFOLLOW, unix.STATX_INO, &st)
	return err == nil && fileID(st) == id
}

func fileID(st unix.Statx_t) model.FileID {
	return model.FileID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino}
}

// read reads the start of a file in /proc, as much as the buffer holds. It is
// good until the next read.
func (s *scan) read(name string) ([]byte, error) { return readAt(s.proc, name, s.text) }

func readAt(dir int, name string, buf []byte) ([]byte, error) {
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Read(fd, buf)
		if !errors.Is(err, unix.EINTR) {
			return buf[:max(n, 0)], err
		}
	}
}
