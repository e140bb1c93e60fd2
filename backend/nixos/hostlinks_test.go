package nixos

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An interface that a unit of the host makes, sets up or waits for is the
// unit's, however it does that; a unit whose text does not tell which ones it
// makes may make any.
func TestHostUnits(t *testing.T) {
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	script := write("store/lab-start", "#!/bin/sh -e\n# ip tuntap add not mode tap\nip tuntap add lab2 mode tap user microvm\nip link set lab2 \\\n  master br0\n")
	loop := write("store/many-start", "#!/bin/sh -e\nfor i in a b; do ip tuntap add \"$i\" mode tap; done\n")
	for name, text := range map[string]string{
		"lab.service":                           "[Service]\nExecStart=/sbin/ip tuntap add lab0 mode tap user microvm\nExecStart=-/sbin/ip tuntap add name lab1 mode tap\n",
		"script.service":                        "[Service]\nExecStart=" + script + "\n",
		"many.service":                          "[Service]\nExecStart=" + loop + "\n",
		"macvtap.service":                       "[Service]\nExecStart=/sbin/ip link add link eno1 name mv-lab type macvtap mode bridge\n",
		"tunctl.service":                        "[Service]\nExecStart=/sbin/tunctl -u microvm -t old0\n",
		"wait.service":                          "[Unit]\nBindsTo=sys-subsystem-net-devices-vm\\x2dweb.device\n[Service]\nExecStart=/bin/true\n",
		"idle.service":                          "[Service]\nExecStart=/bin/echo tap\n",
		"dropped.service":                       "[Service]\nExecStart=/bin/true\n",
		"dropped.service.d/own.conf":            "[Service]\nExecStartPre=/sbin/ip tuntap add dev drop0 mode tap\n",
		"microvm-tap-interfaces@.service":       "[Service]\nExecStart=" + loop + "\n",
		"microvm@web.service.d/overrides.conf":  "[Service]\nExecStartPre=+/sbin/ip tuntap add dev web0 mode tap\n",
		"notes.service.txt":                     "[Service]\nExecStart=/sbin/ip tuntap add no0 mode tap\n",
		"multi-user.target.wants/other.service": "[Service]\nExecStart=/sbin/ip tuntap add no1 mode tap\n",
	} {
		write("units/"+name, text)
	}
	r := New(Paths{Units: folder + "/units", Current: folder + "/none", Profiles: folder + "/none", Networks: []string{}})
	read := func() []string {
		var got []string
		for _, n := range r.Read().Netdevs {
			got = append(got, string(n.Name)+" "+string(n.By))
		}
		slices.Sort(got)
		return got
	}
	want := []string{
		" many.service", "drop0 dropped.service", "lab0 lab.service", "lab1 lab.service", "lab2 script.service",
		"mv-lab macvtap.service", "old0 tunctl.service", "vm-web wait.service", "web0 microvm@web.service",
	}
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Error(diff)
	}
	// What was read is taken again while the file is the same, and only then.
	write("units/lab.service", "[Service]\nExecStart=/sbin/ip tuntap add lab9 mode tap\n")
	if got := read(); !slices.Contains(got, "lab9 lab.service") || slices.Contains(got, "lab0 lab.service") {
		t.Error(got)
	}
}

func TestUnescapeUnit(t *testing.T) {
	for name, want := range map[string]string{`vm\x2dweb`: "vm-web", "lab0": "lab0", `a\x`: `a\x`, `a\xzz`: `a\xzz`, "a-b": "a/b"} {
		if got := unescapeUnit(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
