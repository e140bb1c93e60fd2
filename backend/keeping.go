package backend

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"microtui/backend/home"
	"microtui/model"
)

// Keep puts a thing on the keep list, in the place of what it said of it
// before.
func (h *Host) Keep(_ context.Context, entry model.KeepEntry) error {
	entry.At = time.Now().UTC().Truncate(time.Second)
	if entry.By == "" {
		entry.By = model.Raw(caller())
	}
	return h.changeKeep(func(list []model.KeepEntry) ([]model.KeepEntry, error) {
		return append(without(list, model.Ref{Kind: entry.Kind, Name: entry.Name}), entry), nil
	})
}

// Unkeep takes a thing off the keep list. One that is not on it gives an error
// that wraps [model.ErrUnknown].
func (h *Host) Unkeep(_ context.Context, ref model.Ref) error {
	return h.changeKeep(func(list []model.KeepEntry) ([]model.KeepEntry, error) {
		rest := without(list, ref)
		if len(rest) == len(list) {
			return nil, fmt.Errorf("%w: %s %s is not on the keep list", model.ErrUnknown, ref.Kind, ref.Name)
		}
		return rest, nil
	})
}

func without(list []model.KeepEntry, ref model.Ref) []model.KeepEntry {
	return slices.DeleteFunc(slices.Clone(list), func(k model.KeepEntry) bool { return k.Kind == ref.Kind && k.Name == ref.Name })
}

// changeKeep rewrites the keep list and its copy, one writer at a time. What
// cannot be read is not written over.
func (h *Host) changeKeep(change func([]model.KeepEntry) ([]model.KeepEntry, error)) error {
	if err := h.mayChange(); err != nil {
		return err
	}
	folder, err := home.Lock()
	if err != nil {
		return fmt.Errorf("write keep list: %w", err)
	}
	defer folder.Close()
	stateDir := h.realStateDir()
	list, err := home.ReadKeep(home.KeepFile)
	if err != nil {
		return err
	}
	beside, err := readKeepCopy(stateDir)
	if err != nil {
		return err
	}
	if list, err = change(home.MergeKeep(list, beside)); err != nil {
		return err
	}
	if err := home.WriteKeep(home.KeepFile, home.KeepMode, list); err != nil {
		return err
	}
	h.Refresh()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("write keep list: %w", err)
	}
	return writeKeepCopy(stateDir, list)
}

// mayChange says why nothing can be changed on this host.
func (h *Host) mayChange() error {
	switch {
	case h.readOnly != "":
		return fmt.Errorf("%w: %s", model.ErrRefused, h.readOnly)
	case os.Geteuid() != 0:
		return fmt.Errorf("%w: run as root", model.ErrDenied)
	}
	return nil
}
