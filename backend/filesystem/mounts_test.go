package filesystem

import "testing"

const example = `1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro
20 1 8:2 / /var rw - ext4 /dev/sda2 ro
21 20 0:50 / /var/lib/microvms rw - nfs4 nas:/vms rw,vers=4.2
22 21 8:2 /lib/other /var/lib/microvms rw - ext4 /dev/sda2 rw
23 1 8:3 /x\040y /srv/my\040vms/a\134b rw - xfs /dev/sda3 rw
`

func TestParseMounts(t *testing.T) {
	mounts, err := ParseMounts(example)
	if err != nil || len(mounts) != 5 {
		t.Fatal(mounts, err)
	}
	want := Mount{ID: 1, Device: 8<<8 | 1, Root: "/", Point: "/", Type: "ext4", Options: "rw,relatime", Super: "rw,errors=remount-ro"}
	if mounts[0] != want {
		t.Errorf("%+v", mounts[0])
	}
	if m, ok := ByID(mounts, 23); !ok || m.Root != "/x y" || m.Point != `/srv/my vms/a\b` || m.Parent != 1 {
		t.Errorf("%+v, %v", m, ok)
	}
	if m, ok := ByID(mounts, 2); ok {
		t.Errorf("%+v", m)
	}
	for _, line := range []string{"x", "1 2 3:4 /", "a 2 3:4 / / rw", "1 2 34 / / rw", "1 b 3:4 / / rw"} {
		if mounts, err := ParseMounts(line + "\n" + example); err == nil || len(mounts) != 5 {
			t.Errorf("%q: %d mounts, %v", line, len(mounts), err)
		}
	}
}

// What was mounted later lies on top.
func TestUnder(t *testing.T) {
	mounts, err := ParseMounts(example)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]uint64{
		"/": 1, "/varnish": 1, "/var": 20, "/var/lib": 20, "/var/lib/microvms": 22, "/var/lib/microvms/db": 22, `/srv/my vms/a\b/c`: 23,
	} {
		if m, ok := Under(mounts, path); !ok || m.ID != want {
			t.Errorf("%s: %+v", path, m)
		}
	}
	if m, ok := Under(mounts[1:], "/srv"); ok {
		t.Errorf("on nothing: %+v", m)
	}
}

func TestSpot(t *testing.T) {
	mounts, err := ParseMounts(example)
	if err != nil {
		t.Fatal(err)
	}
	db := Spot{Device: 8<<8 | 2, Path: "/lib/other/db"}
	if at, ok := mounts[3].Spot("/var/lib/microvms/db"); !ok || at != db {
		t.Errorf("%+v, %v", at, ok)
	}
	if at, ok := mounts[3].Spot("/srv"); ok {
		t.Errorf("beside it: %+v", at)
	}
	if at, err := SpotOn(mounts, 22, "/var/lib/microvms/db"); err != nil || at != db {
		t.Errorf("%+v, %v", at, err)
	}
	for path, want := range map[string]bool{"/lib/other/db": true, "/lib/other/db/x": true, "/lib/other/dba": false, "/lib/other": false} {
		if db.Holds(Spot{Device: db.Device, Path: path}) != want {
			t.Errorf("%s: not %v", path, want)
		}
		if db.Holds(Spot{Device: 1, Path: path}) {
			t.Errorf("%s, on another device", path)
		}
	}
}

func FuzzMounts(f *testing.F) {
	f.Add(`1 0 8:1 / /a\040b\ rw - ext4 x rw`)
	f.Fuzz(func(_ *testing.T, text string) { ParseMounts(text) })
}
