package nix

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// SwitchRequest says which VM gets which runner.
type SwitchRequest struct {
	// StateDir is the real path of the VMs' directory, VM the name of this one
	// in it.
	StateDir string
	VM       model.Raw
	// Directory is the VM's directory as it was when the switch was decided.
	Directory model.FileID
	// From is what `current` says, byte for byte; empty: there is none. To is
	// the runner that it is to name.
	From, To model.Raw
}

// Switch makes `current` of a VM name another runner, and `old` the one that
// it had, for an update and a rollback alike. Both links change at one instant
// each; at every instant what `current`, `booted` and `old` name is held by
// [Roots], before any of them names it. The links are root's, as `microvm -u`
// leaves them. A runner that is no longer in the store becomes no `old`.
//
// The error wraps [model.ErrStale] where the directory is another, or where
// `current` says neither From nor To, also where somebody wrote it in the very
// moment: what they wrote stays. A switch that was interrupted is finished by
// the same request; changed is false when all was done already.
func (r Roots) Switch(ctx context.Context, s SwitchRequest) (changed bool, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("switch %s: %w", s.VM, err)
		}
	}()
	if !model.ParseName(s.VM) {
		return false, fmt.Errorf("%w: %q is not a valid VM name", model.ErrRefused, string(s.VM))
	}
	if err := checkRunner(s.To); err != nil {
		return false, fmt.Errorf("%w: %w", model.ErrRefused, err)
	}
	dir, err := openVM(s)
	if err != nil {
		return false, err
	}
	defer dir.close()
	if _, err := dir.current(s); err != nil {
		return false, err
	}
	if err := dir.checkOld(); err != nil {
		return false, err
	}
	owner := OfVM(s.VM).In(s.StateDir)
	before, err := r.held(owner)
	if err != nil {
		return false, err
	}
	if err = r.Hold(ctx, owner, append(dir.named(s.From), s.To)...); err == nil {
		changed, err = dir.change(s)
		err = also(err, dir.sync())
	}
	if now, unread := dir.link("current"); err != nil && unread == nil && now == string(s.From) {
		return changed, also(err, r.Drop(owner, before...)) // nothing was changed
	}
	return changed, also(err, r.LetGo(ctx, s.StateDir, s.VM, dir.named()...))
}

// Abandon clears away what a switch has left that failed, or was interrupted
// before `current` named its runner: a link to the side, and roots of what the
// VM's links do not name. `current` stays. A directory that is gone, or another
// one, is left alone.
func (r Roots) Abandon(ctx context.Context, s SwitchRequest) error {
	dir, err := openVM(s)
	if errors.Is(err, model.ErrStale) {
		return nil
	}
	if err == nil {
		defer dir.close()
		err = also(dir.clear(s), r.LetGo(ctx, s.StateDir, s.VM, dir.named()...))
	}
	if err != nil {
		return fmt.Errorf("clean up the switch of %s: %w", s.VM, err)
	}
	return nil
}

// vmFolder is the open directory of a VM.
type vmFolder struct{ folder }

// openVM opens the directory of a VM, which is no link, and is the one that
// was seen.
func openVM(s SwitchRequest) (vmFolder, error) {
	parent, err := unix.Open(s.StateDir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return vmFolder{}, fmt.Errorf("open %s: %w", s.StateDir, kindOf(err))
	}
	defer unix.Close(parent)
	path := s.StateDir + "/" + string(s.VM)
	fd, err := unix.Openat2(parent, string(s.VM), &unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_BENEATH,
	})
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ELOOP), errors.Is(err, unix.ENOTDIR):
		return vmFolder{}, fmt.Errorf("%w: %s is no longer a directory", model.ErrStale, path)
	case errors.Is(err, unix.ENOSYS):
		return vmFolder{}, fmt.Errorf("%w: open %s: openat2 is not available: the kernel is older than 5.6, or a system call filter forbids it (RestrictSUIDSGID=, a container)", model.ErrRefused, path)
	case err != nil:
		return vmFolder{}, fmt.Errorf("open %s: %w", path, kindOf(err))
	}
	var status unix.Stat_t
	if err = unix.Fstat(fd, &status); err == nil && (model.FileID{Dev: status.Dev, Ino: status.Ino}) != s.Directory {
		err = fmt.Errorf("%w: %s is now a different directory", model.ErrStale, path)
	}
	if err != nil {
		unix.Close(fd)
		return vmFolder{}, err
	}
	return vmFolder{folder{fd, path}}, nil
}

// current is what `current` says, which is one of the two that a switch is of.
func (f vmFolder) current(s SwitchRequest) (model.Raw, error) {
	text, err := f.link("current")
	if err != nil {
		return "", fmt.Errorf("%w: %w", model.ErrStale, err)
	}
	if now := model.Raw(text); now == s.From || now == s.To {
		return now, nil
	}
	return "", stale(s, text)
}

// checkOld makes sure that what is to be replaced by the new `old` is one.
func (f vmFolder) checkOld() error {
	if _, err := f.link("old"); err != nil {
		return fmt.Errorf("%w: %w: move it away", model.ErrRefused, err)
	}
	return nil
}

// named are the runners that are to be held for a VM: what its links name, and
// some more, as far as they are there.
func (f vmFolder) named(more ...model.Raw) []model.Raw {
	for _, name := range []string{"current", "old", "booted"} {
		if target, err := f.link(name); err == nil {
			more = append(more, model.Raw(target))
		}
	}
	return slices.DeleteFunc(more, func(path model.Raw) bool { return !isStorePath(path) || !isThere(path) })
}

func stale(s SwitchRequest, current string) error {
	from := string(s.From)
	for _, text := range []*string{&current, &from} {
		if *text == "" {
			*text = "nothing"
		}
	}
	return fmt.Errorf("%w: its `current` points to %s, not %s", model.ErrStale, current, from)
}
