package storage

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/model"
)

// What a path leads through in the state directory is known by whatever name
// it goes there: a link to a folder, a link in a folder, a bind mount of a VM's
// directory, of a folder in it, of a file in it, of all there is.
func TestThrough(t *testing.T) {
	lab.Require(t)
	const base = "/var/lib/microvms"
	must(t, os.MkdirAll(base+"/web/persist/deep", 0o755))
	must(t, os.MkdirAll(base+"/shop", 0o755))
	must(t, os.WriteFile(base+"/web/data.img", nil, 0o644))
	t.Cleanup(func() { os.RemoveAll(base) })
	at := "/srv/through"
	for _, folder := range []string{"dir", "part", "all", "out"} {
		must(t, os.MkdirAll(at+"/"+folder, 0o755))
	}
	t.Cleanup(func() { os.RemoveAll(at) })
	must(t, os.WriteFile(at+"/file.img", nil, 0o644))
	for to, from := range map[string]string{"dir": base + "/web", "part": base + "/web/persist", "all": "/var/lib", "file.img": base + "/web/data.img"} {
		must(t, unix.Mount(from, at+"/"+to, "", unix.MS_BIND, ""))
		t.Cleanup(func() { must(t, unix.Unmount(at+"/"+to, unix.MNT_DETACH)) })
	}
	for name, target := range map[string]string{
		at + "/link": base + "/web", at + "/img": base + "/web/data.img", base + "/shop/linked.img": "../web/data.img",
		base + "/alias": "web", base + "/web/away.img": at + "/out/away.img",
	} {
		must(t, os.Symlink(target, name))
	}
	id := func(name string) model.FileID {
		st, err := lstat(base + "/" + name)
		must(t, err)
		return st.ID
	}
	web, shop := id("web"), id("shop")
	for path, want := range map[string][]model.FileID{
		at + "/out/x.img":                {},
		base:                             {},
		base + "/web":                    {web},
		base + "/web/data.img":           {web},
		base + "/web/none.img":           {web},
		base + "/shop/../web/data.img":   {shop, web},
		base + "/shop/linked.img":        {shop, web},
		base + "/alias/data.img":         {web},
		base + "/web/away.img":           {web},
		at + "/link/data.img":            {web},
		at + "/img":                      {web},
		at + "/dir/data.img":             {web},
		at + "/part/deep/x.img":          {web},
		at + "/all/microvms/web/persist": {web},
		at + "/all":                      {},
		at + "/file.img":                 {web},
	} {
		question := Question{Volumes: []model.Raw{model.Raw(path)}, Sources: []model.Raw{model.Raw(path)}, Places: []model.Raw{model.Raw(path)},
			StateDir: []model.Raw{base, base}, Remote: local}
		reading := New().Read(t.Context(), question)
		want = append([]model.FileID(nil), want...)
		if diff := cmp.Diff(want, reading.Volumes[0].Through); diff != "" {
			t.Errorf("volume %s: %s", path, diff)
		}
		if diff := cmp.Diff(want, reading.Sources[0].Through); diff != "" {
			t.Errorf("source %s: %s", path, diff)
		}
		if listed := len(reading.Places) == 1; listed != (len(want) > 0 || path == at+"/all") {
			t.Errorf("place %s: %+v", path, reading.Places)
		}
		if len(reading.Above) != 3 {
			t.Errorf("above: %v", reading.Above)
		}
	}
}

// A loop device is the file that it shows, unless it shows a part of it; a
// device is its number, whichever node names it.
func TestDevices(t *testing.T) {
	lab.Require(t)
	at := "/srv/devices"
	must(t, os.MkdirAll(at, 0o755))
	t.Cleanup(func() { os.RemoveAll(at) })
	must(t, unix.Mknod(at+"/a", unix.S_IFBLK|0o600, int(unix.Mkdev(7, 77))))
	must(t, unix.Mknod(at+"/b", unix.S_IFBLK|0o600, int(unix.Mkdev(7, 77))))
	must(t, os.Symlink("a", at+"/by-id"))
	var numbers []uint64
	for _, v := range New().Read(t.Context(), Question{Volumes: []model.Raw{model.Raw(at + "/a"), model.Raw(at + "/b"), model.Raw(at + "/by-id")}, Remote: local}).Volumes {
		numbers = append(numbers, v.Device)
	}
	if want := unix.Mkdev(7, 77); numbers[0] != want || numbers[1] != want || numbers[2] != want {
		t.Error(numbers)
	}
}
