package view

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// proc makes a /proc with this process and PID 1: links and files, by name.
func proc(t *testing.T, self, first map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for pid, entries := range map[string]map[string]string{"self": self, "1": first} {
		for name, text := range entries {
			path := filepath.Join(folder, pid, name)
			err := os.MkdirAll(filepath.Dir(path), 0o755)
			if err == nil && strings.HasPrefix(name, "ns/") {
				err = os.Symlink(text, path)
			} else if err == nil {
				err = os.WriteFile(path, []byte(text), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return folder
}

const (
	devNet     = "Inter-| Receive\n face |bytes\n    lo: 12 3\n  eno1: 45 6\n"
	devLo      = "Inter-| Receive\n face |bytes\n    lo: 0 0\n"
	allUsers   = "         0          0 4294967295\n"
	rootOnly   = "         0          0          1\n"
	hostMounts = "21 1 0:19 / / rw - ext4 /dev/sda rw\n22 21 0:5 / /dev rw - devtmpfs d rw\n23 21 0:40 / /var/lib/micro\\040vms rw - btrfs x rw\n"
)

func TestRead(t *testing.T) {
	for _, test := range []struct {
		name                    string
		self, first             map[string]string
		network, users, devices bool // hidden
		stateDir                bool
	}{
		{name: "the same, and links may be read", self: map[string]string{"ns/net": "net:[1]", "ns/mnt": "mnt:[2]", "uid_map": allUsers},
			first: map[string]string{"ns/net": "net:[1]", "ns/mnt": "mnt:[2]", "uid_map": allUsers}},
		{name: "another network, and links may be read", self: map[string]string{"ns/net": "net:[7]"}, first: map[string]string{"ns/net": "net:[1]"}, network: true},
		{name: "the same network, by what it shows", self: map[string]string{"net/dev": devNet},
			first: map[string]string{"net/dev": strings.ReplaceAll(devNet, "45", "99")}},
		{name: "another network, by what it shows", self: map[string]string{"net/dev": devLo}, first: map[string]string{"net/dev": devNet}, network: true},
		{name: "other users", self: map[string]string{"uid_map": rootOnly}, first: map[string]string{"uid_map": allUsers}, users: true},
		{name: "the host is in a container itself", self: map[string]string{"uid_map": rootOnly}, first: map[string]string{"uid_map": rootOnly}},
		{name: "another /dev", self: map[string]string{"mountinfo": strings.Replace(hostMounts, "0:5 /", "0:77 /", 1)},
			first: map[string]string{"mountinfo": hostMounts}, devices: true},
		{name: "something mounted over the state directory", self: map[string]string{"mountinfo": hostMounts + "90 23 0:99 / /var/lib/micro\\040vms rw - tmpfs t ro\n"},
			first: map[string]string{"mountinfo": hostMounts}, stateDir: true},
		{name: "a bind mount of the same", self: map[string]string{"mountinfo": hostMounts + "90 21 0:19 /var /var ro - ext4 /dev/sda ro\n"},
			first: map[string]string{"mountinfo": hostMounts}},
		{name: "mounted since, and not here", self: map[string]string{"mountinfo": "21 1 0:19 / / rw - ext4 x rw\n22 21 0:5 / /dev rw - devtmpfs d rw\n"},
			first: map[string]string{"mountinfo": hostMounts}, stateDir: true},
		{name: "PID 1 is hidden", self: map[string]string{"net/dev": devLo, "mountinfo": hostMounts}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := read(proc(t, test.self, test.first))
			got := [...]bool{v.Network != nil, v.Users != nil, v.Devices != nil, v.Place("/var/lib/micro vms", "x") != nil}
			if want := [...]bool{test.network, test.users, test.devices, test.stateDir}; got != want {
				t.Errorf("hidden: %v, want %v", got, want)
			}
		})
	}
}

func TestHidden(t *testing.T) {
	if err := hidden(proc(t, nil, map[string]string{"stat": "1 (systemd)"})); err != nil {
		t.Error(err)
	}
	if err := hidden(proc(t, nil, nil)); err == nil {
		t.Error("PID 1 is hidden, and nothing is said")
	}
}
