package backend

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"microtui/model"
)

const (
	// keepFile lists what clean-up never takes, by an administrator's wish.
	keepFile   = "/var/lib/microtui/keep.json"
	keepSchema = 1
	maxKeep    = 4 << 20 // bytes
)

type keepList struct {
	Schema int               `json:"schema"`
	Keep   []model.KeepEntry `json:"keep"`
}

// readKeep reads the keep list. No file is an empty list. One that others than
// root can write is refused: it would protect whatever they like.
func readKeep(path string) ([]model.KeepEntry, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read keep list: %w", err)
	}
	defer f.Close()
	var status unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &status); err != nil {
		return nil, fmt.Errorf("read keep list %s: %w", path, err)
	}
	if status.Mode&unix.S_IFMT != unix.S_IFREG || status.Uid != 0 || status.Mode&0o022 != 0 {
		return nil, fmt.Errorf("read keep list %s: not a file that only root can write", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeep))
	if err != nil {
		return nil, fmt.Errorf("read keep list %s: %w", path, err)
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
