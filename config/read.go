package config

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// maxSize is more than anybody writes.
const maxSize = 256 << 10

// Read reads a file. Without one the defaults hold. The error names file, line
// and key on one line, and the defaults are what comes with it: a caller to
// whom no setting matters can go on.
func Read(path string, names Names) (Config, error) {
	c := Default(names)
	c.Path = path
	if path == "" {
		return c, nil
	}
	text, err := load(path, os.Geteuid() == 0)
	if isAbsent(err) {
		return c, nil
	}
	c.Exists = true
	if err != nil {
		return c, fmt.Errorf("read configuration: %w", err)
	}
	read, err := parse(text, names)
	if err != nil {
		return c, fmt.Errorf("%s:%w", path, err)
	}
	read.Path, read.Exists = path, true
	return read, nil
}

// load reads a regular file of reasonable size.
func load(path string, asRoot bool) ([]byte, error) {
	if asRoot {
		if err := checkRoots(path); err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would not answer
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a file", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(text) > maxSize {
		err = fmt.Errorf("%s is larger than %d KiB", path, maxSize>>10)
	}
	return text, err
}
