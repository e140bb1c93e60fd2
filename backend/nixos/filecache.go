package nixos

import (
	"os"
	"syscall"
	"time"
)

// fileCache keeps what was made of files' texts, as long as they are the same
// by device, inode, size and time of change. A link is followed.
type fileCache[T any] struct {
	kept map[string]cachedFile[T]
	used map[string]cachedFile[T]
}

type cachedFile[T any] struct {
	dev, ino uint64
	size     int64
	changed  time.Time
	value    T
}

// get returns what parse makes of a file's text; of one that cannot be read,
// the zero value.
func (c *fileCache[T]) get(path string, parse func(text string) T) T {
	now, ok := identify[T](path)
	if !ok {
		return now.value
	}
	if before, have := c.kept[path]; have && before.dev == now.dev && before.ino == now.ino && before.size == now.size && before.changed.Equal(now.changed) {
		now.value = before.value
	} else if text, err := readFile(path, maxUnit, 0); err == nil {
		now.value = parse(string(text))
	}
	if c.used == nil {
		c.used = make(map[string]cachedFile[T])
	}
	c.used[path] = now
	return now.value
}

func identify[T any](path string) (cachedFile[T], bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return cachedFile[T]{}, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return cachedFile[T]{}, false
	}
	return cachedFile[T]{dev: st.Dev, ino: st.Ino, size: info.Size(), changed: time.Unix(st.Ctim.Sec, st.Ctim.Nsec)}, true
}

// sweep forgets what was not asked for since the last sweep.
func (c *fileCache[T]) sweep() { c.kept, c.used = c.used, nil }
