package backend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"microtui/backend/operation"
	"microtui/model"
)

const (
	// builtFromFile lists the flake references that VMs were last updated from.
	builtFromFile   = "/var/lib/microtui/built-from.json"
	builtFromSchema = 1
)

type builtFromList struct {
	Schema    int               `json:"schema"`
	BuiltFrom []model.BuiltFrom `json:"built_from"`
}

// readBuiltFrom reads what VMs were last updated from. It is root's alone, and
// of no use to others.
func readBuiltFrom(path string) ([]model.BuiltFrom, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	text, err := readOwn(path)
	if err != nil {
		return nil, fmt.Errorf("read what VMs were built from: %w", err)
	}
	if text == nil {
		return nil, nil
	}
	var list builtFromList
	if err := model.ReadJSON(text, &list); err != nil {
		return nil, fmt.Errorf("read what VMs were built from: %s: %w", path, err)
	}
	if list.Schema != builtFromSchema {
		return nil, fmt.Errorf("read what VMs were built from: %s: schema %d, known is %d", path, list.Schema, builtFromSchema)
	}
	return list.BuiltFrom, nil
}

// changeBuiltFrom puts an entry in the place of that of a VM; nil: in its place
// nothing. A list that cannot be read is not written over.
func changeBuiltFrom(path, stateDir string, vm model.Raw, entry *model.BuiltFrom) error {
	folder, err := lockOwn()
	if err != nil {
		return err
	}
	defer folder.Close()
	list, err := readBuiltFrom(path)
	if err != nil {
		return err
	}
	isOf := func(b model.BuiltFrom) bool { return b.VM == vm && b.StateDir == model.Raw(stateDir) }
	if entry == nil && !slices.ContainsFunc(list, isOf) {
		return nil
	}
	list = slices.DeleteFunc(list, isOf)
	if entry != nil {
		list = append(list, *entry)
	}
	text, err := json.MarshalIndent(builtFromList{builtFromSchema, list}, "", "\t")
	if err == nil {
		err = writeOwn(path, 0o600, bytes.NewReader(append(text, '\n')))
	}
	if err != nil {
		return err
	}
	return folder.Sync()
}

// rememberFlake records that a VM was updated from the flake reference that a
// step rests on. What cannot be recorded is asked about again at the next
// update, and so is what was written in this moment.
func (w *world) rememberFlake(ctx context.Context, t operation.Task) {
	stateDir, err := filepath.EvalSymlinks(string(t.Plan.StateDir))
	seen, unseen := w.Inventory(ctx)
	err = errors.Join(err, unseen)
	if err == nil && slices.ContainsFunc(model.Differences(seen, t.Step), func(d model.Difference) bool { return d.Fact == model.FactFlake }) {
		return
	}
	if err == nil {
		entry := model.NewBuiltFrom(model.Raw(stateDir), t.VM(), seen.Flake(t.VM()), time.Now().UTC().Truncate(time.Second))
		err = changeBuiltFrom(builtFromFile, stateDir, t.VM(), &entry)
	}
	if err != nil {
		slog.Warn("remember flake reference", "vm", string(t.VM()), "error", err)
	}
}

// forgetFlake: what comes by that name later is another VM.
func forgetFlake(stateDir string, vm model.Raw) {
	if err := changeBuiltFrom(builtFromFile, stateDir, vm, nil); err != nil {
		slog.Warn("forget flake reference", "vm", string(vm), "error", err)
	}
}
