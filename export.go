package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/cli"
	"microtui/model"
)

// exportLog writes a log to its end into a new file, and closes it. It gives
// the file's full path, and the number of lines, also where it failed after
// some.
func exportLog(ctx context.Context, log cli.Log, q model.LogQuery, path string) (full string, lines int, err error) {
	defer func() { _ = log.Close() }()
	if full, err = filepath.Abs(path); err != nil {
		return path, 0, err
	}
	file := &newFile{path: full}
	lines, err = cli.WriteLog(ctx, log, q.Units, file)
	return full, lines, errors.Join(err, file.Close())
}

// newFile is a file that is made when there is something to write: never one
// that is there, nor where a link leads, and readable for its owner alone.
type newFile struct {
	path string
	file *os.File
}

func (n *newFile) Write(p []byte) (int, error) {
	if n.file == nil {
		file, err := os.OpenFile(n.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, 0o600)
		switch {
		case errors.Is(err, os.ErrExist):
			return 0, fmt.Errorf("%s already exists and was left alone: choose another file", n.path)
		case err != nil:
			return 0, err
		}
		n.file = file
	}
	return n.file.Write(p)
}

func (n *newFile) Close() error {
	if n.file == nil {
		return nil
	}
	return n.file.Close()
}

// exportFolder is where a file is proposed: in the folder the program was
// started in, if the caller may write there, else at home.
func exportFolder(env []string) string {
	here, err := os.Getwd()
	if err == nil && here != "/" && unix.Access(here, unix.W_OK) == nil {
		return here
	}
	if home := variable(env, "HOME"); filepath.IsAbs(home) {
		return home
	}
	return here
}
