package lock

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// SwitchFile is locked by switch-to-configuration-ng while it works (nixpkgs
// 382797).
const SwitchFile = "/run/nixos/switch-to-configuration.lock"

// Switching says who switches to another NixOS system; empty: nobody. It looks
// the lock up among the kernel's and never takes it: that would make a rebuild
// that starts in this moment fail.
func Switching() (model.Raw, error) { return switching(SwitchFile) }

func switching(path string) (model.Raw, error) {
	var status unix.Stat_t
	err := unix.Stat(path, &status)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("stat %s: %w", path, err)
	}
	locks, err := os.ReadFile(locksFile)
	if err != nil {
		return "", fmt.Errorf("read locks: %w", err)
	}
	pid, held := HolderIn(locks, status.Dev, status.Ino)
	if !held {
		return "", nil
	}
	comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil { // another has inherited the open file and keeps the lock
		return model.Raw(fmt.Sprintf("process %d exited and left %s locked", pid, path)), nil
	}
	return model.Raw(fmt.Sprintf("%s (process %d)", bytes.TrimSpace(comm), pid)), nil
}

// KeepSwitchesOut takes the lock of NixOS's switches in a way that others can
// share and no switch can begin under; where a switch goes on, the error says
// who switches, and wraps [model.ErrBusy].
func KeepSwitchesOut() (release func(), err error) {
	file, err := os.OpenFile(SwitchFile, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return func() {}, nil // this NixOS has none, or nothing has switched since the boot
	}
	if err != nil {
		return nil, fmt.Errorf("stat %s: %w", SwitchFile, err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if err == nil {
		return func() { file.Close() }, nil
	}
	defer file.Close()
	who, _ := Switching()
	if who == "" {
		who = "another process"
	}
	return nil, fmt.Errorf("%w: the host is switching to another NixOS system: %s", model.ErrBusy, who)
}
