package trash

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// mount is a line of proc_pid_mountinfo(5).
type mount struct {
	id, parent uint64
	dev        uint64
	root       string // what of the file system is mounted, as a path in it
	point      string // where
}

// spot is a place in a file system. Unlike a path it is the same in every mount
// namespace, and through every bind mount.
type spot struct {
	dev  uint64
	path string
	// tail: only the end of path is known, and not dev. So it is in a chroot
	// whose root is no mount: mountinfo does not list what that lies on.
	tail bool
}

// holds reports whether another spot is this one or below it, or could be.
func (s spot) holds(other spot) bool {
	if s.tail {
		return strings.Contains(other.path+"/", s.path+"/")
	}
	return s.dev == other.dev && isBelow(s.path, other.path)
}

func isBelow(folder, path string) bool {
	_, ok := below(folder, path)
	return ok
}

// below is the rest of a path that is a folder's or leads below it.
func below(folder, path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(folder, "/"))
	return rest, ok && (rest == "" || rest[0] == '/')
}

// mountsBarring says which mounts speak against moving or deleting a tree: one
// at it or below it, or a part of it that is mounted elsewhere too, where it
// would be missed. Empty: none.
func mountsBarring(mounts []mount, tree spot) string {
	byID := make(map[uint64]mount, len(mounts))
	for _, m := range mounts {
		byID[m.id] = m
	}
	for _, m := range mounts {
		on, ok := spotOf(byID[m.parent], m.point)
		if !ok && tree.tail {
			on, ok = spot{path: m.point}, true // on what is not listed
		}
		if ok && tree.holds(on) {
			return fmt.Sprintf("something is mounted at %s: unmount it first", m.point)
		}
		if tree.holds(spot{dev: m.dev, path: m.root}) && !strings.HasSuffix(m.root, "//deleted") {
			return fmt.Sprintf("part of it is also mounted at %s: unmount that first", m.point)
		}
	}
	return ""
}

// spotOf is the place in a mount's file system that a path leads to.
func spotOf(m mount, path string) (spot, bool) {
	rest, ok := below(m.point, path)
	if m.id == 0 || !ok {
		return spot{}, false
	}
	return spot{dev: m.dev, path: strings.TrimSuffix(m.root, "/") + rest}, true
}

// parseMounts reads mountinfo. Lines that are not as they should be are an
// error: a mount that is not seen would be deleted.
func parseMounts(text string) ([]mount, error) {
	var mounts []mount
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			return nil, fmt.Errorf("unknown mountinfo line %q", line)
		}
		id, err := strconv.ParseUint(fields[0], 10, 64)
		parent, err2 := strconv.ParseUint(fields[1], 10, 64)
		major, minor, _ := strings.Cut(fields[2], ":")
		first, err3 := strconv.ParseUint(major, 10, 32)
		second, err4 := strconv.ParseUint(minor, 10, 32)
		if err != nil || err2 != nil || err3 != nil || err4 != nil {
			return nil, fmt.Errorf("unknown mountinfo line %q", line)
		}
		mounts = append(mounts, mount{
			id: id, parent: parent, dev: unix.Mkdev(uint32(first), uint32(second)),
			root: unescape(fields[3]), point: unescape(fields[4]),
		})
	}
	return mounts, nil
}

// unescape turns the octal escapes of mountinfo (\040 and the like) back.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) {
			if c, err := strconv.ParseUint(text[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// checkMounts refuses a tree that mounts speak against, as this process sees
// them and as PID 1 does: a service may have mounts of its own.
func checkMounts(dir int) error {
	st, err := statFD(dir)
	if err != nil {
		return err
	}
	path := realPath(dir)
	if path == "" {
		return errors.New("find mounts: the path is too long")
	}
	var tree spot
	for _, process := range []string{"self", "1"} {
		text, err := os.ReadFile("/proc/" + process + "/mountinfo")
		if err != nil {
			return fmt.Errorf("find mounts in %s: %w", path, err)
		}
		mounts, err := parseMounts(string(text))
		if err != nil {
			return fmt.Errorf("find mounts in %s: %w", path, err)
		}
		if process == "self" {
			if tree, err = spotIn(mounts, st.mount, path); err != nil {
				return fmt.Errorf("find mounts in %s: %w", path, err)
			}
		}
		if why := mountsBarring(mounts, tree); why != "" {
			return refusef("%s: %s", path, why)
		}
	}
	return nil
}

// spotIn is the spot of a path of this process that is on a mount.
func spotIn(mounts []mount, id uint64, path string) (spot, error) {
	if at := indexOf(mounts, id); at >= 0 {
		if found, ok := spotOf(mounts[at], path); ok {
			return found, nil
		}
	} else if root, err := rootMount(); err == nil && root == id {
		return spot{path: path, tail: true}, nil
	}
	return spot{}, fmt.Errorf("mount %d is not listed", id)
}

// rootMount is the mount that this process's root directory lies on.
func rootMount() (uint64, error) {
	fd, err := unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	st, err := statFD(fd)
	return st.mount, err
}

func indexOf(mounts []mount, id uint64) int {
	for i, m := range mounts {
		if m.id == id {
			return i
		}
	}
	return -1
}
