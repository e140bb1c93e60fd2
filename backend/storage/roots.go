package storage

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// rootReader reads the garbage collector's roots that are not microvm.nix's
// own: links to results of nix build (auto), and those of microtui.
type rootReader struct {
	folders []string
	limiter[spot]
	kept []model.GCRoot
	of   []time.Time // when the folders changed last
	ask  []model.Raw // what was asked for
	at   time.Time   // zero: nothing is kept
}

func newRootReader(gcroots string) rootReader {
	return rootReader{folders: []string{gcroots + "/auto", gcroots + "/microtui"}}
}

const (
	// maxRoots is how many links are read in each folder.
	maxRoots = 32 << 10
	// rootsAge is how long an answer is good: links that roots lead to, in
	// somebody's home, can change without a trace in the folders.
	rootsAge = time.Minute
)

// read gives the roots that lead into the state directory, as they stand there,
// and those that lead to a runner, if by another link with the runner in that
// one's place. nil: they could not be read.
func (r *rootReader) read(ctx context.Context, ask Question, mounts mounts, now time.Time) []model.GCRoot {
	asked := slices.Concat(ask.StateDir, ask.Runners)
	var changed []time.Time
	for _, folder := range r.folders {
		st, err := lstat(folder)
		if err != nil && !isAbsent(err) {
			return nil
		}
		changed = append(changed, st.modified)
	}
	if now.Sub(r.at) < rootsAge && slices.EqualFunc(changed, r.of, time.Time.Equal) && slices.Equal(asked, r.ask) {
		return r.kept
	}
	links, ok := r.list()
	if !ok {
		return nil
	}
	r.kept, r.of, r.ask, r.at = r.leadingHome(ctx, links, ask, mounts), changed, asked, now
	if ctx.Err() != nil {
		r.at = time.Time{}
	}
	return r.kept
}

// list reads the links themselves.
func (r *rootReader) list() (links []model.GCRoot, ok bool) {
	for _, folder := range r.folders {
		names := listFolder(folder, maxRoots)
		if names == nil {
			if _, err := lstat(folder); !errors.Is(err, unix.ENOENT) {
				return nil, false
			}
		}
		slices.Sort(names)
		for _, name := range names {
			if target, err := readLink(folder + "/" + name); err == nil && strings.HasPrefix(target, "/") {
				links = append(links, model.GCRoot{Name: model.Raw(name), Target: model.Raw(target)})
			}
		}
	}
	return links, true
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
	for _, link := range links {
		switch {
		case runners[link.Target] || slices.ContainsFunc(ask.StateDir, func(dir model.Raw) bool { return isBelow(link.Target, dir) }):
			roots = append(roots, link)
		case !strings.HasPrefix(string(link.Target), "/nix/store/"):
			elsewhere = append(elsewhere, link)
		}
	}
	var paths []model.Raw
	for _, link := range elsewhere {
		paths = append(paths, link.Target)
	}
	answers := r.each(ctx, paths, func() func(model.Raw) spot { return newWalk(mounts).follow })
	for _, link := range elsewhere {
		found, ok := answers[link.Target]
		if runner := found.leadsTo(runners); runner != "" {
			roots = append(roots, model.GCRoot{Name: link.Name, Target: runner})
		} else if !ok || found.err != nil && !isAbsent(found.err) {
			return nil
		}
	}
	return roots
}

// leadsTo is the runner that a link on the way names; empty: none does. (The
// store itself may lie behind a link, so where the way ends says less.)
func (s spot) leadsTo(runners map[model.Raw]bool) model.Raw {
	for _, link := range s.links {
		if runners[link.Target] {
			return link.Target
		}
	}
	return ""
}

func isBelow(path, folder model.Raw) bool {
	rest, ok := strings.CutPrefix(string(path), strings.TrimRight(string(folder), "/"))
	return ok && folder != "" && strings.HasPrefix(rest, "/")
}
