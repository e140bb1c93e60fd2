package trash

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

func (h *host) check(name string, id model.FileID) (Contents, error) {
	return h.Check(context.Background(), name, id)
}

func TestCheck(t *testing.T) {
	h := newHost(t)
	id := h.vm("db")
	furnish(t, h.state("db"))
	h.must(os.WriteFile(h.state("db/big"), make([]byte, 1<<20), 0o600))
	h.must(os.Link(h.state("db/big"), h.path("elsewhere")))
	before := describe(t, h.root)
	found, err := h.check("db", id)
	h.must(err)
	if found.Unseen != "" || found.Entries != 14 || found.Shared != 3 || found.Bytes > 512<<10 {
		t.Errorf("%+v", found)
	}
	for name, now := range describe(t, h.root) {
		if before[name] != now {
			t.Errorf("%s changed", name)
		}
	}
	for _, test := range []struct {
		name string
		id   model.FileID
		kind error
		part string
	}{
		{"db", model.FileID{Dev: id.Dev, Ino: id.Ino + 1}, model.ErrStale, "not the same directory"},
		{"gone", id, model.ErrStale, "is gone"},
		{"db/share", id, model.ErrRefused, "is not a valid VM directory name"},
		{"..", id, model.ErrRefused, "is not a valid VM directory name"},
	} {
		_, err := h.check(test.name, test.id)
		wantError(t, err, test.kind, test.part)
	}
	h.must(os.Symlink("db", h.state("link")))
	_, err = h.check("link", id)
	wantError(t, err, model.ErrStale, "is not a directory")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.Check(ctx, "db", id); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCheckFindsLockedFiles(t *testing.T) {
	for flag, word := range map[int]string{unix.STATX_ATTR_IMMUTABLE: "immutable", unix.STATX_ATTR_APPEND: "append-only"} {
		for _, name := range []string{"db", "db/share", "db/share/file"} {
			t.Run(word+" "+name, func(t *testing.T) {
				h := newHost(t)
				id := h.vm("db")
				furnish(t, h.state("db"))
				lock(t, h.state(name), flag)
				_, err := h.check("db", id)
				wantError(t, err, model.ErrRefused, h.state(name)+" is "+word)
				if _, err := h.Quarantine(h.entry("db", id)); name == "db" {
					wantError(t, err, model.ErrRefused, "immutable or append-only")
				} else if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestCheckHasLimits(t *testing.T) {
	h := newHost(t)
	id := h.vm("db")
	h.must(os.MkdirAll(h.state("db"+strings.Repeat("/d", checkDepth)), 0o700))
	found, err := h.check("db", id)
	h.must(err)
	if !strings.Contains(found.Unseen, "levels deep") || found.Entries != checkDepth+1 {
		t.Errorf("%+v", found)
	}
}

const exampleMounts = `1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
20 1 8:2 / /var rw - ext4 /dev/sda2 rw
21 20 0:50 / /var/lib/microvms/db/share rw - tmpfs tmpfs rw
22 1 8:2 /lib/microvms /srv/my\040vms rw - ext4 /dev/sda2 rw
23 22 0:51 / /srv/my\040vms/web/in\134side rw - tmpfs tmpfs rw
24 1 8:2 /lib/microvms/mail/data /export rw - ext4 /dev/sda2 rw
25 1 8:2 /lib/microvms/old//deleted /mnt rw - ext4 /dev/sda2 rw
26 1 8:3 /lib/microvms/fine /other rw - ext4 /dev/sda3 rw
27 99 0:52 / /var/lib/microvms/fine/x rw - tmpfs tmpfs rw
28 20 0:53 / /var/lib/microvms/dba rw - tmpfs tmpfs rw
`

// In a chroot whose root is no mount, mountinfo lists neither what its root lies
// on nor where: a path is known from the chroot's root on.
func TestMountsBarringInChroot(t *testing.T) {
	mounts, err := filesystem.ParseMounts(`30 29 0:21 / /proc rw - proc proc rw
31 29 0:50 / /vms/web/share rw - tmpfs tmpfs rw
`)
	must(t, err)
	fromOutside, err := filesystem.ParseMounts(`1 0 8:1 / / rw - ext4 /dev/sda1 rw
40 1 0:51 / /srv/jail/vms/db/share rw - tmpfs tmpfs rw
41 1 8:1 /srv/jail/vms/mail/data /export rw - ext4 /dev/sda1 rw
`)
	must(t, err)
	for path, want := range map[string]string{
		"/vms/web":  "something is mounted at /vms/web/share",
		"/vms/db":   "something is mounted at /srv/jail/vms/db/share",
		"/vms/mail": "part of it is also mounted at /export",
		"/vms/fine": "",
		"/vms/we":   "",
	} {
		tree, err := filesystem.SpotOn(mounts, rootOf(t), path)
		if err != nil || !tree.Tail {
			t.Fatalf("%+v %v", tree, err)
		}
		got := mountsBarring(mounts, tree) + mountsBarring(fromOutside, tree)
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
	if tree, err := filesystem.SpotOn(mounts, 28, "/vms/web"); err == nil {
		t.Errorf("on another mount that is not listed: %+v", tree)
	}
}

func rootOf(t *testing.T) uint64 {
	t.Helper()
	id, err := filesystem.RootMount()
	must(t, err)
	return id
}

func TestMountsBarring(t *testing.T) {
	mounts, err := filesystem.ParseMounts(exampleMounts)
	must(t, err)
	var2 := mounts[1].Device
	for path, want := range map[string]string{
		"/lib/microvms/db":   "something is mounted at /var/lib/microvms/db/share",
		"/lib/microvms/web":  `something is mounted at /srv/my vms/web/in\side`,
		"/lib/microvms/mail": "part of it is also mounted at /export",
		"/lib/microvms/dba":  "something is mounted at /var/lib/microvms/dba",
		"/lib/microvms/old":  "",
		"/lib/microvms/fine": "",
		"/lib/microvms/d":    "",
	} {
		got := mountsBarring(mounts, filesystem.Spot{Device: var2, Path: path})
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
}

// checkElsewhere checks a directory in a mount namespace of its own.
func checkElsewhere(args []string) error {
	trash, err := Open(Paths{Record: args[0], StateDir: args[1]})
	if err != nil {
		return err
	}
	st, err := statAt(unix.AT_FDCWD, args[1]+"/"+args[2])
	if err != nil {
		return err
	}
	_, err = trash.Check(context.Background(), args[2], st.ID)
	fmt.Println(err)
	return nil
}
