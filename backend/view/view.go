// Package view tells where this process does not see what PID 1 sees: in a
// network namespace, a mount namespace or a user namespace of its own, as a
// service or a container has it (PrivateNetwork=, PrivateDevices=, ip netns exec
// and the like), or where others' processes are hidden from it.
//
// It knows how the kernel shows namespaces in /proc. It must not know what is
// looked for. It changes nothing.
package view

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"microtui/backend/filesystem"
)

// View is what is hidden from this process. A nil error: nothing, as far as
// could be told.
type View struct {
	Network error // links are those of another network namespace
	Users   error // owners of files are shown as other numbers
	Devices error // /dev is another
	proc    string
	mounts  [2][]filesystem.Mount // this process's, and PID 1's
}

// Read looks at this process and at PID 1.
func Read() View { return read("/proc") }

func read(proc string) View {
	v := View{proc: proc}
	if v.differ("ns/net", "net/dev", firstWords) {
		v.Network = errors.New("microtui is in a different network namespace than systemd (ip netns exec, PrivateNetwork=): run it outside")
	}
	if v.differ("ns/user", "uid_map", whole) {
		v.Users = errors.New("microtui is in a different user namespace than systemd (PrivateUsers=, unshare): owners cannot be determined")
	}
	if v.differ("ns/mnt", "mountinfo", whole) {
		for at, of := range []string{"self", "1"} {
			text, err := os.ReadFile(proc + "/" + of + "/mountinfo")
			if err != nil {
				return v // PID 1's is hidden: nothing can be told
			}
			v.mounts[at], _ = filesystem.ParseMounts(string(text))
		}
	}
	v.Devices = v.Place("/dev", "PrivateDevices=")
	return v
}

// Place says that what lies at a path, without links in it, is not what PID 1
// sees there; nil: it is, as far as can be told. how names what may have hidden
// it.
func (v View) Place(path, how string) error {
	if v.mounts[0] == nil || v.mounts[1] == nil || spotAt(v.mounts[0], path) == spotAt(v.mounts[1], path) {
		return nil
	}
	return fmt.Errorf("%s is not what systemd sees there: microtui is in a different mount namespace (%s)", path, how)
}

// spotAt is what lies at a path.
func spotAt(mounts []filesystem.Mount, path string) filesystem.Spot {
	on, _ := filesystem.Under(mounts, path)
	at, _ := on.Spot(path)
	return at
}

// differ compares a link of this process and of PID 1, which not everybody may
// read; where it may not be, what a file shows.
func (v View) differ(link, file string, of func([]byte) string) bool {
	mine, err := os.Readlink(v.proc + "/self/" + link)
	first, err2 := os.Readlink(v.proc + "/1/" + link)
	if err == nil && err2 == nil {
		return mine != first
	}
	for range 3 { // what is shown can change between two looks
		mine, err := os.ReadFile(v.proc + "/self/" + file)
		first, err2 := os.ReadFile(v.proc + "/1/" + file)
		if err != nil || err2 != nil || of(mine) == of(first) {
			return false
		}
	}
	return true
}

func whole(text []byte) string { return string(text) }

// firstWords are the first words of the lines: in net/dev, the interfaces.
func firstWords(text []byte) string {
	var all []string
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 0 {
			all = append(all, fields[0])
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// Hidden says that others' processes cannot be seen; nil: they can.
func Hidden() error { return hidden("/proc") }

func hidden(proc string) error {
	if _, err := os.ReadFile(proc + "/1/stat"); errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return errors.New("other users' processes are hidden (hidepid=, ProtectProc=)")
	}
	return nil
}
