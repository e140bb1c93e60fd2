package filesystem

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// Spot is a place in a file system. Unlike a path it is the same in every mount
// namespace, and through every bind mount.
type Spot struct {
	Device uint64
	Path   string
	// Tail: only the end of Path is known, and not Device. So it is in a chroot
	// whose root is no mount: mountinfo does not list what that lies on.
	Tail bool
}

// Holds reports whether another spot is this one or below it, or could be.
func (s Spot) Holds(other Spot) bool {
	if s.Tail {
		return strings.Contains(other.Path+"/", s.Path+"/")
	}
	_, ok := Below(s.Path, other.Path)
	return ok && s.Device == other.Device
}

// Whole is what a mount shows.
func (m Mount) Whole() Spot { return Spot{Device: m.Device, Path: m.Root} }

// Spot is the place in a mount's file system that a path leads to.
func (m Mount) Spot(path string) (Spot, bool) {
	rest, ok := Below(m.Point, path)
	if m.ID == 0 || !ok {
		return Spot{}, false
	}
	return Spot{Device: m.Device, Path: strings.TrimSuffix(m.Root, "/") + rest}, true
}

// SpotOn is the spot of a path of this process, by the number of the mount that
// it is on.
func SpotOn(mounts []Mount, id uint64, path string) (Spot, error) {
	if m, listed := ByID(mounts, id); listed {
		if found, ok := m.Spot(path); ok {
			return found, nil
		}
	} else if root, err := RootMount(); err == nil && root == id {
		return Spot{Path: path, Tail: true}, nil
	}
	return Spot{}, fmt.Errorf("mount %d is not listed", id)
}

// RootMount is the number of the mount that this process's root directory lies
// on.
func RootMount() (uint64, error) { return MountOf("/") }

// MountOf is the number of the mount that a path lies on.
func MountOf(path string) (uint64, error) {
	st, err := Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW|unix.AT_STATX_DONT_SYNC)
	if err == nil && !st.HasMount {
		err = fmt.Errorf("this kernel does not report which mount %s is on", path)
	}
	return st.Mount, err
}
