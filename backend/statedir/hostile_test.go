package statedir

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/backend/filesystem"
	"microtui/model"
)

// In place of everything that microvm.nix makes stands what should not.
func TestHostileEntries(t *testing.T) {
	makers := map[string]func(path string) error{
		"a fifo":          func(path string) error { return syscall.Mkfifo(path, 0o666) },
		"a directory":     func(path string) error { return os.Mkdir(path, 0o755) },
		"a socket":        func(path string) error { return syscall.Mknod(path, syscall.S_IFSOCK|0o666, 0) },
		"a symbolic link": func(path string) error { return os.Symlink("/etc/shadow", path) },
		"a file":          func(path string) error { return os.WriteFile(path, []byte("secret"), 0o600) },
	}
	if os.Geteuid() == 0 {
		makers["a device"] = func(path string) error { return syscall.Mknod(path, syscall.S_IFCHR|0o666, 5<<8) } // /dev/tty
	}
	for what, make := range makers {
		h := newHost(t)
		for _, entry := range meant {
			h.mkdir("microvms/" + entry)
			h.must(make(h.path("microvms/" + entry + "/" + entry)))
		}
		for _, entry := range meant {
			d := h.vm(entry)
			want := []model.Raw{model.Raw(entry + " is " + what)}
			if what == "a symbolic link" && entry != "flake" || what == "a file" && entry == "flake" {
				want = nil
			}
			if diff := cmp.Diff(want, d.Strange); diff != "" {
				t.Errorf("%s: %s", entry, diff)
			}
		}
	}
}

func TestHostileFlakes(t *testing.T) {
	h := newHost(t)
	h.write("secret", "the only line")
	for text, want := range map[string]string{
		"":                        "flake is empty",
		"\n":                      "flake is empty",
		"a\nb":                    "flake has more than one line",
		"a\x00b":                  "flake is not text",
		"\x1b[31ma":               "flake is not text",
		"\xff\xfe":                "flake is not text",
		strings.Repeat("a", 4097): "flake is larger than 4096 bytes",
	} {
		h.write("microvms/web/flake", text)
		d := h.vm("web")
		if d.Flake != nil || len(d.Strange) != 1 || string(d.Strange[0]) != want {
			t.Errorf("%.10q: %+v %q, not %q", text, d.Flake, d.Strange, want)
		}
	}
	h.must(os.Truncate(h.path("microvms/web/flake"), 10<<30))
	if d := h.vm("web"); d.Flake != nil || len(d.Strange) != 1 {
		t.Errorf("sparse file: %+v", d)
	}
	h.must(os.Remove(h.path("microvms/web/flake")))
	h.must(os.Link(h.path("secret"), h.path("microvms/web/flake")))
	if d := h.vm("web"); d.Flake != nil || len(d.Strange) != 1 {
		t.Errorf("hard link: %+v", d)
	}
	h.must(os.Remove(h.path("microvms/web/flake")))
	h.write("microvms/web/flake", strings.Repeat("a", 4095)+"\n")
	if d := h.vm("web"); d.Flake == nil || len(d.Strange) != 0 {
		t.Errorf("largest flake: %q", d.Strange)
	}
}

func TestHostileNames(t *testing.T) {
	h := newHost(t)
	names := []string{"-rf", "a b", "a\nb", "\xff\xfe", "\x1b[31m", "é", "%i", "*", strings.Repeat("a", 255)}
	for _, name := range names {
		h.link("microvms/"+name+"/current", "/nix/store/x")
		h.write("microvms/"+name+"/"+name, "")
	}
	var got []string
	for _, d := range h.read().StateDir.Directories {
		got = append(got, string(d.Name))
		if len(d.Files) != 1 || d.Files[0].Name != d.Name || d.Current == nil {
			t.Errorf("%q: %+v", d.Name, d)
		}
	}
	slices.Sort(names)
	if diff := cmp.Diff(names, got); diff != "" {
		t.Error(diff)
	}
}

func TestManyFiles(t *testing.T) {
	h := newHost(t)
	for i := range 300 {
		h.write(fmt.Sprintf("microvms/web/%03d", i), "")
	}
	h.link("microvms/web/current", "/x")
	d := h.vm("web")
	if len(d.Files) != maxFiles || d.Files[maxFiles-1].Name != "255" || d.Current == nil {
		t.Errorf("%d files, the last %q", len(d.Files), d.Files[len(d.Files)-1].Name)
	}
}

// A directory that is not the one that was listed is not read.
func TestDirectorySwapped(t *testing.T) {
	h := newHost(t)
	h.write("microvms/web/flake", "mine")
	h.write("other/flake", "other")
	dir, err := os.Open(h.dir)
	h.must(err)
	defer dir.Close()
	entry, err := filesystem.StatAt(int(dir.Fd()), "web")
	h.must(err)
	h.must(os.Rename(h.path("microvms/web"), h.path("gone")))
	h.must(os.Rename(h.path("other"), h.path("microvms/web")))
	if d := h.readDirectory(int(dir.Fd()), "web", entry); d.Fault == "" || d.Flake != nil {
		t.Errorf("%+v", d)
	}
	h.must(os.RemoveAll(h.path("microvms/web")))
	h.link("microvms/web", "/etc")
	if d := h.readDirectory(int(dir.Fd()), "web", entry); d.Fault == "" || len(d.Files) != 0 {
		t.Errorf("%+v", d)
	}
}
