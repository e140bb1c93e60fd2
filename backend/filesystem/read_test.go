package filesystem

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestReadRegular(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("x", 10_000)
	for name, text := range map[string]string{"empty": "", "short": "a\n", "long": long} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadRegular(filepath.Join(dir, name), 1<<20, 0); err != nil || string(got) != text {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if got, err := ReadRegular(filepath.Join(dir, "long"), 100, 0); err != nil || string(got) != long[:100] {
		t.Errorf("the first of it: %d bytes, %v", len(got), err)
	}
	// The kernel does not say how long its own files are.
	want, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Skip(err)
	}
	if got, err := ReadRegular("/proc/self/mountinfo", 1<<20, 0); err != nil || string(got) != string(want) {
		t.Errorf("a file of the kernel: %d bytes, want %d, %v", len(got), len(want), err)
	}
}

func TestReadRegularWaitsForNothing(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, dir, "/dev/zero"} {
		if _, err := ReadRegular(path, 1<<20, 0); !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := ReadRegular(filepath.Join(dir, "gone"), 1<<20, 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
}

func TestReadScript(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"script": "#!/bin/sh\ntrue\n", "program": "\x7fELF", "empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want := text
		if name != "script" {
			want = ""
		}
		if got, err := ReadScript(filepath.Join(dir, name), 1<<20); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
