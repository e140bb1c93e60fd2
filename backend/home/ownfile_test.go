package home

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// TestWriteOwn: a file of ours has its mode and its content at once, and
// nothing else is ever left beside it: not where its writing fails, and what an
// earlier writer was killed at only until the next.
func TestWriteOwn(t *testing.T) {
	folder := t.TempDir()
	path, unfinished := filepath.Join(folder, "microtui-1"), filepath.Join(folder, unfinishedName)
	holds := func(when, want string, mode os.FileMode) {
		t.Helper()
		text, err := os.ReadFile(path)
		status, errStatus := os.Stat(path)
		names, errNames := os.ReadDir(folder)
		if err := errors.Join(err, errStatus, errNames); err != nil {
			t.Fatal(err)
		}
		if string(text) != want || status.Mode() != mode || len(names) != 1 {
			t.Errorf("%s: %q, %v, and in the folder %v", when, text, status.Mode(), names)
		}
	}
	for _, err := range []error{
		os.WriteFile(unfinished, []byte("half of another, longer program"), 0o666),
		Write(path, 0o700, strings.NewReader("a program")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	holds("after one that was killed", "a program", 0o700)
	if err := Write(path, 0o644, strings.NewReader("a list")); err != nil {
		t.Fatal(err)
	}
	holds("in the place of another", "a list", 0o644)
	broken := errors.New("broken")
	if err := Write(path, 0o700, iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("an error in reading gives %v", err)
	}
	holds("where it could not be read", "a list", 0o644)
}
