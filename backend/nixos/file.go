package nixos

import (
	"errors"
	"os"
	"syscall"
	"time"

	"microtui/backend/filesystem"
)

// The most that is read of a file: what NixOS writes is far below. The rest of
// a larger one is not looked at.
const (
	maxUnit   = 64 << 10
	maxScript = 256 << 10
)

// readFile reads the first max bytes of a regular file. Anything else that may
// stand in its place is refused without waiting for it.
func readFile(path string, max int, flags int) ([]byte, error) {
	return filesystem.ReadRegular(path, max, flags)
}

func isNoLink(err error) bool { return errors.Is(err, syscall.EINVAL) }

// linkTime is when a link was made; zero where that cannot be told.
func linkTime(path string) time.Time {
	info, err := os.Lstat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
