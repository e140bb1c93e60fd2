package config

import (
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// HostPath is the file that holds for everybody on this host who has none.
const HostPath = "/etc/microtui/config.toml"

// Find is the file that holds for this process: the user's ([Path]), or that of
// the host where there is none.
func Find(getenv func(string) string) string {
	own := Path(getenv)
	if isThere(own) || !isThere(HostPath) {
		return own
	}
	return HostPath
}

// isThere reports whether something is at a path, or may be.
func isThere(path string) bool {
	if path == "" {
		return false
	}
	_, err := os.Lstat(path)
	return err == nil || !isAbsent(err)
}

// Path is where the file of this process's effective user is, or would be;
// empty: nowhere. What su and sudo, as they are often set up, have left as it
// was for somebody else does not count: as root HOME does not, nor does one
// that belongs to another user, nor XDG_CONFIG_HOME where it names a directory
// of neither this user nor root.
func Path(getenv func(string) string) string {
	return path(getenv, os.Geteuid(), belongs, homeOf)
}

func path(getenv func(string) string, uid int, belongs func(dir string, to ...int) bool, homeOf func(uid int) string) string {
	const name = "microtui/config.toml"
	if base := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(base) && belongs(base, uid, 0) {
		return filepath.Join(base, name)
	}
	home := getenv("HOME")
	if uid == 0 || !filepath.IsAbs(home) || !belongs(home, uid) {
		home = homeOf(uid)
	}
	if !filepath.IsAbs(home) {
		return ""
	}
	return filepath.Join(home, ".config", name)
}

// belongs reports whether a directory is one of some users'; one that is not
// there is nobody else's.
func belongs(dir string, to ...int) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return isAbsent(err)
	}
	status, known := info.Sys().(*syscall.Stat_t)
	return known && slices.Contains(to, int(status.Uid))
}

// homeOf is a user's home as the system's list of users has it; empty: that
// does not have the user.
func homeOf(uid int) string {
	who, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return ""
	}
	return who.HomeDir
}
