package process

import (
	"bytes"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// parseVirtiofsd finds in /proc/PID/cmdline what a virtiofsd is to serve; nil:
// it is none. virtiofsd of Rust has --shared-dir, that of qemu -o source=; each
// takes the other's as well.
func parseVirtiofsd(commandLine []byte) *model.Served {
	program, rest, _ := bytes.Cut(commandLine, []byte{0})
	if name := program[bytes.LastIndexByte(program, '/')+1:]; string(name) != "virtiofsd" {
		return nil
	}
	var served model.Served
	var before string
	for word := range strings.SplitSeq(strings.TrimSuffix(string(rest), "\x00"), "\x00") {
		option, value := before, word
		if long, inline, ok := strings.Cut(word, "="); ok && strings.HasPrefix(word, "--") {
			option, value = long, inline
		} else if short, ok := strings.CutPrefix(word, "-o"); ok && short != "" {
			option, value = "-o", short
		}
		switch option {
		case "--shared-dir":
			served.Source = model.Raw(value)
		case "--socket-path":
			served.Socket = model.Raw(value)
		case "-o":
			if source := sourceOption(value); source != "" {
				served.Source = source
			}
		}
		before = word
	}
	if served.Source == "" {
		return nil
	}
	return &served
}

// sourceOption finds source= in a list of options.
func sourceOption(options string) model.Raw {
	for option := range strings.SplitSeq(options, ",") {
		if source, ok := strings.CutPrefix(option, "source="); ok {
			return model.Raw(source)
		}
	}
	return ""
}

// examineServed finds out what a virtiofsd serves, by its root directory: its
// sandbox makes that the shared directory, with a mount namespace of its own or
// by chroot alone. One that has the host's root is not in its sandbox, for want
// of a guest that connected or by --sandbox=none; then nothing tells.
func (s *scan) examineServed(pid int, served *model.Served) bool {
	name := file(pid, "root")
	n, err := unix.Readlinkat(s.proc, name, s.text)
	if err != nil {
		return false
	}
	root, deleted := bytes.CutSuffix(s.text[:n], []byte(deletedSuffix))
	isRoot := string(root) == "/"
	// The file system is not asked: one that does not answer would hang this.
	var st unix.Statx_t
	if unix.Statx(s.proc, name, unix.AT_STATX_DONT_SYNC, unix.STATX_INO, &st) != nil {
		return false
	}
	served.ID = fileID(st)
	if isNamed("/", served.ID) {
		return false
	}
	if !isRoot { // by chroot: its path can be told, but not its place
		served.Deleted = deleted && !isNamed(string(root)+deletedSuffix, served.ID)
		return true
	}
	mounts, err := readAt(s.proc, file(pid, "mountinfo"), s.whole)
	if err != nil {
		return false
	}
	served.Path, served.Deleted = parseRoot(string(mounts))
	return true
}

// removedSuffix is what the kernel adds to the place of a mount whose directory
// has no name any more (proc_pid_mountinfo(5), field 4).
const removedSuffix = "//deleted"

// parseRoot finds in mountinfo which part of its file system is mounted at /,
// and whether that is deleted. The last mount lies on top.
func parseRoot(text string) (path model.Raw, deleted bool) {
	mounts, _ := filesystem.ParseMounts(text)
	for _, m := range mounts {
		if m.Point == "/" {
			var bare string
			bare, deleted = strings.CutSuffix(m.Root, removedSuffix)
			path = model.Raw(bare)
		}
	}
	return path, deleted
}

// watchers are the processes that only wait for a virtiofsd that serves: it
// forks when it enters its sandbox.
func (s *scan) watchers() map[int]bool {
	watchers := make(map[int]bool)
	for _, k := range s.table {
		if k.Serves != nil {
			watchers[k.parent] = true
		}
	}
	return watchers
}
