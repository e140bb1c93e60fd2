package statedir

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// The entries of a VM's directory that microvm.nix gives a meaning.
var meant = [...]string{"booted", "current", "flake", "old", "toplevel"}

const (
	// maxFiles is how many other entries are described.
	maxFiles = 256
	// maxNames is how many entries are listed, to choose them from.
	maxNames = 8 << 10
)

// seenDirectory is a directory as it was read before.
type seenDirectory struct {
	model.Directory
	at      time.Time
	entries [5]time.Time // when each entry of meant changed; zero: it is not there
}

// A directory as read before is taken again where neither it nor an entry of
// meaning has changed since. Files may grow without a trace in it, so it is
// read again after a while. Times of change are as coarse as the kernel's
// tick: one that is as young as that proves nothing.
const (
	seenFor = 10 * time.Second
	tick    = 100 * time.Millisecond
)

// readDirectory reads a directory in the open state directory.
func (r *Reader) readDirectory(parent int, name string, entry stat) *seenDirectory {
	now := time.Now()
	if before := r.seen[name]; before != nil && before.isStill(parent, entry, now) {
		return before
	}
	found := &seenDirectory{at: now, Directory: model.Directory{
		Name: model.Raw(name), ID: entry.ID, UID: entry.UID, GID: entry.GID,
		Mode: entry.Mode & 0o7777, Modified: entry.Modified, Changed: entry.Changed, Mounted: entry.MountRoot,
	}}
	fd, err := openFolder(parent, name)
	if err != nil {
		found.Fault = faultf("open %s: %w", name, err)
		return found
	}
	defer unix.Close(fd)
	if self, err := filesystem.StatFD(fd); err != nil || self.ID != entry.ID {
		found.Fault = "it was replaced by another directory while it was read"
		return found
	}
	size, err := unix.Fgetxattr(fd, "system.posix_acl_access", nil)
	found.ACL = err == nil && size > 0
	var stats [5]stat
	for i, name := range meant {
		stats[i], err = filesystem.StatAt(fd, name)
		found.unseen(name, err)
		found.entries[i] = stats[i].Changed
	}
	found.readLinks(fd, stats)
	found.readFlake(fd, stats[flakeEntry])
	found.readInstance(fd)
	found.readFiles(fd, r.names)
	return found
}

// flakeEntry is the place of the file flake in meant.
const flakeEntry = 2

// isStill reports whether a directory is what was read before. An entry that
// was not there cannot come without a change of the directory. Where another
// directory is put in its place meanwhile, a later reading sees that.
func (d *seenDirectory) isStill(parent int, entry stat, now time.Time) bool {
	if d.ID != entry.ID || !d.Changed.Equal(entry.Changed) || d.Mounted != entry.MountRoot ||
		d.Fault != "" || now.Sub(d.at) > seenFor || d.at.Sub(d.Changed) < tick {
		return false
	}
	for i, changed := range d.entries {
		if changed.IsZero() {
			continue
		}
		st, err := filesystem.StatAt(parent, string(d.Name)+"/"+meant[i])
		if err != nil || !st.Changed.Equal(changed) || d.at.Sub(changed) < tick {
			return false
		}
	}
	return true
}

// readLinks reads where the links of meaning point to, not what is there.
func (d *seenDirectory) readLinks(fd int, stats [5]stat) {
	for i, to := range [...]**model.Symlink{&d.Booted, &d.Current, nil, &d.Old, &d.Toplevel} {
		switch st := stats[i]; {
		case st.Mode == 0 || i == flakeEntry:
		case !st.Is(unix.S_IFLNK):
			d.strange(meant[i], st)
		default:
			target, err := filesystem.ReadLinkAt(fd, meant[i])
			d.unseen(meant[i], err)
			if err == nil {
				*to = &model.Symlink{
					Target: model.Raw(target), UID: st.UID, Modified: st.Modified,
					Dangling: target == "" || target[0] != '/' && !existsAt(fd, target),
				}
			}
		}
	}
}

func existsAt(fd int, target string) bool {
	_, err := filesystem.Statx(fd, target, unix.AT_NO_AUTOMOUNT)
	return !isAbsent(err)
}

var articles = map[string]string{
	"file": "a file", "dir": "a directory", "link": "a symbolic link", "socket": "a socket",
	"fifo": "a fifo", "device": "a device", "": "of an unknown type",
}

// strange records what stands where something else belongs.
func (d *seenDirectory) strange(name string, st stat) {
	d.Strange = append(d.Strange, model.Raw(name+" is "+articles[st.Kind()]))
}

// readFiles describes the other entries, the first by name.
func (d *seenDirectory) readFiles(fd int, buf []byte) {
	names, err := readNames(fd, buf, maxNames)
	if err != nil && !errors.Is(err, errTooMany) {
		d.Fault = faultf("list %s: %w", d.Name, err)
		return
	}
	slices.Sort(names)
	for _, name := range names {
		if len(d.Files) == maxFiles {
			return
		}
		if slices.Contains(meant[:], name) {
			continue
		}
		st, err := filesystem.StatAt(fd, name)
		if err == nil {
			d.Files = append(d.Files, fileOf(st, name))
		}
		d.unseen(name, err)
	}
}

// unseen notes an entry that is there and could not be looked at, as on a disk
// that fails: it may be anything, and counts as no absence. One that went in
// between (or became something else than a link) is none.
func (d *seenDirectory) unseen(name string, err error) {
	if err != nil && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EINVAL) && d.Fault == "" {
		d.Fault = faultf("stat %s: %w", name, err)
	}
}

func faultf(format string, args ...any) model.Raw {
	return model.Raw(fmt.Errorf(format, args...).Error())
}
