package storage

import (
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// mounts are what is mounted, as far as it matters here.
type mounts struct {
	remote   map[string]string // mount points that are not touched, with the type of what is there
	readOnly map[uint64]bool   // by the number of a mount
	all      []filesystem.Mount
	home     home
}

// readMounts reads which mounts are remote by a rule, or wait to be mounted.
// Where that cannot be read, nothing may be touched.
func readMounts(remote func(string) bool) mounts {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return mounts{remote: map[string]string{"/": "unknown"}}
	}
	m := parseMounts(string(text), remote)
	if !slices.ContainsFunc(m.all, func(m filesystem.Mount) bool { return m.Point == "/" }) {
		// In a chroot whose root is no mount, what that lies on is not listed.
		if kind := kindOf("/"); remote(kind) {
			m.remote["/"] = kind
		}
	}
	return m
}

// kindOf is the type of the file system that a path is on, as far as it has a
// name here.
func kindOf(path string) string {
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return "unknown"
	}
	return filesystem.TypeOf(int64(fs.Type))
}

// parseMounts takes mountinfo apart. What is mounted later lies on top.
func parseMounts(text string, remote func(string) bool) mounts {
	m := mounts{remote: make(map[string]string), readOnly: make(map[uint64]bool)}
	m.all, _ = filesystem.ParseMounts(text)
	for _, mount := range m.all {
		delete(m.remote, mount.Point)
		if mount.Type == "autofs" || remote(mount.Type) {
			m.remote[mount.Point] = mount.Type
		}
		if isReadOnly(mount.Options) || isReadOnly(mount.Super) {
			m.readOnly[mount.ID] = true
		}
	}
	return m
}

func isReadOnly(options string) bool { return options == "ro" || strings.HasPrefix(options, "ro,") }

// remoteError says that a path lies where it is not looked at.
type remoteError string

func (e remoteError) Error() string {
	if e == "autofs" {
		return "it is mounted on demand (autofs), so it is not read"
	}
	return "it is on a file system (" + string(e) + ") that may not respond, so it is not read"
}

func faultOf(err error) model.Raw {
	return model.Raw(strings.Join(strings.Fields(err.Error()), " "))
}
