package statedir

import "testing"

func TestMayHang(t *testing.T) {
	const mounts = `21 1 254:1 / / rw - ext4 /dev/root rw
30 21 0:44 / /srv/nfs rw shared:1 - nfs4 host:/ rw
31 21 0:45 / /srv/wait rw - autofs systemd-1 rw
32 21 0:46 / /srv/nfs/local rw - tmpfs tmpfs rw
`
	for target, want := range map[string]bool{
		"/tank/db": false, "/srv/nfs/db": true, "/srv/nfs": true, "/srv/nfsx/db": false, "/srv/wait/db": true,
		"/srv/nfs/local/db": false, "/srv/x/../nfs/db": true, "/": false,
	} {
		if got := mayHang(mounts, target); got != want {
			t.Errorf("%s: %v", target, got)
		}
	}
}

// A link out of the state directory to a VM's directory is a VM; one to
// something else, to nothing, or to another entry, is not.
func TestReadLinked(t *testing.T) {
	h := newHost(t)
	runner := h.runner("microvm-qemu-web", nil)
	h.link("microvms/own/current", string(runner))
	h.link("tank/web/current", string(runner))
	h.mkdir("tank/empty")
	h.link("microvms/web", h.root+"/tank/web")
	h.link("microvms/relative", "../tank/web")
	h.link("microvms/alias", "own")
	h.link("microvms/round", h.root+"/microvms/own")
	h.link("microvms/empty", h.root+"/tank/empty")
	h.link("microvms/gone", h.root+"/tank/gone")
	h.link("microvms/loop", "loop")
	got := h.read()
	names := make(map[string]string)
	for _, d := range got.StateDir.Directories {
		names[string(d.Name)] = string(d.Link)
		if d.Current == nil || d.Current.Target != runner || d.Current.Dangling {
			t.Errorf("%s: current %+v", d.Name, d.Current)
		}
	}
	if len(names) != 3 || names["web"] != h.root+"/tank/web" || names["relative"] == "" || len(got.StateDir.Other) != 5 {
		t.Errorf("directories %v, others %v", names, got.StateDir.Other)
	}
}
