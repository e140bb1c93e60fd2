package statedir

import (
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// readLinked reads the directory that a link in the state directory leads to,
// where that is a VM's: systemd follows it, so the VM is one by the link's name.
// One that leads to something in the state directory is but another name of
// that, and one that leads to what another machine serves may never answer.
// Nil: it is none.
func (r *Reader) readLinked(parent int, name string, stateDir model.Raw) *seenDirectory {
	target, err := filesystem.ReadLinkAt(parent, name)
	if err != nil || target == "" {
		return nil
	}
	if !strings.HasPrefix(target, "/") {
		target = string(stateDir) + "/" + target
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || mayHang(string(mounts), target) {
		return nil
	}
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_MAGICLINKS}
	fd, err := unix.Openat2(parent, name, &how)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	real := filesystem.RealPath(fd)
	self, err := filesystem.StatFD(fd)
	if err != nil || !strings.HasPrefix(real, "/") || strings.HasPrefix(real, string(stateDir)+"/") {
		return nil
	}
	if current, err := filesystem.StatAt(fd, "current"); err != nil || !current.Is(unix.S_IFLNK) {
		return nil
	}
	at := strings.LastIndexByte(real, '/')
	folder, err := unix.Open(real[:at+1], unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(folder)
	kept := r.seen
	r.seen = nil // what was seen under a name was seen in the state directory
	found := r.readDirectory(folder, real[at+1:], self)
	r.seen = kept
	found.Name, found.Link = model.Raw(name), model.Raw(target)
	return found
}

// mayHang reports whether the file system that a path lies on by its words, in
// the format of proc_pid_mountinfo(5), is one that may not answer, or is mounted
// when somebody looks.
func mayHang(mountinfo, target string) bool {
	mounts, _ := filesystem.ParseMounts(mountinfo)
	on, _ := filesystem.Under(mounts, path.Clean(target))
	return on.Type == "autofs" || filesystem.IsRemote(on.Type)
}
