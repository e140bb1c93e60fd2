package storage

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/model"
)

// deadMount mounts a file system whose server never answers, as one on a
// network does whose server is gone. It gives what ends the silence.
func deadMount(t *testing.T, at string) (end func()) {
	t.Helper()
	must(t, os.MkdirAll(at, 0o755))
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	must(t, err)
	must(t, unix.Mount("dead", at, "fuse.dead", 0, fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd)))
	open := true
	end = func() {
		if open {
			unix.Close(fd)
			open = false
		}
	}
	t.Cleanup(func() {
		end()
		unix.Unmount(at, unix.MNT_DETACH)
	})
	return end
}

func isFUSE(kind string) bool { return strings.HasPrefix(kind, "fuse") }

func byPath(sources []model.ShareSource) map[model.Raw]model.ShareSource {
	all := make(map[model.Raw]model.ShareSource)
	for _, s := range sources {
		all[s.Path] = s
	}
	return all
}

// What another machine serves is not touched, on whatever way one gets there.
func TestRemoteIsNotTouched(t *testing.T) {
	lab.Require(t)
	deadMount(t, "/srv/dead")
	at := folder(t)
	must(t, os.Symlink("/srv/dead/deep", at+"/link"))
	reading := New().Read(t.Context(), Question{
		Sources: []model.Raw{"/srv/dead", "/srv/dead/deep", model.Raw(at + "/link/er"), "/srv/../srv/dead/..", "/srv", "/srv/deader"},
		Volumes: []model.Raw{"/srv/dead/disk.img"}, Remote: isFUSE,
	})
	sources := byPath(reading.Sources)
	for path, s := range sources {
		refused := strings.Contains(string(s.Fault), "fuse.dead") && !s.Exists
		if want := path != "/srv" && path != "/srv/deader"; refused != want {
			t.Errorf("%+v", s)
		}
	}
	if !sources["/srv"].Exists || sources["/srv/deader"].Fault != "" {
		t.Errorf("beside it: %+v, %+v", sources["/srv"], sources["/srv/deader"])
	}
	if v := reading.Volumes[0]; v.Fault == "" || v.Exists || v.Parent.Exists {
		t.Errorf("%+v", v)
	}
}

// What hangs where nobody expects it takes its own answer away, and that alone.
func TestHangingPath(t *testing.T) {
	lab.Require(t)
	end := deadMount(t, "/srv/dead")
	at := folder(t)
	question := Question{Remote: local, Sources: []model.Raw{
		model.Raw(at), "/srv/dead/a", "/srv/dead/b", "/usr", "/",
	}}
	r := New()
	sources := byPath(r.Read(t.Context(), question).Sources)
	for path, s := range sources {
		if hangs := strings.HasPrefix(string(path), "/srv/dead/"); hangs != (s.Fault == noAnswer) || hangs == s.Exists {
			t.Errorf("%+v", s)
		}
	}
	// Half of what waiting each time would take is plenty on a slow machine.
	const again = 20
	start := time.Now()
	for range again {
		sources = byPath(r.Read(t.Context(), question).Sources)
	}
	if took := time.Since(start); took > again*pathLimit/2 {
		t.Errorf("what hangs is waited for again: %s", took)
	}
	if sources["/srv/dead/a"].Fault != noAnswer || !sources["/usr"].Exists {
		t.Errorf("%+v", sources)
	}

	end()
	lab.Await(t, "another try", func() bool {
		s := byPath(r.Read(t.Context(), question).Sources)["/srv/dead/a"]
		return s.Fault != noAnswer && s.Fault != "" // its server is gone, says the kernel
	})
}

// Where much hangs, the rest is left alone.
func TestTooMuchHangs(t *testing.T) {
	lab.Require(t)
	deadMount(t, "/srv/dead")
	question := Question{Remote: local}
	for i := range maxStuck + 3 {
		question.Sources = append(question.Sources, model.Raw(fmt.Sprintf("/srv/dead/%02d", i)))
	}
	question.Sources = append(question.Sources, "/usr")
	r := New()
	for _, s := range r.Read(t.Context(), question).Sources {
		if s.Fault != noAnswer {
			t.Errorf("%+v", s)
		}
	}
	if len(r.sources.stuck) != maxStuck {
		t.Errorf("%d are waited for", len(r.sources.stuck))
	}
}

func TestVolumes(t *testing.T) {
	lab.Require(t)
	at := "/srv/volumes"
	must(t, os.MkdirAll(at+"/frozen", 0o755))
	must(t, unix.Mount("tmpfs", at, "tmpfs", 0, ""))
	t.Cleanup(func() { unix.Unmount(at, unix.MNT_DETACH) })
	must(t, os.Mkdir(at+"/frozen", 0o750))
	for _, name := range []string{"disk.img", "acl.img", "frozen/disk.img"} {
		must(t, os.WriteFile(at+"/"+name, []byte("data"), 0o640))
		must(t, os.Truncate(at+"/"+name, 1<<20))
	}
	must(t, os.Chown(at+"/disk.img", 981, 302))
	must(t, unix.Setxattr(at+"/acl.img", "system.posix_acl_access", aclFor(0xd5, 3), 0))
	must(t, os.Symlink("/dev/null", at+"/device"))
	must(t, os.Symlink("away/disk.img", at+"/away.img"))
	must(t, unix.Mount(at+"/frozen", at+"/frozen", "", unix.MS_BIND, ""))
	must(t, unix.Mount("", at+"/frozen", "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	t.Cleanup(func() { unix.Unmount(at+"/frozen", unix.MNT_DETACH) })

	top := model.Access{Exists: true, Mode: 0o1777}
	dev, err := lstat("/dev")
	must(t, err)
	null, err := lstat("/dev/null")
	must(t, err)
	frozen := model.Access{Exists: true, Mode: 0o750, ReadOnly: true}
	for name, want := range map[string]model.VolumeFile{
		"disk.img":          {Exists: true, Type: "file", Access: model.Access{Exists: true, UID: 981, GID: 302, Mode: 0o640}, Parent: top},
		"acl.img":           {Exists: true, Type: "file", Access: model.Access{Exists: true, Mode: 0o660, ACL: true}, Parent: top},
		"new.img":           {Parent: top},
		"away.img":          {},
		"nowhere/new.img":   {},
		"disk.img/x":        {},
		"frozen":            {Exists: true, Type: "dir", Access: frozen, Parent: top},
		"frozen/disk.img":   {Exists: true, Type: "file", Access: model.Access{Exists: true, Mode: 0o640, ReadOnly: true}, Parent: frozen},
		"frozen/../new.img": {Parent: top},
		"device": {Exists: true, Type: "device", Access: model.Access{Exists: true, UID: null.UID, GID: null.GID, Mode: null.Mode & 0o7777},
			Parent: model.Access{Exists: true, UID: dev.UID, GID: dev.GID, Mode: dev.Mode & 0o7777}},
	} {
		path := model.Raw(at + "/" + name)
		want.Path = path
		got := New().Read(t.Context(), Question{Volumes: []model.Raw{path}, Remote: local}).Volumes[0]
		if got.Exists == (got.ID == model.FileID{}) {
			t.Errorf("%s: %+v", name, got)
		}
		if want.Type == "file" { // a page of a sparse file
			want.Size, want.Allocated = ptr[uint64](1<<20), ptr[uint64](4<<10)
		}
		got.ID, got.Folder, got.Name = model.FileID{}, model.FileID{}, ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// aclFor lets one more user write: struct posix_acl_xattr_header, and its
// entries by tag. The user is given by his number, its low byte first.
func aclFor(uid ...byte) []byte {
	const owner, user, group, mask, other = 0x01, 0x02, 0x04, 0x10, 0x20
	list := []byte{2, 0, 0, 0}
	for _, e := range [][2]byte{{owner, 6}, {user, 6}, {group, 4}, {mask, 6}, {other, 0}} {
		id := []byte{0xff, 0xff, 0xff, 0xff}
		if e[0] == user {
			id = append(uid, 0, 0)
		}
		list = append(append(list, e[0], 0, e[1], 0), id...)
	}
	return list
}

// An answer about a volume is good for a while; a new path is looked at once.
func TestVolumesAreKept(t *testing.T) {
	at := folder(t)
	must(t, os.WriteFile(at+"/a.img", nil, 0o600))
	var r volumeReader
	now := time.Now()
	read := func(after time.Duration, paths ...model.Raw) []model.VolumeFile {
		return r.read(t.Context(), paths, readMounts(local), now.Add(after))
	}
	a, b := model.Raw(at+"/a.img"), model.Raw(at+"/b.img")
	if got := read(0, a); !got[0].Exists {
		t.Errorf("%+v", got)
	}
	must(t, os.Rename(string(a), string(b)))
	if got := read(time.Second, a, b); !got[0].Exists || !got[1].Exists {
		t.Errorf("%+v", got)
	}
	if got := read(time.Minute, a, b); got[0].Exists || !got[1].Exists {
		t.Errorf("a minute later: %+v", got)
	}
	if read(time.Minute, b); len(r.kept) != 1 {
		t.Errorf("%d are kept", len(r.kept))
	}
}

func TestVMsElsewhere(t *testing.T) {
	at := folder(t)
	for _, name := range []string{"web", "db", ".templates", "empty", "strange/current"} {
		must(t, os.MkdirAll(at+"/"+name, 0o755))
	}
	for _, name := range []string{"web", "db", ".templates"} {
		must(t, os.Symlink("/nowhere", at+"/"+name+"/current"))
	}
	must(t, os.Symlink("web", at+"/alias"))
	st, err := lstat(at)
	must(t, err)
	mounts := readMounts(local)
	if got := vmsElsewhere(at, model.FileID{Dev: 1, Ino: 1}, mounts); fmt.Sprint(got) != "[db web]" {
		t.Errorf("%q", got)
	}
	for what, got := range map[string][]model.Raw{
		"it is the state directory":            vmsElsewhere(at, st.ID, mounts),
		"the state directory is not there":     vmsElsewhere(at, model.FileID{}, mounts),
		"there is none":                        vmsElsewhere(at+"/none", model.FileID{Ino: 1}, mounts),
		"it is on a file system not looked at": vmsElsewhere(at, model.FileID{Ino: 1}, parseMounts("1 0 8:1 / "+at+" rw - nfs x rw\n", func(string) bool { return true })),
	} {
		if got != nil {
			t.Errorf("%s: %q", what, got)
		}
	}
}
