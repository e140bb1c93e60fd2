package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestPath(t *testing.T) {
	homes := map[int]string{0: "/root", 1000: "/home/eve"}
	owners := map[string]int{"/etc/xdg": 0, "/root": 0, "/home/eve": 1000, "/home/eve/.config": 1000, "/home/bob": 1001, "/home/bob/.config": 1001}
	for _, test := range []struct {
		name, xdg, home string
		uid             int
		want            string
	}{
		{"the home of the list of users", "", "", 1000, "/home/eve/.config/microtui/config.toml"},
		{"the home that the shell says", "", "/srv/eve", 1000, "/srv/eve/.config/microtui/config.toml"},
		{"another place", "/srv/cfg", "/home/eve", 1000, "/srv/cfg/microtui/config.toml"},
		{"a relative place", "cfg", "home", 1000, "/home/eve/.config/microtui/config.toml"},
		{"no home", "", "", 4711, ""},
		{"root's home after sudo -u", "", "/root", 1000, "/home/eve/.config/microtui/config.toml"},
		{"another's place after su", "/home/bob/.config", "/home/bob", 1000, "/home/eve/.config/microtui/config.toml"},
		{"a place of root's", "/etc/xdg", "/home/eve", 1000, "/etc/xdg/microtui/config.toml"},
		{"root", "", "/root", 0, "/root/.config/microtui/config.toml"},
		{"root with the user's home", "", "/home/eve", 0, "/root/.config/microtui/config.toml"},
		{"root with the user's place", "/home/eve/.config", "/home/eve", 0, "/root/.config/microtui/config.toml"},
		{"root with a place of root's", "/etc/xdg", "/home/eve", 0, "/etc/xdg/microtui/config.toml"},
		{"root with a place that is not there", "/nowhere", "", 0, "/nowhere/microtui/config.toml"},
	} {
		env := map[string]string{"XDG_CONFIG_HOME": test.xdg, "HOME": test.home}
		belongs := func(dir string, to ...int) bool {
			uid, exists := owners[dir]
			return !exists || slices.Contains(to, uid)
		}
		got := path(func(name string) string { return env[name] }, test.uid, belongs, func(uid int) string { return homes[uid] })
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// As root only what nobody else can have put there is read. The test's own
// user stands for root where it is another one.
func TestNothingOfOthersIsReadAsRoot(t *testing.T) {
	me := uint32(os.Geteuid())
	for name, test := range map[string]struct {
		make func(t *testing.T, dir string) (path string)
		why  string // empty: it is read
	}{
		"a file":              {func(t *testing.T, dir string) string { return file(t, dir, "f", 0o600) }, ""},
		"readable by all":     {func(t *testing.T, dir string) string { return file(t, dir, "f", 0o644) }, ""},
		"writable by all":     {func(t *testing.T, dir string) string { return file(t, dir, "f", 0o646) }, "/f is writable by others"},
		"writable by a group": {func(t *testing.T, dir string) string { return file(t, dir, "f", 0o660) }, "/f is writable by others"},
		"a link to a file":    {func(t *testing.T, dir string) string { file(t, dir, "f", 0o600); return link(t, dir, "l", "./f") }, ""},
		"a link to a file of all": {func(t *testing.T, dir string) string {
			file(t, dir, "f", 0o666)
			return link(t, dir, "l", dir+"/f")
		}, "/f is writable by others"},
		"in a folder of all": {func(t *testing.T, dir string) string {
			return file(t, folder(t, dir, "d", 0o777), "f", 0o600)
		}, "/d is writable by others"},
		"in a folder of all with the sticky bit": {func(t *testing.T, dir string) string {
			return file(t, folder(t, dir, "d", 0o777|os.ModeSticky), "f", 0o600)
		}, ""},
		"through a folder of all and back": {func(t *testing.T, dir string) string {
			file(t, dir, "f", 0o600)
			return folder(t, dir, "d", 0o777) + "/../f"
		}, "/d is writable by others"},
		"a link through a folder of all": {func(t *testing.T, dir string) string {
			file(t, folder(t, dir, "d", 0o777), "f", 0o600)
			return link(t, dir, "l", "d/f")
		}, "/d is writable by others"},
		"a link to itself": {func(t *testing.T, dir string) string { return link(t, dir, "l", "l") }, "too many levels of symbolic links"},
	} {
		dir := chmod(t, t.TempDir(), 0o700)
		err := checkOwned(test.make(t, dir), me)
		switch {
		case test.why == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.why != "" && (err == nil || !strings.HasSuffix(err.Error(), test.why)):
			t.Errorf("%s: %v, want %q", name, err, test.why)
		}
	}
	if me != 0 {
		return
	}
	for name, make := range map[string]func(path string) error{
		"a file":   func(path string) error { return os.Chown(file(t, filepath.Dir(path), "f", 0o600), 65534, -1) },
		"a link":   func(path string) error { return os.Lchown(link(t, filepath.Dir(path), "f", "/etc/passwd"), 65534, -1) },
		"a folder": func(path string) error { return os.Chown(filepath.Dir(path), 65534, -1) },
	} {
		path := filepath.Join(chmod(t, t.TempDir(), 0o700), "f")
		if err := make(path); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path, Names{}); err == nil || !strings.HasSuffix(err.Error(), "belongs to user 65534") {
			t.Errorf("%s of somebody else: %v", name, err)
		}
	}
}

func TestBelongs(t *testing.T) {
	me, other := os.Geteuid(), os.Geteuid()+1
	dir := t.TempDir()
	if !belongs(dir, me) || belongs(dir, other) || !belongs(dir, other, me) || !belongs(dir+"/none", other) {
		t.Errorf("of %s: mine %v, another's %v; of what is not there: %v", dir, belongs(dir, me), belongs(dir, other), belongs(dir+"/none", other))
	}
}

func TestOnlyFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(dir+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/large", make([]byte, maxSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{dir: "is not a file", dir + "/fifo": "is not a file", dir + "/large": "is larger than 256 KiB"} {
		if _, err := Read(path, Names{}); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func file(t *testing.T, dir, name string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return chmod(t, path, mode)
}

func folder(t *testing.T, dir, name string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return chmod(t, path, mode)
}

func chmod(t *testing.T, path string, mode os.FileMode) string {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t *testing.T, dir, name, target string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	return path
}
