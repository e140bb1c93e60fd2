package execute

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/backend/home"
	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/backend/trash"
	"microtui/model"
)

// newVM is a VM that is being made. Its directory is made complete in a folder
// of ours beside the other directories, in which nobody but root can write, and
// then renamed into its place: it is there as a whole, or it is not.
type newVM struct {
	name          model.Raw
	stateDir      string
	runner, flake model.Raw
	aside         string // the name of our folder
}

// asideName begins the names of the folders in which new directories are made;
// an operation's id ends them.
const asideName = ".microtui-new-"

const (
	asideMode = 0o711
	// madeName is the name of a directory until it has its own.
	madeName = "state"
	// upstreamMode and upstreamGroup are what microvm -c gives a directory.
	upstreamMode  = 0o775
	upstreamGroup = "kvm"
)

func newVMOf(t operation.Task) (newVM, error) {
	stateDir, err := filepath.EvalSymlinks(string(t.Plan.StateDir))
	return newVM{
		name: t.VM(), stateDir: stateDir, runner: t.Step.Target, flake: t.Step.Flake, aside: asideName + t.ID,
	}, err
}

func (n newVM) path() string      { return filepath.Join(n.stateDir, string(n.name)) }
func (n newVM) asidePath() string { return filepath.Join(n.stateDir, n.aside) }
func (n newVM) owner() nix.Owner  { return nix.OfVM(n.name).In(n.stateDir) }

// roots are the gcroot links of microvm -c.
func (n newVM) roots() []model.GCRoot {
	return []model.GCRoot{
		{Name: n.name, Target: model.Raw(n.path() + "/current")},
		{Name: "booted-" + n.name, Target: model.Raw(n.path() + "/booted")},
	}
}

// create makes a VM's directory and its gcroot links, as microvm -c leaves them.
func (x *Executor) create(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	n, err := newVMOf(t)
	if err != nil {
		return operation.Done{}, err
	}
	roots := nix.SystemRoots()
	roots.Waits = tell
	if err := roots.Hold(ctx, n.owner(), n.runner); err != nil {
		return operation.Done{}, err
	}
	there, err := n.isInPlace()
	if err == nil && !there {
		err = firstError(n.makeAside, n.moveIn)
	}
	if err != nil {
		return operation.Done{}, fmt.Errorf("make %s: %w", n.path(), err)
	}
	for _, root := range n.roots() {
		if err := roots.PutMicrovmRoot(root.Name, root.Target); err != nil {
			return operation.Done{}, err
		}
	}
	n.remember()
	if err := n.clearAside(); err != nil { // it is swept
		slog.Warn("remove folder", "path", n.asidePath(), "error", err)
	}
	return operation.Done{Note: "not started yet: microtui start " + n.name}, nil
}

// created reports whether the directory of a new VM came to its place.
func created(t operation.Task) (bool, error) {
	n, err := newVMOf(t)
	if err != nil {
		return false, err
	}
	return n.isInPlace()
}

// isInPlace reports whether the directory has its name. As long as our folder is
// there, what is in that tells.
func (n newVM) isInPlace() (bool, error) {
	if isThere(n.asidePath(), madeName) {
		return false, nil
	}
	target, err := linkIn(n.path(), "current")
	return target == n.runner, err
}

// dropCreated takes back what was made of a new VM. A directory that did not
// come out of our folder is somebody's, with the links into it.
func dropCreated(ctx context.Context, t operation.Task) error {
	n, err := newVMOf(t)
	if err != nil {
		return err
	}
	moved, err := n.isInPlace()
	if err == nil && moved && isThere(n.stateDir, n.aside) {
		err = n.moveOut()
	}
	if err == nil {
		err = n.clearAside()
	}
	if err != nil || isThere(n.stateDir, string(n.name)) {
		return err
	}
	for _, root := range n.roots() {
		if _, err := nix.SystemRoots().RemoveMicrovmRoot(root.Name, root.Target); err != nil && !errors.Is(err, model.ErrStale) {
			return err
		}
	}
	forgetFlake(n.stateDir, n.name)
	letGoOfVM(ctx, n.stateDir, n.name)
	return nil
}

// moveOut takes the directory back into our folder.
func (n newVM) moveOut() error {
	err := unix.Renameat2(unix.AT_FDCWD, n.path(), unix.AT_FDCWD, filepath.Join(n.asidePath(), madeName), unix.RENAME_NOREPLACE)
	if err != nil {
		return fmt.Errorf("move %s away: %w", n.path(), err)
	}
	return nil
}

// makeAside makes the directory in our folder, on disk when it returns. What an
// executor that was interrupted has left there is made anew.
func (n newVM) makeAside() error {
	gid, err := groupID(upstreamGroup)
	if err != nil {
		return err
	}
	if err := n.clearAside(); err != nil {
		return err
	}
	parent, err := openDirectory(n.stateDir)
	if err != nil {
		return fmt.Errorf("open %s: %w", n.stateDir, err)
	}
	defer unix.Close(parent)
	aside, err := makeDirectory(parent, n.aside, asideMode)
	if err != nil {
		return err
	}
	defer unix.Close(aside)
	made, err := makeDirectory(aside, madeName, upstreamMode)
	if err != nil {
		return err
	}
	defer unix.Close(made)
	if err := writeFlake(made, n.flake, gid); err != nil {
		return fmt.Errorf("write flake: %w", err)
	}
	return firstError(
		func() error { return unix.Symlinkat(string(n.runner), made, "current") },
		func() error { return unix.Fchownat(made, "current", 0, gid, unix.AT_SYMLINK_NOFOLLOW) },
		func() error { return unix.Fchown(made, 0, gid) },
		func() error { return unix.Fsync(made) },
		func() error { return unix.Fsync(aside) },
	)
}

// makeDirectory makes a directory, whatever the umask, and opens it.
func makeDirectory(parent int, name string, mode uint32) (fd int, err error) {
	if err := unix.Mkdirat(parent, name, mode); err != nil {
		return -1, err
	}
	fd, err = unix.Openat(parent, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	is, err := filesystem.StatFD(fd)
	if err == nil && is.UID != 0 {
		err = fmt.Errorf("%w: user %d put another directory into the place of %s", model.ErrStale, is.UID, name)
	}
	if err == nil {
		err = unix.Fchmod(fd, mode)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// writeFlake writes the file `flake`, which microvm -c ends without a newline.
func writeFlake(directory int, flake model.Raw, gid int) error {
	fd, err := unix.Openat(directory, "flake", unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644)
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), "flake")
	defer file.Close()
	return firstError(
		func() error { _, err := file.WriteString(string(flake)); return err },
		func() error { return file.Chmod(0o644) },
		func() error { return file.Chown(0, gid) },
		file.Sync,
	)
}

// firstError does one thing after the other, up to the first that fails.
func firstError(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// moveIn gives the directory its name, which nothing else may have.
func (n newVM) moveIn() error {
	parent, err := unix.Open(n.stateDir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(parent)
	err = unix.Renameat2(parent, n.aside+"/"+madeName, parent, string(n.name), unix.RENAME_NOREPLACE)
	switch {
	case errors.Is(err, unix.EEXIST):
		return fmt.Errorf("%w: it already exists", model.ErrStale)
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("%w: its file system cannot rename without replacing", model.ErrRefused)
	case err != nil:
		return err
	}
	if err := unix.Fsync(parent); err != nil { // it is there all the same
		slog.Warn("write to disk", "directory", n.stateDir, "error", err)
	}
	return nil
}

// clearAside removes our folder, with what is in it.
func (n newVM) clearAside() error { return trash.Clear(context.Background(), n.asidePath()) }

// remember records what the VM was built from. What cannot be recorded is asked
// about at its next update.
func (n newVM) remember() {
	entry := model.NewBuiltFrom(model.Raw(n.stateDir), n.name, n.flake, time.Now().UTC().Truncate(time.Second))
	if err := home.RememberBuiltFrom(entry); err != nil {
		slog.Warn("remember flake reference", "vm", string(n.name), "error", err)
	}
}

// sweepAside deletes the folders of operations that have ended.
func (x *Executor) sweepAside(ctx context.Context, stateDir string) {
	entries, _ := os.ReadDir(stateDir)
	for _, entry := range entries {
		id, ours := strings.CutPrefix(entry.Name(), asideName)
		if !ours || !x.isOver(id) {
			continue
		}
		if err := trash.Clear(context.WithoutCancel(ctx), filepath.Join(stateDir, entry.Name())); err != nil {
			slog.Warn("remove folder", "path", entry.Name(), "error", err)
		}
	}
}

// groupID is the number of a group, which has to be there.
func groupID(name string) (int, error) {
	group, err := user.LookupGroup(name)
	if err != nil {
		return 0, fmt.Errorf("%w: look up group %s: %w", model.ErrRefused, name, err)
	}
	return strconv.Atoi(group.Gid)
}
