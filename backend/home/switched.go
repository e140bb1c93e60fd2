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

const (
	// switchedFile lists the links `current` that updates and rollbacks made.
	switchedFile   = Path + "/switched.json"
	switchedSchema = 1
	// switchedMode lets everybody read it: verdicts rest on it.
	switchedMode = 0o644
)

type switchedList struct {
	Schema   int              `json:"schema"`
	Switched []model.Switched `json:"switched"`
}

// ReadSwitched reads which links are ours. What cannot be read is no fault for
// those who may not: it only ever proves something.
func ReadSwitched() ([]model.Switched, error) {
	text, err := read(switchedFile)
	if errors.Is(err, fs.ErrPermission) || err == nil && text == nil {
		return nil, nil
	}
	var list switchedList
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err == nil && list.Schema != switchedSchema {
		err = fmt.Errorf("unknown schema %d (expected %d)", list.Schema, switchedSchema)
	}
	if err != nil {
		return nil, fmt.Errorf("read what VMs were switched to: %s: %w", switchedFile, err)
	}
	return list.Switched, nil
}

// RememberSwitched records a link that a switch made, in the place of the one
// that its VM had before.
func RememberSwitched(link model.Switched) error {
	folder, err := Lock()
	if err != nil {
		return err
	}
	defer folder.Close()
	list, err := ReadSwitched()
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(b model.Switched) bool { return b.VM == link.VM && b.StateDir == link.StateDir })
	text, err := json.MarshalIndent(switchedList{switchedSchema, append(list, link)}, "", "\t")
	if err == nil {
		err = Write(switchedFile, switchedMode, bytes.NewReader(append(text, '\n')))
	}
	if err != nil {
		return err
	}
	return folder.Sync()
}
