package home

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"microtui/model"
)

// The keep list.
const (
	// KeepFile lists what clean-up never takes, by an administrator's wish.
	KeepFile   = Path + "/keep.json"
	keepSchema = 1
	// KeepMode lets everybody read it: verdicts rest on it.
	KeepMode = 0o644
)

type keepList struct {
	Schema int               `json:"schema"`
	Keep   []model.KeepEntry `json:"keep"`
}

// MergeKeep joins what two lists keep; of one thing the newer word counts. They
// differ where one of them could not be written, or came from another host: what
// only one of them keeps is kept.
func MergeKeep(a, b []model.KeepEntry) []model.KeepEntry {
	all := slices.Clone(a)
	for _, entry := range b {
		at := slices.IndexFunc(all, func(k model.KeepEntry) bool { return k.Kind == entry.Kind && k.Name == entry.Name })
		switch {
		case at < 0:
			all = append(all, entry)
		case entry.At.After(all[at].At):
			all[at] = entry
		}
	}
	return all
}

// ReadKeep reads the keep list. No file is an empty list.
func ReadKeep(path string) ([]model.KeepEntry, error) {
	text, err := read(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, errors.New("only root can read the keep list")
	}
	if err != nil {
		return nil, fmt.Errorf("read keep list: %w", err)
	}
	if text == nil {
		return nil, nil
	}
	var list keepList
	if err := model.ReadJSON(text, &list); err != nil {
		return nil, fmt.Errorf("read keep list %s: %w", path, err)
	}
	if list.Schema != keepSchema {
		return nil, fmt.Errorf("read keep list %s: unknown schema %d (expected %d)", path, list.Schema, keepSchema)
	}
	return list.Keep, nil
}

// WriteKeep writes the keep list, or a copy of it, under the lock.
func WriteKeep(path string, mode fs.FileMode, list []model.KeepEntry) error {
	text, err := json.MarshalIndent(keepList{keepSchema, list}, "", "\t")
	if err != nil {
		return fmt.Errorf("write keep list: %w", err)
	}
	if err := Write(path, mode, bytes.NewReader(append(text, '\n'))); err != nil {
		return fmt.Errorf("write keep list: %w", err)
	}
	return nil
}
