package nixos

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// The most that is read of a file: what NixOS writes is far below. The rest of
// a larger one is not looked at.
const (
	maxUnit   = 64 << 10
	maxScript = 256 << 10
)

// readFile reads the first max bytes of a regular file. Anything else that may
// stand in its place is refused without waiting for it.
func readFile(path string, max int64, flags int) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY|flags, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: not a regular file", path)
	}
	return io.ReadAll(io.LimitReader(file, max))
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
