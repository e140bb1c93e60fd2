package process

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
	"microtui/model/order"
)

// maxOpenFiles is how many open files of one process are looked at.
const maxOpenFiles = 64 << 10

// maxUnlinked is how many open files without a name are told of one process.
const maxUnlinked = 256

// readFiles goes over a process's open files: TAPs, and what has no name any
// more.
func (s *scan) readFiles(pid int, k *known) {
	k.files, k.denied = s.now, ""
	k.Holds, k.Deleted, k.Unlinked, k.Writes = nil, nil, nil, nil
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
	k.limitUnlinked()
}

// limitUnlinked keeps the largest, by their descriptors.
func (k *known) limitUnlinked() {
	if len(k.Unlinked) > maxUnlinked {
		order.By(k.Unlinked, func(a, b *model.OpenFile) int { return cmp.Compare(b.Allocated, a.Allocated) })
		k.Unlinked = slices.Clip(k.Unlinked[:maxUnlinked])
	}
	order.By(k.Unlinked, func(a, b *model.OpenFile) int { return a.FD - b.FD })
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
	below, was := s.state.holds(path), model.Raw(head)
	if !deleted && k.inUnit && len(k.Writes) < maxWrites {
		if id, ok := s.isWritten(pid, folder, name); ok {
			k.Writes = append(k.Writes, id)
		}
	}
	if !deleted || !k.concerns && !below {
		return
	}
	if file, ok := unlinked(folder, name, string(path)); ok {
		s.addUnlinked(pid, k, name, was, below, file)
	}
}

// addUnlinked notes an open file without a name. What is only read, and was not
// below the state directory, is left out: nothing is lost with it. (Programs and
// libraries of a store path that was collected are.)
func (s *scan) addUnlinked(pid int, k *known, name string, was model.Raw, below bool, open model.OpenFile) {
	if below && open.Type == "file" {
		k.Deleted = append(k.Deleted, was)
	}
	open.Path = was
	open.FD, _ = strconv.Atoi(name)
	if text, err := s.read(file(pid, "fdinfo/"+name)); err == nil {
		open.Writes, open.Handle = parseFlags(text)
	}
	if below || open.Writes || open.Handle {
		k.Unlinked = append(k.Unlinked, open)
	}
}

// maxWrites is more disks than a hypervisor has.
const maxWrites = 256

// isWritten reports whether an open file is a regular file or a block device
// that is open for writing, and which.
func (s *scan) isWritten(pid, folder int, name string) (id model.FileID, ok bool) {
	var st unix.Statx_t
	err := unix.Statx(folder, name, unix.AT_STATX_DONT_SYNC, unix.STATX_TYPE|unix.STATX_INO, &st)
	if kind := st.Mode & unix.S_IFMT; err != nil || kind != unix.S_IFREG && kind != unix.S_IFBLK {
		return id, false
	}
	text, err := s.read(file(pid, "fdinfo/"+name))
	if err != nil {
		return id, false
	}
	writes, _ := parseFlags(text)
	return fileID(st), writes
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

// unlinked describes an open file without a name. The file system is not asked:
// one that does not answer would hang this. A directory has as many links as its
// file system likes, and so is looked for by the name that it would have.
func unlinked(folder int, name, path string) (model.OpenFile, bool) {
	var st unix.Statx_t
	err := unix.Statx(folder, name, unix.AT_STATX_DONT_SYNC, unix.STATX_TYPE|unix.STATX_NLINK|unix.STATX_INO|unix.STATX_BLOCKS, &st)
	if err != nil {
		return model.OpenFile{}, false
	}
	file := model.OpenFile{ID: fileID(st), Allocated: st.Blocks * 512}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		file.Type = "file"
		return file, st.Nlink == 0
	case unix.S_IFDIR:
		file.Type = "dir"
		return file, !isNamed(path, file.ID)
	}
	return file, false
}

func (k *known) noteDenied(err error) {
	if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
		k.denied = "may not be read"
	}
}
