package backend

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"microtui/model"
)

const (
	// keepFile lists what clean-up never takes, by an administrator's wish.
	keepFile   = "/var/lib/microtui/keep.json"
	keepSchema = 1
	// keepMode lets everybody read it: verdicts rest on it.
	keepMode = 0o644
)

type keepList struct {
	Schema int               `json:"schema"`
	Keep   []model.KeepEntry `json:"keep"`
}

// readKeep reads the keep list. No file is an empty list.
func readKeep(path string) ([]model.KeepEntry, error) {
	text, err := readOwn(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, errors.New("what is kept can be seen as root only")
	}
	if err != nil {
		return nil, fmt.Errorf("read keep list: %w", err)
	}
	if text == nil {
		return nil, nil
	}
	var list keepList
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("read keep list %s: %w", path, err)
	}
	if list.Schema != keepSchema {
		return nil, fmt.Errorf("read keep list %s: schema %d, known is %d", path, list.Schema, keepSchema)
	}
	return list.Keep, nil
}
