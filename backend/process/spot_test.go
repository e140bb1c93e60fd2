package process

import "testing"

// In a chroot whose root is no mount, a directory is told by the end of its
// path.
func TestMountOfInChroot(t *testing.T) {
	mounts := parseMounts(`1 0 8:1 / / rw - ext4 /dev/sda1 rw
41 1 8:1 /srv/jail/vms/mail/data /export rw - ext4 /dev/sda1 rw
42 1 8:2 /jail/vms/web /mnt rw - ext4 /dev/sda2 rw
`)
	for path, want := range map[string]string{"/vms/mail": "/export", "/vms/web": "/mnt", "/vms/we": "", "/vms/db": ""} {
		if got := mountOf(mounts, spot{path: path, tail: true}); got != want {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
}
