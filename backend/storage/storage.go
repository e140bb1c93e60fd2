// Package storage looks at what lies behind the paths that VMs name: sources of
// shares, images of volumes, stores of secrets, and the links that keep runners
// from being collected as garbage.
//
// Such a path was written by whoever made the VM's runner, and may lead
// anywhere. It is never opened: it is followed link by link, and looked at with
// statx(2). What another machine serves is not touched, for it may never
// answer, and each path has a limit of time for whatever else hangs. Only
// folders that root alone writes to are listed. The package must not know which
// VM a path is of, or what its facts mean; it changes nothing.
package storage

import (
	"context"
	"slices"
	"time"

	"microtui/model"
)

// Question says what is asked about.
type Question struct {
	Sources []model.Raw // of shares: absolute paths
	Volumes []model.Raw // images and devices: absolute paths
	Places  []model.Raw // whatever else: absolute paths
	// StateDir are the paths of the state directory, as it is called and as it
	// really is, and Runners those that links in it name: what a garbage
	// collector's root may lead to.
	StateDir, Runners []model.Raw
	StateDirID        model.FileID
	// Remote reports whether a type of file system (as mountinfo names it) is
	// one that another machine serves, or another process.
	Remote func(filesystem string) bool
}

// Reading is what was found at one time.
type Reading struct {
	Sources []model.ShareSource // by path
	Volumes []model.VolumeFile  // by path
	Places  []model.Place       // by path; those that the state directory has to do with
	// Above are the folders that the state directory is in, and it itself.
	Above   []model.FileID
	Secrets []model.SecretStore
	// Elsewhere are the VMs in /var/lib/microvms, where that is not the state
	// directory.
	Elsewhere []model.Raw
	Roots     []model.GCRoot // by name; nil: they could not be read
}

// Reader reads again and again. It is for one goroutine at a time.
type Reader struct {
	usual   string // microvm.stateDir's default
	secrets []secretPlace
	roots   rootReader
	sources limiter[spot]
	places  limiter[model.Place]
	volumes volumeReader
}

// New returns a reader. A path that never answers keeps a goroutine of its own.
func New() *Reader {
	return &Reader{usual: "/var/lib/microvms", secrets: secretPlaces(), roots: newRootReader("/nix/var/nix")}
}

// maxPaths is how many paths of each kind are looked at: more than VMs have.
const maxPaths = 8 << 10

// Read answers a question. What could not be looked at has a fault of its own.
func (r *Reader) Read(ctx context.Context, ask Question) Reading {
	mounts := readMounts(ask.Remote)
	mounts.home = mounts.homeOf(ask.realStateDir())
	reading := Reading{
		Above:   newWalk(mounts).above(),
		Sources: r.readSources(ctx, unique(ask.Sources), mounts),
		Volumes: r.volumes.read(ctx, unique(ask.Volumes), mounts, time.Now()),
	}
	reading.Places = r.readPlaces(ctx, unique(ask.Places), mounts, append(reading.Above, ask.StateDirID))
	for at := range r.secrets {
		if store, ok := r.secrets[at].read(time.Now()); ok {
			reading.Secrets = append(reading.Secrets, store)
		}
	}
	reading.Elsewhere = vmsElsewhere(r.usual, ask.StateDirID, mounts)
	reading.Roots = r.roots.read(ctx, ask, mounts, time.Now())
	return reading
}

// realStateDir is the state directory without links; empty: it is not there.
func (q *Question) realStateDir() model.Raw {
	if len(q.StateDir) == 0 {
		return ""
	}
	return q.StateDir[len(q.StateDir)-1]
}

func unique(paths []model.Raw) []model.Raw {
	paths = slices.Compact(slices.Sorted(slices.Values(paths)))
	return paths[:min(len(paths), maxPaths)]
}

func (r *Reader) readSources(ctx context.Context, paths []model.Raw, mounts mounts) []model.ShareSource {
	answers := r.sources.each(ctx, paths, func() func(model.Raw) spot { return newWalk(mounts).follow })
	sources := make([]model.ShareSource, len(paths))
	for at, path := range paths {
		found, ok := answers[path]
		source := model.ShareSource{Path: path, Links: found.links, Way: found.way()}
		switch {
		case !ok:
			source.Fault = noAnswer
		case found.err == nil:
			source.Exists, source.Type, source.ID, source.Real = true, found.Kind(), found.ID, model.Raw(found.real)
		case !isAbsent(found.err):
			source.Fault = faultOf(found.err)
		}
		sources[at] = source
	}
	return sources
}
