package storage

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/seeds"
	"microtui/model"
)

func TestMain(m *testing.M) { lab.Main(m, lab.Options{}) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// folder is a temporary one whose path has no links in it.
func folder(t testing.TB) string {
	t.Helper()
	path, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	return path
}

// local is the rule of a host on which nothing is remote.
func local(string) bool { return false }

func source(t testing.TB, path string) model.ShareSource {
	t.Helper()
	reading := New().Read(t.Context(), Question{Sources: []model.Raw{model.Raw(path)}, Remote: local})
	if len(reading.Sources) != 1 {
		t.Fatalf("%+v", reading.Sources)
	}
	return reading.Sources[0]
}

func TestSources(t *testing.T) {
	at := folder(t)
	must(t, os.MkdirAll(at+"/secrets.d/7/web", 0o755))
	must(t, os.WriteFile(at+"/file", nil, 0o644))
	for name, target := range map[string]string{
		"secrets": at + "/secrets.d/7", "relative": "secrets.d/../secrets", "dangling": "nowhere", "loop": "loop", "up": "../../../../../../../..",
	} {
		must(t, os.Symlink(target, at+"/"+name))
	}
	link := func(name, target string) model.SourceLink {
		return model.SourceLink{Path: model.Raw(at + "/" + name), Target: model.Raw(target)}
	}
	for path, want := range map[string]model.ShareSource{
		"secrets.d/7":                    {Exists: true, Type: "dir", Real: "secrets.d/7"},
		"secrets/web/":                   {Exists: true, Type: "dir", Real: "secrets.d/7/web", Links: []model.SourceLink{link("secrets", at+"/secrets.d/7")}},
		"./relative//web/..":             {Exists: true, Type: "dir", Real: "secrets.d/7", Links: []model.SourceLink{link("relative", "secrets.d/../secrets"), link("secrets", at+"/secrets.d/7")}},
		"file":                           {Exists: true, Type: "file", Real: "file"},
		"file/below":                     {},
		"file/":                          {},
		"file/..":                        {},
		"nothing":                        {},
		"nothing/below":                  {},
		"dangling":                       {Links: []model.SourceLink{link("dangling", "nowhere")}},
		"a\nb\x1b":                       {},
		"loop":                           {Fault: "too many levels of symbolic links", Links: nil},
		strings.Repeat("x", 300) + "/y":  {Fault: model.Raw("stat " + at + "/" + strings.Repeat("x", 300) + ": file name too long")},
		strings.Repeat("x/", 3000) + "y": {Fault: "it is not a file path"},
		"zero\x00byte":                   {Fault: "it is not a file path"},
	} {
		if want.Real != "" {
			want.Real = model.Raw(at + "/" + string(want.Real))
		}
		want.Path = model.Raw(at + "/" + path)
		got := source(t, at+"/"+path)
		ignore := cmp.Options{cmpopts.IgnoreFields(model.ShareSource{}, "ID"), cmpopts.IgnoreFields(model.SourceLink{}, "Modified")}
		if path == "loop" {
			ignore = append(ignore, cmpopts.IgnoreFields(model.ShareSource{}, "Links"))
		}
		if diff := cmp.Diff(want, got, ignore); diff != "" {
			t.Errorf("%q: %s", path, diff)
		}
		if got.Exists == (got.ID == model.FileID{}) {
			t.Errorf("%q: %+v", path, got)
		}
	}
	if got := source(t, at+"/up"); !got.Exists || got.Real != "/" {
		t.Errorf("above the root: %+v", got)
	}
	if got := source(t, "relative/path"); got.Fault == "" || got.Exists {
		t.Errorf("%+v", got)
	}
	before := source(t, at+"/secrets").Links[0].Modified
	info, err := os.Lstat(at + "/secrets")
	must(t, err)
	if !before.Equal(info.ModTime()) {
		t.Errorf("the link was set at %s, lstat says %s", before, info.ModTime())
	}
}

// Whatever links there are, a path leads to where the kernel goes.
func TestWalkLikeTheKernel(t *testing.T) {
	seed := seeds.For(t)
	r := rand.New(rand.NewPCG(seed, 0))
	led, failed := 0, 0
	for tree := range 40 {
		at := folder(t)
		root, err := os.OpenRoot(at) // the links lead out of it, and nothing is made there
		must(t, err)
		defer root.Close()
		names := []string{"a", "b", "c", "d"}
		for range 30 {
			path := names[r.IntN(4)]
			for range r.IntN(3) {
				path += "/" + names[r.IntN(4)]
			}
			switch r.IntN(5) {
			case 0, 1:
				root.MkdirAll(path, 0o755)
				continue
			case 2:
				root.WriteFile(path, nil, 0o644)
				continue
			}
			target := strings.Repeat("../", r.IntN(3)) + names[r.IntN(4)] + []string{"", "/", "/..", "/" + names[r.IntN(4)]}[r.IntN(4)]
			if r.IntN(4) == 0 {
				target = at + "/" + target
			}
			root.Symlink(target, path)
		}
		for range 60 {
			path := at
			for range 1 + r.IntN(4) {
				path += "/" + append(names, "..", ".", "")[r.IntN(7)]
			}
			got := newWalk(readMounts(local)).follow(model.Raw(path))
			want, wantErr := os.Stat(path)
			real, _ := filepath.EvalSymlinks(path)
			switch {
			case (got.err == nil) != (wantErr == nil):
				t.Fatalf("seed %d, tree %d, %s: %v, the kernel says %v", seed, tree, path, got.err, wantErr)
			case wantErr != nil:
				failed++
			case got.real != real || !got.Is(unix.S_IFDIR) && want.IsDir():
				t.Fatalf("seed %d, tree %d, %s: %s, should be %s", seed, tree, path, got.real, real)
			default:
				led++
			}
		}
	}
	if led < 100 || failed < 100 {
		t.Errorf("seed %d: only %d paths led somewhere, %d nowhere", seed, led, failed)
	}
}

func TestParseMounts(t *testing.T) {
	remote := func(kind string) bool { return kind == "nfs4" }
	m := parseMounts(`1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/vda rw
2 1 0:40 / /srv/nas rw shared:2 - nfs4 nas:/x rw,vers=4.2
3 1 0:41 / /mnt/a\040b ro - nfs4 nas:/y ro
4 1 0:42 / /srv/auto rw - autofs systemd-1 rw
5 1 0:43 / /srv/used rw - autofs systemd-1 rw
6 5 0:44 / /srv/used rw - xfs /dev/vdb rw
7 1 0:45 / /srv/frozen rw - xfs /dev/vdc ro,attr2
8 1 0:46 / /nix/store ro,nodev - ext4 /dev/vda rw
broken
9 1
`, remote)
	want := mounts{
		remote:   map[string]string{"/srv/nas": "nfs4", "/mnt/a b": "nfs4", "/srv/auto": "autofs"},
		readOnly: map[uint64]bool{3: true, 7: true, 8: true},
	}
	if diff := cmp.Diff(want, m, cmp.AllowUnexported(mounts{}), cmpopts.IgnoreFields(mounts{}, "all", "home")); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkRead(b *testing.B) {
	for _, vms := range []int{20, 300} {
		at := folder(b)
		question := Question{Remote: local, StateDir: []model.Raw{model.Raw(at)}, StateDirID: model.FileID{Ino: 1}}
		for i := range vms {
			dir := fmt.Sprintf("%s/vm-%03d", at, i)
			must(b, os.Mkdir(dir, 0o755))
			must(b, os.WriteFile(dir+"/data.img", nil, 0o644))
			question.Volumes = append(question.Volumes, model.Raw(dir+"/data.img"))
			question.Sources = append(question.Sources, "/usr/lib", model.Raw(dir+"/home"))
		}
		b.Run(fmt.Sprint(vms), func(b *testing.B) {
			r := New()
			b.ReportAllocs()
			for b.Loop() {
				r.Read(b.Context(), question)
			}
		})
	}
}
