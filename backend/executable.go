package backend

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/backend/home"
)

// copiesFolder holds copies of this program for operations.
const copiesFolder = home.Path + "/bin"

// executable is the program that is to carry operations out: this one, where
// nobody but root can change it and PID 1 sees it under the same path, else a
// copy of it. (It may lie in a build cache, or in another mount namespace.)
func executable() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	if isRootsOwn(path) && seenByInit(path) {
		return path, nil
	}
	return copyOfSelf()
}

// isRootsOwn reports whether nobody but root can change a file, or what its
// path leads to. In a folder that is sticky, as /nix/store is, others can write
// and yet not take away what is root's.
func isRootsOwn(path string) bool {
	for inside := false; ; inside = true {
		var status unix.Stat_t
		if unix.Lstat(path, &status) != nil || status.Uid != 0 || status.Mode&unix.S_IFMT == unix.S_IFLNK {
			return false
		}
		if sticky := inside && status.Mode&unix.S_ISVTX != 0; status.Mode&0o022 != 0 && !sticky {
			return false
		}
		if path == "/" {
			return true
		}
		path = filepath.Dir(path)
	}
}

// seenByInit reports whether PID 1 finds this program's file under a path.
func seenByInit(path string) bool {
	var self, there unix.Stat_t
	return unix.Stat("/proc/self/exe", &self) == nil && unix.Stat("/proc/1/root"+path, &there) == nil &&
		self.Dev == there.Dev && self.Ino == there.Ino
}

// copyOfSelf copies this program to where operations can run it from, under a
// name that its content gives it.
func copyOfSelf() (string, error) {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return "", fmt.Errorf("copy this program: %w", err)
	}
	defer self.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, self); err != nil {
		return "", fmt.Errorf("copy this program: %w", err)
	}
	path := filepath.Join(copiesFolder, fmt.Sprintf("microtui-%x", sum.Sum(nil)[:8]))
	folder, err := home.Lock()
	if err != nil {
		return "", fmt.Errorf("copy this program: %w", err)
	}
	defer folder.Close()
	if err := os.Mkdir(copiesFolder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("copy this program: %w", err)
	}
	if !isRootsOwn(copiesFolder) {
		return "", fmt.Errorf("copy this program: users other than root can write to %s", copiesFolder)
	}
	if isRootsOwn(path) {
		return path, nil
	}
	if _, err := self.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("copy this program: %w", err)
	}
	if err := home.Write(path, 0o700, self); err != nil {
		return "", fmt.Errorf("copy this program: %w", err)
	}
	return path, nil
}
