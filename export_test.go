package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"microtui/backend/demo"
	"microtui/model"
)

// exportOf exports the log of the demo's VMs, narrowed to the last lines.
func exportOf(t *testing.T, path string, lines int, vms ...model.Raw) (string, int, error) {
	t.Helper()
	d := demonstration{demo.Open(demoSeed)}
	t.Cleanup(d.Close)
	q := model.LogQuery{Last: lines, Priority: model.NoPriority}
	for _, vm := range vms {
		q.Units = append(q.Units, model.UnitName(model.RoleVM, vm))
	}
	return d.Export(t.Context(), q, path)
}

func TestExportedLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.txt")
	full, lines, err := exportOf(t, path, 50, "crash", "api")
	if err != nil || full != path || lines != 50 {
		t.Fatalf("%d lines in %s: %v", lines, full, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n != 50 || strings.ContainsRune(string(text), '\x1b') || !strings.Contains(string(text), " crash console  app[88]: fatal: cannot start") {
		t.Errorf("%d lines:\n%s", n, text)
	}
	if about, err := os.Stat(path); err != nil || about.Mode() != 0o600 {
		t.Errorf("%v, %v", about.Mode(), err)
	}
}

// What is there stays as it is, and no link is followed, wherever it leads.
func TestExportNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	there, target := filepath.Join(dir, "there"), filepath.Join(dir, "target")
	for _, err := range []error{
		os.WriteFile(there, []byte("precious"), 0o644),
		os.Symlink(there, filepath.Join(dir, "link")), os.Symlink(target, filepath.Join(dir, "dangling")), os.Mkdir(filepath.Join(dir, "folder"), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"there", "link", "dangling", "folder"} {
		_, lines, err := exportOf(t, filepath.Join(dir, name), 5, "api")
		if err == nil || lines != 0 || !strings.Contains(err.Error(), "already exists and was left alone: choose another file") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %d lines, %v", name, lines, err)
		}
	}
	if text, _ := os.ReadFile(there); string(text) != "precious" {
		t.Errorf("it holds %q", text)
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link was followed: %v", err)
	}
	if _, lines, err := exportOf(t, filepath.Join(dir, "no", "such"), 5, "api"); !errors.Is(err, fs.ErrNotExist) || lines != 0 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

func TestExportOfNothingMakesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.txt")
	if _, lines, err := exportOf(t, path, -1, "scratch"); err == nil || lines != 0 || !strings.Contains(err.Error(), "it never ran") {
		t.Errorf("%d lines, %v", lines, err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestExportEndsWithTheProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := demonstration{demo.Open(demoSeed)}
	defer d.Close()
	q := model.LogQuery{Units: []model.Raw{"microvm@nosuch.service"}, Last: -1, Follow: true, Priority: model.NoPriority}
	if _, _, err := exportLog(ctx, d.Log(ctx, q), q, filepath.Join(t.TempDir(), "x")); !errors.Is(err, context.Canceled) && err == nil {
		t.Error(err)
	}
}

func TestExportFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if got := exportFolder([]string{"HOME=/home/me"}); got != here {
		t.Errorf("in %s", got)
	}
	t.Chdir("/")
	for home, want := range map[string]string{"/home/me": "/home/me", "": "/", "relative": "/"} {
		if got := exportFolder([]string{"HOME=" + home}); got != want {
			t.Errorf("with HOME %q in %s", home, got)
		}
	}
}
