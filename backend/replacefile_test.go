package backend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReplaceFile(t *testing.T) {
	folder := t.TempDir()
	path, victim := filepath.Join(folder, "x.prom"), filepath.Join(folder, "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, path); err != nil { // what is there is replaced, not followed
		t.Fatal(err)
	}
	for _, text := range []string{"first\n", "second\n"} {
		if err := ReplaceFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil || info.Mode() != 0o644 {
			t.Fatal(info.Mode(), err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%q", got)
		}
	}
	if got, _ := os.ReadFile(victim); string(got) != "mine" {
		t.Errorf("the file behind the link: %q", got)
	}
	if err := os.MkdirAll(filepath.Join(folder, "folder.prom", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := ReplaceFile(filepath.Join(folder, "folder.prom"), nil); err == nil {
		t.Error("a folder was replaced")
	}
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}
