package filesystem

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Mount is a line of proc_pid_mountinfo(5): a part of a file system, and where
// it is.
type Mount struct {
	ID, Parent uint64
	Device     uint64
	Root       string // what of the file system is mounted, as a path in it
	Point      string // where
	Type       string
	Options    string // of this mount
	Super      string // options of the file system
}

// ParseMounts reads mountinfo, in its order: what was mounted later lies over
// what was before. Lines that are not as they should be are left out, and an
// error tells of the first.
func ParseMounts(text string) (mounts []Mount, err error) {
	for line := range strings.Lines(text) {
		m, ok := parseMount(line)
		if ok {
			mounts = append(mounts, m)
		} else if err == nil {
			err = fmt.Errorf("unknown mountinfo line %q", line)
		}
	}
	return mounts, err
}

func parseMount(line string) (m Mount, ok bool) {
	head, tail, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " - ")
	fields, of := strings.Fields(head), strings.Fields(tail)
	if len(fields) < 5 {
		return m, false
	}
	id, err := strconv.ParseUint(fields[0], 10, 64)
	parent, err2 := strconv.ParseUint(fields[1], 10, 64)
	major, minor, _ := strings.Cut(fields[2], ":")
	first, err3 := strconv.ParseUint(major, 10, 32)
	second, err4 := strconv.ParseUint(minor, 10, 32)
	if err != nil || err2 != nil || err3 != nil || err4 != nil {
		return m, false
	}
	m = Mount{
		ID: id, Parent: parent, Device: unix.Mkdev(uint32(first), uint32(second)),
		Root: unescape(fields[3]), Point: unescape(fields[4]),
	}
	if len(fields) > 5 {
		m.Options = fields[5]
	}
	if len(of) > 0 {
		m.Type, m.Super = of[0], of[len(of)-1]
	}
	return m, true
}

// unescape turns the octal escapes of mountinfo (\040 and the like) back.
func unescape(text string) string {
	head, tail, found := strings.Cut(text, `\`)
	if !found || len(tail) < 3 {
		return text
	}
	c, err := strconv.ParseUint(tail[:3], 8, 8)
	if err != nil {
		return head + `\` + unescape(tail)
	}
	return head + string([]byte{byte(c)}) + unescape(tail[3:])
}

// ByID finds a mount by its number.
func ByID(mounts []Mount, id uint64) (Mount, bool) {
	at := slices.IndexFunc(mounts, func(m Mount) bool { return m.ID == id })
	if at < 0 {
		return Mount{}, false
	}
	return mounts[at], true
}

// Under is the mount that a path without links is on.
func Under(mounts []Mount, path string) (found Mount, ok bool) {
	for _, m := range mounts {
		if _, on := Below(m.Point, path); on && (!ok || len(m.Point) >= len(found.Point)) {
			found, ok = m, true
		}
	}
	return found, ok
}

// Below is the rest of a path that is a folder's or leads below it.
func Below(folder, path string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, strings.TrimRight(folder, "/"))
	return rest, ok && (rest == "" || rest[0] == '/')
}
