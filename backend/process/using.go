package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// using looks for the users of a directory among some processes.
type using struct {
	*wanted
	shown map[string]string // by mount namespace: where it has a part of the directory mounted
	names []byte            // for directory entries
	text  []byte            // for a link
	whole []byte            // for a file
}

func newUsing(w *wanted) *using {
	return &using{
		wanted: w, shown: make(map[string]string),
		names: make([]byte, 32<<10), text: make([]byte, 2*unix.PathMax),
	}
}

// among looks at every so many of the processes, from one on.
func (u *using) among(ctx context.Context, pids []int, from, every int) ([]Holder, error) {
	var found []Holder
	for at := from; at < len(pids); at += every {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		how, err := u.by(pids[at])
		if err != nil {
			return nil, err
		}
		if how != "" {
			found = append(found, Holder{PID: pids[at], Program: programOf(u.proc, pids[at], u.text), How: model.Raw(how)})
		}
	}
	return found, nil
}

// by says how a process uses the directory; empty: not at all, or it is gone.
func (u *using) by(pid int) (string, error) {
	folder, err := unix.Openat(u.proc, file(pid, "task"), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", gone(err)
	}
	defer unix.Close(folder)
	var threads []string
	for {
		names, err := u.list(folder)
		if err != nil {
			return "", gone(err)
		}
		if len(names) == 0 {
			return u.byThreads(folder, threads)
		}
		threads = append(threads, names...)
	}
}

// byThreads looks at the threads of a process, each a name in the open folder.
func (u *using) byThreads(folder int, threads []string) (how string, err error) {
	// A thread may have a working directory, a root and mounts of its own:
	// virtiofsd has one that stays outside of its sandbox.
	for _, thread := range threads {
		how, err = first(folder, thread, u.byPlace, u.byMount)
		if err = gone(err); how != "" || err != nil {
			return how, err
		}
	}
	// The rest is shared, so one that is still there tells. The first thread may
	// have ended before the others.
	for _, thread := range slices.Backward(threads) {
		how, err = first(folder, thread, u.byFiles, u.byMaps)
		if how != "" || err == nil {
			break
		}
	}
	return how, gone(err)
}

// first is what the first of several looks at a thread finds.
func first(folder int, thread string, looks ...func(folder int, thread string) (string, error)) (string, error) {
	for _, look := range looks {
		if how, err := look(folder, thread); how != "" || err != nil {
			return how, err
		}
	}
	return "", nil
}

// gone leaves out the errors of a process that ended.
func gone(err error) error {
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ESRCH):
		return nil
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return fmt.Errorf("%w: root is required", model.ErrDenied)
	}
	return err
}

// list reads some more names of an open folder; none at its end.
func (u *using) list(fd int) ([]string, error) {
	for {
		n, err := unix.ReadDirent(fd, u.names)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			return nil, err
		}
		if _, _, names := unix.ParseDirent(u.names[:n], -1, nil); len(names) > 0 {
			return names, nil
		}
	}
}

// byPlace looks at where a thread works, at its root and at its program.
func (u *using) byPlace(folder int, thread string) (string, error) {
	for _, link := range []struct{ name, how string }{
		{"/cwd", "is working in %s"}, {"/root", "has %s as its root directory"}, {"/exe", "is running %s"},
	} {
		target, err := u.link(folder, thread+link.name)
		if errors.Is(err, unix.ENOENT) && link.name == "/exe" {
			continue // a thread of the kernel
		}
		if err != nil {
			return "", err
		}
		if isIn(u.path, target) || link.name != "/exe" && u.isTree(folder, thread+link.name) {
			return fmt.Sprintf(link.how, target), nil
		}
	}
	return "", nil
}

// byMount looks at what the mount namespace of a thread shows, once for each.
func (u *using) byMount(folder int, thread string) (string, error) {
	link, err := u.link(folder, thread+"/ns/mnt")
	if err != nil || string(link) == u.own {
		return "", err
	}
	namespace := string(link)
	at, known := u.shown[namespace]
	if !known {
		text, err := u.read(folder, thread+"/mountinfo")
		if err != nil {
			return "", err
		}
		mounts, _ := filesystem.ParseMounts(string(text))
		at = mountedPart(mounts, u.spot)
		u.shown[namespace] = at
	}
	if at == "" {
		return "", nil
	}
	return fmt.Sprintf("has %s mounted", at), nil
}

// byFiles looks at the open files of a thread.
func (u *using) byFiles(folder int, thread string) (string, error) {
	files, err := unix.Openat(folder, thread+"/fd", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	defer unix.Close(files)
	for {
		names, err := u.list(files)
		if err != nil || len(names) == 0 {
			return "", err
		}
		for _, name := range names {
			target, err := u.link(files, name)
			if err != nil || target[0] != '/' {
				continue
			}
			if isIn(u.path, target) || u.isTree(files, name) {
				return fmt.Sprintf("has %s open", target), nil
			}
		}
	}
}

// byMaps looks at the files that a thread has mapped: they may be closed.
func (u *using) byMaps(folder int, thread string) (string, error) {
	text, err := u.read(folder, thread+"/maps")
	if err != nil {
		return "", err
	}
	for line := range bytes.Lines(text) {
		at := bytes.IndexByte(line, '/')
		if at < 0 {
			continue
		}
		if target := bytes.TrimSuffix(line[at:], []byte("\n")); isIn(u.inMaps, target) {
			return fmt.Sprintf("has %s mapped", target), nil
		}
	}
	return "", nil
}

// read reads the whole of a file; it is good until the next one is read.
func (u *using) read(folder int, name string) ([]byte, error) {
	fd, err := unix.Openat(folder, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	for u.whole = u.whole[:0]; ; {
		u.whole = slices.Grow(u.whole, 32<<10)
		n, err := unix.Read(fd, u.whole[len(u.whole):cap(u.whole)])
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return nil, err
		case n == 0:
			return u.whole, nil
		default:
			u.whole = u.whole[:len(u.whole)+n]
		}
	}
}

// link reads a link; what it returns is good until the next one is read.
func (u *using) link(fd int, name string) ([]byte, error) {
	n, err := unix.Readlinkat(fd, name, u.text)
	if err == nil && n == 0 {
		err = unix.ENOENT
	}
	return u.text[:max(n, 0)], err
}

// isIn reports whether a path in /proc is that of a folder, or leads below it.
func isIn(folder string, path []byte) bool {
	rest, ok := bytes.CutPrefix(path, []byte(folder))
	return ok && (len(rest) == 0 || rest[0] == '/' || string(rest) == deletedSuffix)
}

// isTree reports whether a link in /proc leads to the directory itself. The
// file system is not asked: one that does not answer would hang this.
func (u *using) isTree(fd int, name string) bool {
	var st unix.Statx_t
	err := unix.Statx(fd, name, unix.AT_STATX_DONT_SYNC, unix.STATX_INO, &st)
	return err == nil && fileID(st) == u.id
}
