package backend

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"

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
	pid, held := holderOf(locks, status.Dev, status.Ino)
	if !held {
		return "", nil
	}
	comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil { // another has inherited the open file and keeps the lock
		return model.Raw(fmt.Sprintf("process %d, which has ended, left %s locked", pid, lockFile)), nil
	}
	return model.Raw(fmt.Sprintf("%s (process %d)", bytes.TrimSpace(comm), pid)), nil
}

// holderOf finds a lock in the text of /proc/locks (proc_locks(5)): lines like
//
//	3: FLOCK  ADVISORY  WRITE 812 00:1a:1234 0 EOF
//
// with device numbers in hexadecimal. A process that waits for a lock has
// "->" in front of the type and holds nothing.
func holderOf(locks []byte, device, inode uint64) (pid int, held bool) {
	file := fmt.Sprintf("%02x:%02x:%d", unix.Major(device), unix.Minor(device), inode)
	for line := range strings.Lines(string(locks)) {
		var number, kind, mode, access, place string
		if n, _ := fmt.Sscan(line, &number, &kind, &mode, &access, &pid, &place); n == 6 && kind != "->" && place == file {
			return pid, true
		}
	}
	return 0, false
}
