// Package statedir reads the directory in which microvm.nix keeps its VMs,
// what the links in there lead to (runners), and the garbage collector roots
// that point back.
//
// Members of group kvm, and every hypervisor that was broken out of, can write
// to the state directory: names, links and files are hostile. Nothing in it is
// opened by a path, followed, or waited for, and the content of a file that is
// not what it should be is never kept. The package must not know what its
// facts mean; it changes nothing.
package statedir

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// Reading is what was found at one time.
type Reading struct {
	StateDir model.StateDir // without mount units, and without what lies elsewhere
	Runners  []model.Runner // by path
	GCRoots  []model.GCRoot // by name
	Faults   []model.Fault
}

// Reader reads a state directory again and again. It keeps runners, which
// never change, and measures sizes in the background. [Reader.Read] is for one
// goroutine at a time.
type Reader struct {
	store    string // /nix/store
	gcroots  string // /nix/var/nix/gcroots/microvm
	runners  map[model.Raw]model.Runner
	closures map[model.Raw]closure
	seen     map[string]*seenDirectory // by name
	seenIn   model.FileID              // the state directory of seen
	roots    seenRoots
	mounts   mountTypes
	sizes    sizes
	names    []byte // buffer for directory entries
}

// New returns a reader. It owns a goroutine while sizes are being measured.
func New() *Reader {
	return &Reader{
		store:   "/nix/store",
		gcroots: "/nix/var/nix/gcroots/microvm",
		names:   make([]byte, 32<<10),
	}
}

// Close ends the measuring of sizes. It does not wait for a file system that
// does not answer.
func (r *Reader) Close() { r.sizes.close() }

// Wait returns when every size that the last Read could not tell has been
// measured, or given up: the next Read knows them.
func (r *Reader) Wait(ctx context.Context) error { return r.sizes.wait(ctx) }

// maxDirectories is how many entries of the state directory are read. Beyond
// that its content counts as unknown.
const maxDirectories = 16 << 10

// Read reads the state directory at path, every runner that a link in it or
// one of the declared paths names, and the garbage collector roots. A state
// directory that is not there is no fault. Sizes are nil until measured.
func (r *Reader) Read(ctx context.Context, path model.Raw, declared []model.Raw) Reading {
	reading := Reading{StateDir: model.StateDir{Path: path}}
	if err := r.readStateDir(ctx, &reading.StateDir); err != nil {
		reading.fault(model.SourceStateDir, err)
	}
	r.readRunners(ctx, &reading, declared)
	roots, err := r.readRoots()
	if err != nil {
		reading.fault(model.SourceGCRoots, err)
	}
	reading.GCRoots = roots
	return reading
}

func (r *Reading) fault(source model.Source, err error) {
	text := strings.ReplaceAll(err.Error(), "\n", " ")
	r.Faults = append(r.Faults, model.Fault{Source: source, Error: model.Raw(text)})
}

func (r *Reader) readStateDir(ctx context.Context, dir *model.StateDir) error {
	// The path itself may lead over links: its parents are root's.
	fd, err := unix.Open(string(dir.Path), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", dir.Path, err)
	}
	defer unix.Close(fd)
	self, err := filesystem.StatFD(fd)
	if err != nil {
		return fmt.Errorf("stat %s: %w", dir.Path, err)
	}
	dir.Exists, dir.ID = true, self.ID
	dir.Real = model.Raw(filesystem.RealPath(fd))
	r.mounts.describe(dir, fd, self)
	if r.seenIn != self.ID {
		r.seen, r.seenIn = nil, self.ID
	}

	names, err := readNames(fd, r.names, maxDirectories)
	if err != nil {
		return fmt.Errorf("list %s: %w", dir.Path, err)
	}
	slices.Sort(names)
	if err := r.readEntries(ctx, fd, names, dir); err != nil {
		return fmt.Errorf("list %s: %w", dir.Path, err)
	}
	r.sizes.fill(dir)
	return nil
}

// stubInode is that of the empty folder which a btrfs snapshot has in the place
// of a subvolume (BTRFS_EMPTY_SUBVOL_DIR_OBJECTID).
const stubInode = 2

func (r *Reader) readEntries(ctx context.Context, fd int, names []string, dir *model.StateDir) error {
	seen := make(map[string]*seenDirectory, len(names))
	dir.Directories = make([]model.Directory, 0, len(names))
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if strings.HasPrefix(name, ".") || name == "lost+found" {
			continue
		}
		entry, err := filesystem.StatAt(fd, name)
		switch {
		case errors.Is(err, unix.ENOENT):
			continue // gone since it was listed
		case err != nil:
			// A dead FUSE mount, a disk that fails: it is there, which is all
			// that is known. Taken for absent, it would be taken for deleted.
			fault := faultf("stat %s: %w", name, err)
			dir.Directories = append(dir.Directories, model.Directory{Name: model.Raw(name), Fault: fault})
			continue
		}
		if entry.Is(unix.S_IFLNK) {
			if linked := r.readLinked(fd, name, dir.Real); linked != nil {
				seen[name] = linked
				dir.Directories = append(dir.Directories, linked.Directory)
				continue
			}
		}
		if !entry.Is(unix.S_IFDIR) {
			dir.Other = append(dir.Other, fileOf(entry, name))
			continue
		}
		found := r.readDirectory(fd, name, entry)
		found.Stub = dir.Filesystem == "btrfs" && entry.ID.Ino == stubInode && !entry.MountRoot
		seen[name] = found
		dir.Directories = append(dir.Directories, found.Directory)
	}
	r.seen = seen
	return nil
}

// readRunners reads every runner that something names. Those in the store are
// read once; whether they are still there is asked each time.
func (r *Reader) readRunners(ctx context.Context, reading *Reading, declared []model.Raw) {
	targets := resolveLinks(reading.StateDir.Directories, r.store)
	for _, path := range declared {
		if strings.HasPrefix(string(path), "/") {
			targets[path] = target{there: exists(string(path)), runner: true}
		}
	}
	kept := make(map[model.Raw]model.Runner, len(targets))
	closures, now := make(map[model.Raw]closure, len(targets)), time.Now()
	for _, path := range slices.Sorted(maps.Keys(targets)) {
		if !targets[path].runner {
			continue
		}
		if err := ctx.Err(); err != nil {
			reading.fault(model.SourceRunners, err)
			return
		}
		runner, err := r.runner(path, targets[path].there)
		if err != nil {
			reading.fault(model.SourceRunners, err)
			continue
		}
		if runner.Trusted && strings.HasPrefix(string(path), r.store+"/") {
			kept[path] = runner
		}
		if !runner.Missing {
			closures[path] = r.closureOf(&runner, len(reading.Runners), now)
			runner.Broken = closures[path].broken
		}
		reading.Runners = append(reading.Runners, runner)
	}
	r.runners, r.closures = kept, closures
}

// target is what is known of a path that a link names.
type target struct{ there, runner bool }

// resolveLinks finds out which links lead to something, and says so in them.
func resolveLinks(dirs []model.Directory, store string) map[model.Raw]target {
	targets := make(map[model.Raw]target, 2*len(dirs))
	for i := range dirs {
		d := &dirs[i]
		for _, field := range []**model.Symlink{&d.Current, &d.Booted, &d.Old, &d.Toplevel} {
			link := *field
			if link == nil || !strings.HasPrefix(string(link.Target), "/") {
				continue
			}
			known, ok := targets[link.Target]
			if !ok {
				known.there = exists(string(link.Target))
			}
			known.runner = known.runner || field != &d.Toplevel
			targets[link.Target] = known
			// Earlier readings share the link as it was.
			changed := *link
			changed.Dangling = !known.there
			if !strings.HasPrefix(string(link.Target), store+"/") {
				changed.Real, changed.Set = chainOf(string(link.Target), store)
			}
			if changed.Set.IsZero() { // it leads straight to where it says
				changed.Real = ""
			}
			if changed != *link {
				*field = &changed
			}
		}
	}
	return targets
}

// runner returns a runner as it was read before, where that cannot have
// changed since, and else reads it.
func (r *Reader) runner(path model.Raw, there bool) (model.Runner, error) {
	if !there {
		missing := named(path)
		missing.Missing = true
		return missing, nil
	}
	if kept, ok := r.runners[path]; ok {
		return kept, nil
	}
	return readRunner(path, r.store)
}

// exists reports whether a path leads to something. What cannot be told (a
// folder on the way may not be entered) counts as there.
func exists(path string) bool {
	return existsAt(unix.AT_FDCWD, path)
}

// isAbsent: there is nothing at a path, or no way to it.
func isAbsent(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) ||
		errors.Is(err, unix.ENAMETOOLONG)
}
