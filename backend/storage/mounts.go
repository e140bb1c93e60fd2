package storage

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// mounts are what is mounted, as far as it matters here.
type mounts struct {
	remote   map[string]string // mount points that are not touched, with the type of what is there
	readOnly map[uint64]bool   // by the number of a mount
	all      []mount
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
	if !slices.ContainsFunc(m.all, func(m mount) bool { return m.point == "/" }) {
		// In a chroot whose root is no mount, what that lies on is not listed.
		if kind := kindOf("/"); remote(kind) {
			m.remote["/"] = kind
		}
	}
	return m
}

// kindOf is the type of the file system that a path is on, of those that
// another machine or process serves; else "local".
func kindOf(path string) string {
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return "unknown"
	}
	kinds := map[int64]string{
		unix.NFS_SUPER_MAGIC: "nfs", unix.SMB2_SUPER_MAGIC: "smb3", unix.CIFS_SUPER_MAGIC: "cifs",
		unix.V9FS_MAGIC: "9p", unix.CEPH_SUPER_MAGIC: "ceph", unix.FUSE_SUPER_MAGIC: "fuse",
	}
	if kind, known := kinds[int64(fs.Type)]; known {
		return kind
	}
	return "local"
}

// parseMounts takes mountinfo apart (proc_pid_mountinfo(5)). What is mounted
// later lies on top.
func parseMounts(text string, remote func(string) bool) mounts {
	m := mounts{remote: make(map[string]string), readOnly: make(map[uint64]bool)}
	for line := range strings.Lines(text) {
		head, source, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " - ")
		fields, of := strings.Fields(head), strings.Fields(source)
		const id, device, root, point, options = 0, 2, 3, 4, 5
		if len(fields) <= options || len(of) == 0 {
			continue
		}
		place, kind := unescape(fields[point]), of[0]
		m.all = append(m.all, mount{device: fields[device], root: unescape(fields[root]), point: place})
		delete(m.remote, place)
		if kind == "autofs" || remote(kind) {
			m.remote[place] = kind
		}
		if isReadOnly(fields[options]) || isReadOnly(of[len(of)-1]) {
			if number, err := strconv.ParseUint(fields[id], 10, 64); err == nil {
				m.readOnly[number] = true
			}
		}
	}
	return m
}

func isReadOnly(options string) bool { return options == "ro" || strings.HasPrefix(options, "ro,") }

// unescape undoes how the kernel writes blanks in a path: \040.
func unescape(s string) string {
	head, tail, found := strings.Cut(s, `\`)
	if !found || len(tail) < 3 {
		return s
	}
	c, err := strconv.ParseUint(tail[:3], 8, 8)
	if err != nil {
		return head + `\` + unescape(tail)
	}
	return head + string([]byte{byte(c)}) + unescape(tail[3:])
}

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
