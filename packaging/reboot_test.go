package packaging

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
)

// roleHost makes a host with leftovers, whose VMs and records lie on a disk.
const roleHost = "host"

func init() { lab.Role(roleHost, makeHost) }

// disk is what a host keeps when it reboots: the folder that the role is given.
func makeHost() error {
	disk := os.Args[1]
	h := fixture.NewHost(fixture.Alone{}, fixture.Options{StateDir: disk + "/microvms"})
	for _, vm := range []string{"api", "db", "web", "retired"} {
		h.Declare(vm, fixture.NoAutostart())
	}
	h.Switch()
	h.Undeclare("retired")
	h.Switch()
	h.DanglingRoots("gone")
	return nil
}

// boot boots a host from a disk, with the package installed.
func boot(t *testing.T, disk string) machine {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	deb := only(t, theRelease(t)+"/*.deb")
	l, err := lab.Boot(context.Background(), lab.Options{Beside: true, Bind: []string{disk}, Files: map[string]string{"new.deb": deb, "tests": self}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	m := machine{t, l}
	run(t, l.RoleCommand(context.Background(), roleHost, lab.Folder+"/tests", disk))
	m.run("sh", "-ec", `mkdir -p "$0/microtui" /var/lib/microtui /var/lib/dpkg/info /var/lib/dpkg/updates
		touch /var/lib/dpkg/status
		mount --bind "$0/microtui" /var/lib/microtui
		dpkg -i /run/lab/new.deb
		mkdir -p /etc/microtui
		printf '[gc]\norphans = "clean"\ngrace = "168h"\n' >/etc/microtui/config.toml`, disk)
	return m
}

// sighting is since when something has been a leftover.
type sighting struct {
	Kind  string    `json:"kind"`
	Name  string    `json:"name"`
	Is    string    `json:"is,omitempty"`
	Since time.Time `json:"since"`
}

type sightings struct {
	Schema    int        `json:"schema"`
	Leftovers []sighting `json:"leftovers"`
}

// ago is since when each leftover on a disk has been one.
func ago(t *testing.T, disk string) map[string]time.Duration {
	t.Helper()
	text, err := os.ReadFile(disk + "/microtui/leftovers.json")
	if err != nil {
		t.Fatal(err)
	}
	var seen sightings
	if err := json.Unmarshal(text, &seen); err != nil {
		t.Fatal(err)
	}
	all := make(map[string]time.Duration)
	for _, s := range seen.Leftovers {
		all[s.Kind+" "+s.Name] = time.Since(s.Since).Round(time.Hour)
	}
	return all
}

// pass lets time pass for a host that is off.
func pass(t *testing.T, disk string, time time.Duration) {
	t.Helper()
	path := disk + "/microtui/leftovers.json"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var seen sightings
	if err := json.Unmarshal(text, &seen); err != nil {
		t.Fatal(err)
	}
	for n := range seen.Leftovers {
		seen.Leftovers[n].Since = seen.Leftovers[n].Since.Add(-time)
	}
	if text, err = json.Marshal(seen); err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestGraceOutlivesReboots: what has been a leftover before a reboot has been one
// for as long after it, and is removed when the grace period is over.
func TestGraceOutlivesReboots(t *testing.T) {
	needsLab(t)
	disk := t.TempDir()
	if err := os.Chmod(filepath.Dir(disk), 0o755); err != nil {
		t.Fatal(err)
	}
	m := boot(t, disk)
	m.run("systemctl", "start", "microtui-gc.service")
	if before := ago(t, disk); before["vm retired"] != 0 || len(before) < 2 {
		t.Fatalf("the first run has seen %v", before)
	}
	m.Close()

	pass(t, disk, 100*time.Hour)
	m = boot(t, disk)
	m.run("systemctl", "start", "microtui-gc.service")
	for what, since := range ago(t, disk) {
		if since != 100*time.Hour {
			t.Errorf("after a reboot, %s is a leftover since %s", what, since)
		}
	}
	m.run("test", "-d", disk+"/microvms/retired")
	m.Close()

	pass(t, disk, 100*time.Hour)
	m = boot(t, disk)
	m.run("systemctl", "start", "microtui-gc.service")
	if left := ago(t, disk); left["vm retired"] == 0 {
		t.Errorf("the run that removes things has seen %v", left)
	}
	m.run("test", "!", "-e", disk+"/microvms/retired")
	m.run("systemctl", "start", "microtui-gc.service")
	if left := ago(t, disk); len(left) != 0 {
		t.Errorf("left is %v", left)
	}
}
