package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxLinks is how many symbolic links one path may lead over, as in the kernel
// (path_resolution(7)).
const maxLinks = 40

// checkRoots is an error where somebody else than root decides what is at a
// path. It goes over it step by step: each folder, each symbolic link and the
// file itself must be root's and writable by nobody else. A folder with the
// sticky bit may be (/nix/store is, by its builders), since what root has in
// it, which is looked at next, others cannot replace.
func checkRoots(path string) error { return checkOwned(path, 0) }

func checkOwned(path string, uid uint32) error {
	at, rest := "/", strings.Split(path, "/")
	for links := 0; ; {
		info, err := os.Lstat(at)
		if err != nil {
			return err
		}
		if why := othersCan(info, uid); why != "" {
			return fmt.Errorf("root reads only a file that nobody else can change, but %s %s", at, why)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(at)
			if err != nil {
				return err
			}
			if links++; links > maxLinks {
				return &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
			}
			if at = filepath.Dir(at); filepath.IsAbs(target) {
				at = "/"
			}
			rest = append(strings.Split(target, "/"), rest...)
		}
		for len(rest) > 0 && (rest[0] == "" || rest[0] == ".") {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			return nil
		}
		at, rest = filepath.Join(at, rest[0]), rest[1:]
	}
}

// othersCan says what lets others than a user change what is at a path; empty:
// nothing does.
func othersCan(info fs.FileInfo, uid uint32) string {
	const sticky = fs.ModeDir | fs.ModeSticky
	status, known := info.Sys().(*syscall.Stat_t)
	switch mode := info.Mode(); {
	case !known:
		return "has no readable owner"
	case status.Uid != uid && status.Uid != 0:
		return fmt.Sprintf("belongs to user %d", status.Uid)
	case mode&fs.ModeSymlink == 0 && mode.Perm()&0o022 != 0 && mode&sticky != sticky:
		return "is writable by others"
	}
	return ""
}

// isAbsent reports whether there is no file, rather than one that cannot be
// read.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
