package storage

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// rootReader finds what keeps runners from nix's garbage collection, as nix does
// (findRoots in src/libstore/gc.cc): by links below gcroots and profiles that
// name something in the store, or a link that does, and no further; and by
// files in gcroots that are called like it. Commands of nix that list roots
// remove stale ones, so none is run. What processes hold (/proc) does not last.
type rootReader struct {
	folders []string
	limiter[hop]
	kept []model.GCRoot
	of   map[string]time.Time // when each folder changed last
	ask  []model.Raw          // what was asked for
	at   time.Time            // zero: nothing is kept
}

func newRootReader(state string) rootReader {
	return rootReader{folders: []string{state + "/gcroots", state + "/profiles"}}
}

const (
	// maxRoots is how many links are read in each folder, and maxDepth how many
	// folders deep.
	maxRoots = 32 << 10
	maxDepth = 8
	// rootsAge is how long an answer is good: links that roots lead to, in
	// somebody's home, can change without a trace in the folders.
	rootsAge = time.Minute

	store = "/nix/store/"
)

// read gives the roots that lead into the state directory, as they stand there,
// and those that keep a runner, with it as the target. nil: they could not be
// read.
func (r *rootReader) read(ctx context.Context, ask Question, mounts mounts, now time.Time) []model.GCRoot {
	asked := slices.Concat(ask.StateDir, ask.Runners)
	if now.Sub(r.at) < rootsAge && r.isUnchanged() && slices.Equal(asked, r.ask) {
		return r.kept
	}
	r.of = make(map[string]time.Time)
	var links []model.GCRoot
	for _, folder := range r.folders {
		found, ok := r.list(folder, maxDepth)
		if !ok {
			r.at = time.Time{}
			return nil
		}
		links = append(links, found...)
	}
	r.kept, r.ask, r.at = r.leadingHome(ctx, links, ask, mounts), asked, now
	if ctx.Err() != nil {
		r.at = time.Time{}
	}
	return r.kept
}

func (r *rootReader) isUnchanged() bool {
	for folder, before := range r.of {
		if st, err := lstat(folder); err != nil && !isAbsent(err) || !st.Modified.Equal(before) {
			return false
		}
	}
	return true
}

// list reads the links themselves, below a folder. One that is not there has
// none.
func (r *rootReader) list(folder string, depth int) (links []model.GCRoot, ok bool) {
	st, err := lstat(folder)
	if isAbsent(err) {
		r.of[folder] = time.Time{}
		return nil, true
	}
	names := listFolder(folder, maxRoots)
	if err != nil || names == nil || depth == 0 {
		return nil, false
	}
	r.of[folder] = st.Modified
	slices.Sort(names)
	for _, name := range names {
		path := folder + "/" + name
		target, err := filesystem.ReadLinkAt(unix.AT_FDCWD, path)
		switch {
		case err == nil:
			links = append(links, model.GCRoot{Name: model.Raw(name), Target: model.Raw(absolute(target, folder))})
		case !errors.Is(err, unix.EINVAL): // gone since
		default:
			below, ok := r.listEntry(folder, name, depth)
			if !ok {
				return nil, false
			}
			links = append(links, below...)
		}
	}
	return links, true
}

// listEntry reads what is no link: a folder, or a file that is called like what
// it keeps.
func (r *rootReader) listEntry(folder, name string, depth int) ([]model.GCRoot, bool) {
	st, err := lstat(folder + "/" + name)
	switch {
	case err != nil:
		return nil, isAbsent(err)
	case st.Mode&unix.S_IFMT == unix.S_IFDIR:
		return r.list(folder+"/"+name, depth-1)
	}
	return []model.GCRoot{{Name: model.Raw(name), Target: model.Raw(store + name)}}, true
}

func absolute(target, folder string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	return filepath.Join(folder, target)
}

// hop is what the link that a root names says.
type hop struct {
	target string
	err    error
}

// leadingHome keeps the links that matter. Where one could not be followed,
// what it keeps is not known: then nothing is.
func (r *rootReader) leadingHome(ctx context.Context, links []model.GCRoot, ask Question, mounts mounts) []model.GCRoot {
	runners := make(map[model.Raw]bool, len(ask.Runners))
	for _, runner := range ask.Runners {
		runners[runner] = true
	}
	roots := []model.GCRoot{}
	var elsewhere []model.GCRoot
	var paths []model.Raw
	for _, link := range links {
		kept, inStore := storePath(string(link.Target))
		switch {
		case inStore && runners[kept]:
			roots = append(roots, model.GCRoot{Name: link.Name, Target: kept})
		case inStore:
		case slices.ContainsFunc(ask.StateDir, func(dir model.Raw) bool { return isBelow(link.Target, dir) }):
			roots = append(roots, link)
		default:
			elsewhere, paths = append(elsewhere, link), append(paths, link.Target)
		}
	}
	answers := r.each(ctx, paths, func() func(model.Raw) hop { return newWalk(mounts).hop })
	for _, link := range elsewhere {
		found, ok := answers[link.Target]
		if kept, inStore := storePath(found.target); inStore && runners[kept] {
			roots = append(roots, model.GCRoot{Name: link.Name, Target: kept})
		} else if !ok || found.err != nil && !isAbsent(found.err) && !errors.Is(found.err, unix.EINVAL) {
			return nil
		}
	}
	return roots
}

// hop reads a link, where its folder is on a file system that answers.
func (w *walk) hop(path model.Raw) hop {
	if folder := w.follow(model.Raw(filepath.Dir(string(path)))); folder.err != nil {
		return hop{err: folder.err}
	}
	target, err := filesystem.ReadLinkAt(unix.AT_FDCWD, string(path))
	return hop{target: target, err: err}
}

// storePath is the path in the store that another leads into.
func storePath(path string) (model.Raw, bool) {
	rest, ok := strings.CutPrefix(path, store)
	name, _, _ := strings.Cut(rest, "/")
	return model.Raw(store + name), ok && name != ""
}

func isBelow(path, folder model.Raw) bool {
	rest, ok := strings.CutPrefix(string(path), strings.TrimRight(string(folder), "/"))
	return ok && folder != "" && strings.HasPrefix(rest, "/")
}
