package process

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// maxOpenFiles is how many open files of one process are looked at.
const maxOpenFiles = 64 << 10

// readFiles goes over a process's open files: TAPs, and files of the state
// directory that have no name any more.
func (s *scan) readFiles(pid int, k *known) {
	k.files, k.denied = s.now, ""
	k.Holds, k.Deleted = nil, nil
	folder, err := unix.Openat(s.proc, file(pid, "fd"), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		k.noteDenied(err)
		return
	}
	defer unix.Close(folder)
	count := 0
	for {
		n, err := unix.ReadDirent(folder, s.buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			k.noteDenied(err)
			break
		}
		_, _, names := unix.ParseDirent(s.buf[:n], -1, nil)
		for _, name := range names {
			s.readFile(pid, k, folder, name)
		}
		if count += len(names); count > maxOpenFiles {
			k.denied = "has too many open files"
			break
		}
	}
	slices.Sort(k.Holds)
	slices.Sort(k.Deleted)
	k.Holds, k.Deleted = slices.Compact(k.Holds), slices.Compact(k.Deleted)
}

func (s *scan) readFile(pid int, k *known, folder int, name string) {
	n, err := unix.Readlinkat(folder, name, s.text)
	if err != nil || n == 0 || s.text[0] != '/' {
		return
	}
	path := s.text[:n]
	if bytes.HasSuffix(path, []byte("/net/tun")) {
		if text, err := s.read(file(pid, "fdinfo/"+name)); err == nil {
			if device, ok := parseInterface(text); ok {
				k.Holds = append(k.Holds, device)
			}
		}
		return
	}
	if device, ok := parseMacvtap(path); ok {
		if name := macvtapName(device); name != "" {
			k.Holds = append(k.Holds, name)
		}
		return
	}
	head, deleted := bytes.CutSuffix(path, []byte(deletedSuffix))
	if deleted && s.state.holds(path) && isNamelessFile(folder, name) {
		k.Deleted = append(k.Deleted, model.Raw(head))
	}
}

// macvtapName finds the interface of a macvtap's character device: sysfs shows
// tapN as …/net/NAME/macvtap/tapN.
func macvtapName(device string) model.Raw {
	path, err := os.Readlink("/sys/class/macvtap/" + device)
	if err != nil {
		return ""
	}
	path = strings.TrimSuffix(path, "/macvtap/"+device)
	return model.Raw(path[strings.LastIndexByte(path, '/')+1:])
}

func isNamelessFile(folder int, name string) bool {
	var st unix.Statx_t
	err := unix.Statx(folder, name, unix.AT_STATX_DONT_SYNC, unix.STATX_TYPE|unix.STATX_NLINK, &st)
	return err == nil && st.Mode&unix.S_IFMT == unix.S_IFREG && st.Nlink == 0
}

func (k *known) noteDenied(err error) {
	if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
		k.denied = "may not be looked at"
	}
}
