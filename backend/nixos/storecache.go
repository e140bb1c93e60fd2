package nixos

import (
	"path/filepath"
	"strings"
)

// storeCache keeps what was read of paths in the store: those never change.
// Other paths, and errors, are not kept.
type storeCache[T any] struct {
	store string
	kept  map[string]T // what the last reading used
	used  map[string]T // what this one uses
}

// get returns what read makes of the path, which it calls if it must.
func (c *storeCache[T]) get(path string, read func() (T, error)) (T, error) {
	if !c.covers(path) {
		return read()
	}
	value, have := c.used[path]
	if !have {
		value, have = c.kept[path]
	}
	if !have {
		var err error
		if value, err = read(); err != nil {
			return value, err
		}
	}
	if c.used == nil {
		c.used = make(map[string]T)
	}
	c.used[path] = value
	return value, nil
}

func (c *storeCache[T]) covers(path string) bool {
	return strings.HasPrefix(filepath.Clean(path), c.store+"/")
}

// sweep forgets what was not asked for since the last sweep.
func (c *storeCache[T]) sweep() { c.kept, c.used = c.used, nil }
