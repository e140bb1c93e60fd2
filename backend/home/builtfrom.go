package home

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"microtui/model"
)

const (
	// builtFromFile lists the flake references that VMs were last updated from.
	builtFromFile   = Path + "/built-from.json"
	builtFromSchema = 1
)

type builtFromList struct {
	Schema    int               `json:"schema"`
	BuiltFrom []model.BuiltFrom `json:"built_from"`
}

// ReadBuiltFrom reads what VMs were last updated from. It is root's alone, and
// of no use to others.
func ReadBuiltFrom() ([]model.BuiltFrom, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	text, err := read(builtFromFile)
	if err != nil {
		return nil, fmt.Errorf("read what VMs were built from: %w", err)
	}
	if text == nil {
		return nil, nil
	}
	var list builtFromList
	if err := model.ReadJSON(text, &list); err != nil {
		return nil, fmt.Errorf("read what VMs were built from: %s: %w", builtFromFile, err)
	}
	if list.Schema != builtFromSchema {
		return nil, fmt.Errorf("read what VMs were built from: %s: unknown schema %d (expected %d)", builtFromFile, list.Schema, builtFromSchema)
	}
	return list.BuiltFrom, nil
}

// RememberBuiltFrom records what a VM was updated from, in the place of what
// it was before.
func RememberBuiltFrom(entry model.BuiltFrom) error {
	return changeBuiltFrom(entry.StateDir, entry.VM, &entry)
}

// ForgetBuiltFrom takes a VM off the record: what comes by that name later is
// another VM.
func ForgetBuiltFrom(stateDir, vm model.Raw) error { return changeBuiltFrom(stateDir, vm, nil) }

// changeBuiltFrom puts an entry in the place of that of a VM; nil: in its place
// nothing. A list that cannot be read is not written over.
func changeBuiltFrom(stateDir, vm model.Raw, entry *model.BuiltFrom) error {
	folder, err := Lock()
	if err != nil {
		return err
	}
	defer folder.Close()
	list, err := ReadBuiltFrom()
	if err != nil {
		return err
	}
	isOf := func(b model.BuiltFrom) bool { return b.VM == vm && b.StateDir == stateDir }
	if entry == nil && !slices.ContainsFunc(list, isOf) {
		return nil
	}
	list = slices.DeleteFunc(list, isOf)
	if entry != nil {
		list = append(list, *entry)
	}
	text, err := json.MarshalIndent(builtFromList{builtFromSchema, list}, "", "\t")
	if err == nil {
		err = Write(builtFromFile, 0o600, bytes.NewReader(append(text, '\n')))
	}
	if err != nil {
		return err
	}
	return folder.Sync()
}
