package lab

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// cgroupTree finds where the machine's cgroup2 tree is mounted.
func cgroupTree() (string, error) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "", fmt.Errorf("find cgroups: %w", err)
	}
	for line := range strings.Lines(string(mounts)) {
		before, after, _ := strings.Cut(line, " - ")
		fields := strings.Fields(before)
		if strings.HasPrefix(after, "cgroup2 ") && len(fields) > 5 && strings.HasPrefix(fields[5], "rw") {
			return fields[4], nil
		}
	}
	return "", errors.New("a lab needs a writable cgroup2 tree")
}

// lockTree waits for its turn. The lock is on the cgroup tree itself, so that
// no file has to be left behind; nil without an error: no longer wanted.
func lockTree(tree string, orphaned <-chan struct{}) (*os.File, error) {
	dir, err := os.Open(tree)
	if err != nil {
		return nil, fmt.Errorf("open cgroup tree: %w", err)
	}
	locked := make(chan error, 1)
	go func() { locked <- unix.Flock(int(dir.Fd()), unix.LOCK_EX) }()
	select {
	case err := <-locked:
		if err != nil {
			return nil, fmt.Errorf("lock cgroup tree: %w", err)
		}
		return dir, nil
	case <-orphaned:
		return nil, nil
	}
}

// groupName is how the cgroups of labs are called; the keeper's process id
// follows.
const groupName = "microtui-lab-"

// groupMark is the extended attribute of a lab's cgroup. A name proves nothing:
// it could be anybody's.
const groupMark = "user.microtui.lab"

// makeGroup makes a lab's cgroup: marked, and locked for as long as its keeper
// lives, whatever ends it. Closing the result unlocks it.
func makeGroup(group string) (*os.File, error) {
	if err := os.Mkdir(group, 0o755); err != nil {
		return nil, fmt.Errorf("make cgroup: %w", err)
	}
	lock, err := lockGroup(group)
	if err != nil {
		return nil, err
	}
	if lock == nil {
		return nil, fmt.Errorf("make cgroup: somebody else locks %s", group)
	}
	if err := unix.Fsetxattr(int(lock.Fd()), groupMark, []byte("1"), 0); err != nil {
		lock.Close()
		return nil, fmt.Errorf("mark cgroup: %w", err)
	}
	return lock, nil
}

// lockGroup locks a cgroup; nil without an error: it is locked, or gone.
func lockGroup(group string) (*os.File, error) {
	dir, err := os.Open(group)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open cgroup: %w", err)
	}
	switch err := unix.Flock(int(dir.Fd()), unix.LOCK_EX|unix.LOCK_NB); err {
	case nil:
		return dir, nil
	case unix.EWOULDBLOCK:
		return nil, dir.Close()
	default:
		dir.Close()
		return nil, fmt.Errorf("lock cgroup: %w", err)
	}
}

// sweep removes what killed keepers left: cgroups that bear our mark and that
// nobody locks any more.
func sweep(tree string) error {
	groups, err := filepath.Glob(filepath.Join(tree, groupName+"*"))
	if err != nil {
		return err
	}
	for _, group := range groups {
		if err := sweepGroup(group); err != nil {
			return err
		}
	}
	return nil
}

func sweepGroup(group string) error {
	if _, err := unix.Getxattr(group, groupMark, nil); err != nil {
		return nil // not a lab's
	}
	lock, err := lockGroup(group)
	if err != nil || lock == nil {
		return err
	}
	defer lock.Close()
	if err := endGroup(group); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err // gone: somebody else swept it
	}
	return nil
}

// endGroup kills what is in a cgroup and removes it when all of it is gone.
func endGroup(group string) error {
	if err := os.WriteFile(filepath.Join(group, "cgroup.kill"), []byte("1"), 0); err != nil {
		return fmt.Errorf("kill cgroup: %w", err)
	}
	if err := awaitEmpty(group); err != nil {
		return err
	}
	return removeGroup(group)
}

// awaitEmpty waits until the kernel says that a cgroup holds no process: the
// file cgroup.events can be polled (cgroups(7)).
func awaitEmpty(group string) error {
	events, err := os.Open(filepath.Join(group, "cgroup.events"))
	if err != nil {
		return fmt.Errorf("watch cgroup: %w", err)
	}
	defer events.Close()
	text := make([]byte, 4096)
	for {
		n, err := events.ReadAt(text, 0)
		if err != nil && err != io.EOF {
			return fmt.Errorf("watch cgroup: %w", err)
		}
		if strings.Contains(string(text[:n]), "populated 0") {
			return nil
		}
		poll := []unix.PollFd{{Fd: int32(events.Fd()), Events: unix.POLLPRI}}
		if _, err := unix.Poll(poll, 1000); err != nil && err != unix.EINTR {
			return fmt.Errorf("watch cgroup: %w", err)
		}
	}
}

// removeGroup removes a cgroup, the ones below it first.
func removeGroup(group string) error {
	entries, err := os.ReadDir(group)
	if err != nil {
		return fmt.Errorf("remove cgroup: %w", err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			if err := removeGroup(filepath.Join(group, entry.Name())); err != nil {
				return err
			}
		}
	}
	if err := unix.Rmdir(group); err != nil && err != unix.ENOENT {
		return fmt.Errorf("remove cgroup: %w", err)
	}
	return nil
}

func intoCgroup(dir *os.File) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(dir.Fd())}
}
