package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Holder is a process that uses a directory, or something in it.
type Holder struct {
	PID  int
	Comm model.Raw
	// How it does, with the path as the process sees it: "works in /x",
	// "has /x/disk.img open", "maps /x/lib.so", "runs /x/bin/tool", "has / as
	// its root", "has /x mounted".
	How model.Raw
}

// Using finds the processes, other than this one, that use a directory or
// anything below it: work in it, have it as their root or mounted, run, map or
// have open a file of it. path is its present one, without links. One use is
// told of each process.
//
// A process in a mount namespace of its own names its files by paths of its
// own (virtiofsd has what it serves as its root). What it has mounted tells
// then: the kernel says of each mount which part of a file system it shows.
//
// Root alone can see that of all processes; otherwise the error wraps
// [model.ErrDenied]. Who opens something while this looks may be missed.
func Using(ctx context.Context, path string, id model.FileID) ([]Holder, error) {
	u, err := newUsing(path, id)
	if err != nil {
		return nil, fmt.Errorf("look for who uses %s: %w", path, err)
	}
	defer unix.Close(u.proc)
	var found []Holder
	err = eachProcess(u.proc, make([]byte, 64<<10), func(pid int, _ uint64) error {
		if pid == os.Getpid() {
			return ctx.Err()
		}
		how, err := u.by(pid)
		if how != "" {
			found = append(found, Holder{PID: pid, Comm: u.comm(pid), How: model.Raw(how)})
		}
		return errors.Join(err, ctx.Err())
	})
	if err != nil {
		return found, fmt.Errorf("look for who uses %s: %w", path, err)
	}
	slices.SortFunc(found, func(a, b Holder) int { return a.PID - b.PID })
	return found, nil
}

// using is a search for the users of one directory.
type using struct {
	proc   int // /proc, open
	path   string
	inMaps string // the path as /proc/PID/maps has it: line breaks are escaped there
	id     model.FileID
	spot   spot
	own    string            // this process's mount namespace
	shown  map[string]string // by mount namespace: where it has a part of the directory mounted
	names  []byte            // for directory entries
	text   []byte            // for a link, or the start of a file
}

func newUsing(path string, id model.FileID) (*using, error) {
	if !filepath.IsAbs(path) || filepath.Clean(path) != path || path == "/" || id == (model.FileID{}) {
		return nil, fmt.Errorf("%q is not the path of a directory", path)
	}
	u := &using{
		path: path, inMaps: strings.ReplaceAll(path, "\n", `\012`), id: id, shown: make(map[string]string),
		names: make([]byte, 32<<10), text: make([]byte, 2*unix.PathMax),
	}
	var err error
	if u.spot, err = spotOf(u.path); err != nil {
		return nil, err
	}
	if u.own, err = os.Readlink("/proc/self/ns/mnt"); err != nil {
		return nil, err
	}
	u.proc, err = unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return u, err
}

// by says how a process uses the directory; empty: not at all, or it is gone.
func (u *using) by(pid int) (string, error) {
	tasks, err := u.tasks(pid)
	if err != nil || len(tasks) == 0 {
		return "", err
	}
	// Threads may have a working directory and a root of their own. They share
	// the rest; the first may have ended before the others.
	for _, task := range tasks {
		if how, err := u.byPlace(task); how != "" || err != nil {
			return how, gone(err)
		}
	}
	last := tasks[len(tasks)-1]
	for _, look := range []func(string) (string, error){u.byMount, u.byFiles, u.byMaps} {
		if how, err := look(last); how != "" || err != nil {
			return how, gone(err)
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
		return fmt.Errorf("%w: that needs root", model.ErrDenied)
	}
	return err
}

// tasks are the folders of a process's threads, below /proc; none for a kernel
// thread, which uses no files.
func (u *using) tasks(pid int) ([]string, error) {
	folder := file(pid, "task")
	fd, err := unix.Openat(u.proc, folder, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, gone(err)
	}
	defer unix.Close(fd)
	var tasks []string
	for {
		names, err := u.list(fd)
		if err != nil || len(names) == 0 {
			return tasks, gone(err)
		}
		for _, name := range names {
			tasks = append(tasks, folder+"/"+name)
		}
	}
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
func (u *using) byPlace(task string) (string, error) {
	for _, link := range []struct{ name, how string }{
		{"/cwd", "works in %s"}, {"/root", "has %s as its root"}, {"/exe", "runs %s"},
	} {
		target, err := u.link(u.proc, task+link.name)
		if errors.Is(err, unix.ENOENT) && link.name == "/exe" {
			continue // a kernel thread
		}
		if err != nil {
			return "", err
		}
		if isIn(u.path, target) || link.name != "/exe" && u.isTree(u.proc, task+link.name) {
			return fmt.Sprintf(link.how, target), nil
		}
	}
	return "", nil
}

// byMount looks at what the mount namespace of a process shows, once for each.
func (u *using) byMount(task string) (string, error) {
	link, err := u.link(u.proc, task+"/ns/mnt")
	if err != nil || string(link) == u.own {
		return "", err
	}
	namespace := string(link)
	at, known := u.shown[namespace]
	if !known {
		text, err := os.ReadFile("/proc/" + task + "/mountinfo")
		if err != nil {
			return "", err
		}
		at = mountOf(parseMounts(string(text)), u.spot)
		u.shown[namespace] = at
	}
	if at == "" {
		return "", nil
	}
	return fmt.Sprintf("has %s mounted", at), nil
}

// byFiles looks at the open files of a process.
func (u *using) byFiles(task string) (string, error) {
	folder, err := unix.Openat(u.proc, task+"/fd", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	defer unix.Close(folder)
	for {
		names, err := u.list(folder)
		if err != nil || len(names) == 0 {
			return "", err
		}
		for _, name := range names {
			target, err := u.link(folder, name)
			if err != nil || target[0] != '/' {
				continue
			}
			if isIn(u.path, target) || u.isTree(folder, name) {
				return fmt.Sprintf("has %s open", target), nil
			}
		}
	}
}

// byMaps looks at the files that a process has mapped: they may be closed.
func (u *using) byMaps(task string) (string, error) {
	text, err := os.ReadFile("/proc/" + task + "/maps")
	if err != nil {
		return "", err
	}
	for line := range bytes.Lines(text) {
		at := bytes.IndexByte(line, '/')
		if at < 0 {
			continue
		}
		if target := bytes.TrimSuffix(line[at:], []byte("\n")); isIn(u.inMaps, target) {
			return fmt.Sprintf("maps %s", target), nil
		}
	}
	return "", nil
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

func (u *using) comm(pid int) model.Raw {
	text, err := readAt(u.proc, file(pid, "comm"), u.text)
	if err != nil {
		return ""
	}
	return model.Raw(bytes.TrimSuffix(text, []byte("\n")))
}
