package backend

import (
	"os"
	"path/filepath"
	"testing"
)

// TestIsRootsOwn: a program is carried out as root only where nobody else can
// put another one in its place.
func TestIsRootsOwn(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	base := t.TempDir()
	for n, test := range []struct {
		what  string
		spoil func(dir, file string) error
		own   bool
	}{
		{"root's alone", func(string, string) error { return nil }, true},
		{"in a folder like /nix/store", func(dir, _ string) error { return os.Chmod(dir, 0o775|os.ModeSticky) }, true},
		{"in a folder that others can write to", func(dir, _ string) error { return os.Chmod(dir, 0o775) }, false},
		{"in a folder of somebody else", func(dir, _ string) error { return os.Chown(dir, 1000, 0) }, false},
		{"in a sticky folder of somebody else", func(dir, _ string) error {
			if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
				return err
			}
			return os.Chown(dir, 1000, 0)
		}, false},
		{"that others can write", func(_, file string) error { return os.Chmod(file, 0o757) }, false},
		{"that others can write, and is sticky", func(_, file string) error { return os.Chmod(file, 0o757|os.ModeSticky) }, false},
		{"of somebody else", func(_, file string) error { return os.Chown(file, 1000, 0) }, false},
		{"that is a link", func(dir, file string) error {
			if err := os.Rename(file, dir+"/real"); err != nil {
				return err
			}
			return os.Symlink(dir+"/real", file)
		}, false},
		{"that is not there", func(_, file string) error { return os.Remove(file) }, false},
	} {
		dir := filepath.Join(base, string(rune('a'+n)))
		file := dir + "/microtui"
		for _, err := range []error{os.Mkdir(dir, 0o755), os.WriteFile(file, nil, 0o755), test.spoil(dir, file)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := isRootsOwn(file); got != test.own {
			t.Errorf("a program %s: %v", test.what, got)
		}
	}
}
