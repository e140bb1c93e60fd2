package backend

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"microtui/backend/lock"
	"microtui/model"
)

const (
	// switchLockFile is locked by switch-to-configuration-ng while it works
	// (nixpkgs 382797).
	switchLockFile = "/run/nixos/switch-to-configuration.lock"
	locksFile      = "/proc/locks"
)

// switching says who holds the lock of a switch; empty: nobody. It looks the
// lock up among the kernel's and never takes it: that would make a rebuild
// that starts in this moment fail.
func switching(lockFile, locksFile string) (model.Raw, error) {
	var status unix.Stat_t
	err := unix.Stat(lockFile, &status)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look at %s: %w", lockFile, err)
	}
	locks, err := os.ReadFile(locksFile)
	if err != nil {
		return "", fmt.Errorf("read locks: %w", err)
	}
	pid, held := lock.HolderIn(locks, status.Dev, status.Ino)
	if !held {
		return "", nil
	}
	comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil { // another has inherited the open file and keeps the lock
		return model.Raw(fmt.Sprintf("process %d, which has ended, left %s locked", pid, lockFile)), nil
	}
	return model.Raw(fmt.Sprintf("%s (process %d)", bytes.TrimSpace(comm), pid)), nil
}
