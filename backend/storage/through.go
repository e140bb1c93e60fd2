package storage

import (
	"context"
	"errors"
	"slices"
	"strings"

	"microtui/backend/filesystem"
	"microtui/model"
)

// home is the state directory, as paths may lead into it: by its own name, and
// by mounts that show it, or a part of it, elsewhere.
type home struct {
	path  string // as it really is, without a slash at its end; empty: there is none
	shown []showing
}

// showing is that what is at a path is also to be seen at another one.
type showing struct{ at, of string }

// homeOf finds where else the state directory is to be seen.
func (m mounts) homeOf(real model.Raw) home {
	h := home{path: strings.TrimRight(string(real), "/")}
	if h.path == "" {
		return h
	}
	own, ok := filesystem.Under(m.all, h.path)
	if !ok {
		return h
	}
	within := join(own.Root, strings.TrimPrefix(h.path, strings.TrimRight(own.Point, "/")))
	for _, other := range m.all {
		if other.Device != own.Device || other.Point == own.Point {
			continue
		}
		if rest, ok := filesystem.Below(other.Root, within); ok { // it shows all of it
			h.shown = append(h.shown, showing{at: join(other.Point, rest), of: h.path})
		} else if rest, ok := filesystem.Below(within, other.Root); ok { // a part of it
			h.shown = append(h.shown, showing{at: other.Point, of: join(h.path, rest)})
		}
	}
	return h
}

func join(folder, rest string) string { return orRoot(strings.TrimRight(folder, "/") + rest) }

// entries are the entries of the state directory that a path without links
// is, or is below: mostly none, and more than one where mounts lie in mounts.
func (h home) entries(path string) []string {
	if h.path == "" {
		return nil
	}
	var found []string
	add := func(path string) {
		if rest, ok := filesystem.Below(h.path, path); ok && len(rest) > 1 {
			name, _, _ := strings.Cut(rest[1:], "/")
			if !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	add(path)
	for _, s := range h.shown {
		if rest, ok := filesystem.Below(s.at, path); ok {
			add(s.of + rest)
		}
	}
	return found
}

// pass notes the entries of the state directory that a path leads through.
func (s *spot) pass(w *walk) {
	for _, name := range w.home.entries(s.real) {
		at, err := w.look(w.home.path + "/" + name)
		if err == nil && !slices.Contains(s.through, at.ID) {
			s.through = append(s.through, at.ID)
		}
	}
}

// above are the folders that the state directory is in, from the root down.
func (w *walk) above() []model.FileID {
	var found []model.FileID
	for at := range w.home.path {
		if w.home.path[at] != '/' {
			continue
		}
		if folder, err := w.look(orRoot(w.home.path[:at])); err == nil {
			found = append(found, folder.ID)
		}
	}
	return found
}

// place is where a path leads.
func (w *walk) place(path model.Raw) model.Place {
	found := w.follow(path)
	p := model.Place{Path: path, Way: found.way()}
	if found.err == nil {
		p.ID = found.ID
	} else if !isAbsent(found.err) {
		p.Fault = faultOf(found.err)
	}
	return p
}

// way is what a path led through.
func (s *spot) way() model.Way {
	_, remote := errors.AsType[remoteError](s.err)
	return model.Way{Through: s.through, Remote: remote}
}

// readPlaces leaves out what neither leads through an entry of the state
// directory nor holds it.
func (r *Reader) readPlaces(ctx context.Context, paths []model.Raw, mounts mounts, above []model.FileID) []model.Place {
	answers := r.places.each(ctx, paths, func() func(model.Raw) model.Place { return newWalk(mounts).place })
	var places []model.Place
	for _, path := range paths {
		p, ok := answers[path]
		if !ok {
			p = model.Place{Path: path, Fault: noAnswer}
		}
		if len(p.Through) > 0 || p.Fault != "" || p.ID != (model.FileID{}) && slices.Contains(above, p.ID) {
			places = append(places, p)
		}
	}
	return places
}
