package demo

import (
	"context"
	"fmt"
	"slices"

	"microtui/model"
)

// Keep puts a thing on the keep list.
func (l *Live) Keep(_ context.Context, entry model.KeepEntry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	ref := model.Ref{Kind: entry.Kind, Name: entry.Name}
	l.host.keep = slices.DeleteFunc(l.host.keep, func(k model.KeepEntry) bool { return k.Kind == ref.Kind && k.Name == ref.Name })
	entry.At = l.host.now
	l.host.keep = append(l.host.keep, entry)
	return nil
}

// Unkeep takes a thing off the keep list.
func (l *Live) Unkeep(_ context.Context, ref model.Ref) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.host.keep)
	l.host.keep = slices.DeleteFunc(l.host.keep, func(k model.KeepEntry) bool { return k.Kind == ref.Kind && k.Name == ref.Name })
	if len(l.host.keep) == before {
		return fmt.Errorf("%w: %s %s is not on the keep list", model.ErrUnknown, ref.Kind, ref.Name)
	}
	return nil
}
