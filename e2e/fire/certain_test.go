package fire

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/lab"
)

// dropIn adds to a unit of a VM, until the test ends.
func (f *fleet) dropIn(unit, text string) {
	f.Helper()
	path := "/run/systemd/system/" + unit + ".d/fire.conf"
	f.must(os.MkdirAll(filepath.Dir(path), 0o755))
	f.must(os.WriteFile(path, []byte("[Service]\n"+text+"\n"), 0o644))
	f.shell("systemctl", "daemon-reload")
}

// script writes a program, in the place of one that runs it right now.
func (f *fleet) script(name, text string) string {
	f.Helper()
	path := "/run/lab/" + name
	f.must(os.WriteFile(path+".new", []byte("#!/bin/sh\n"+text+"\n"), 0o755))
	f.must(os.Rename(path+".new", path))
	return path
}

// TestFullAtTheStop: the disk becomes full in the moment in which a VM has
// stopped. What needs room was made before: the purge is done, and a VM that is
// updated is up again.
func TestFullAtTheStop(t *testing.T) {
	lab.Require(t)
	for _, kind := range diskKinds {
		t.Run(kind, func(t *testing.T) {
			f := newFleetOn(t, rand.New(rand.NewPCG(1, 0)), func(f *fleet) { f.newDisk(kind, "/var/lib") })
			fill := f.script("fill", "cat /dev/zero > /var/lib/.filler; cat /dev/zero >> /var/lib/.filler; sync /var/lib/.filler; exit 0")
			for _, d := range deeds {
				f.dropIn("microvm@"+d.vm+".service", "ExecStopPost=+"+fill)
				f.revise()
				current, client := f.target(shop, "current"), f.ask(d.args...)
				f.await(client)
				if info, err := os.Stat("/var/lib/.filler"); err != nil || info.Size() == 0 {
					t.Fatalf("%s: the disk did not become full: %v; %s", d.name, err, client.said())
				}
				f.dropIn("microvm@"+d.vm+".service", "")
				f.must(os.Remove("/var/lib/.filler"))
				ops, _ := f.settled(client)
				end, wrong := f.judged(d, client, ops, trial{current: current})
				for _, problem := range append(wrong, f.asBefore()...) {
					t.Errorf("%s: %s", d.name, problem)
				}
				if end != "done" {
					t.Errorf("%s is %s: %s; %v", d.name, end, client.said(), ops)
				}
			}
		})
	}
}

// TestFullBefore: on a disk that is full already nothing is stopped, and it is
// said what frees space; that holds for the very first operation too.
func TestFullBefore(t *testing.T) {
	lab.Require(t)
	f := newFleetOn(t, rand.New(rand.NewPCG(1, 0)), func(f *fleet) { f.newDisk("ext4", "/var/lib") })
	lives := make(map[string]string)
	for _, vm := range everyVM {
		lives[vm] = f.Property("microvm@"+vm+".service", "InvocationID")
	}
	f.fillUp()
	for _, d := range []deed{deeds[0], deeds[1]} {
		client := f.ask(d.args...)
		f.await(client)
		if status := client.ProcessState.ExitCode(); status != 3 || !strings.Contains(client.said(), "nix-collect-garbage") {
			t.Errorf("%s: %s", d.name, client.said())
		}
	}
	for _, vm := range everyVM {
		if now := f.Property("microvm@"+vm+".service", "InvocationID"); now != lives[vm] {
			t.Errorf("%s was stopped", vm)
		}
	}
	f.must(os.Remove("/var/lib/.filler"))
	for _, problem := range f.leftovers() {
		t.Error(problem)
	}
}

// fillUp fills the disk of /var/lib, once.
func (f *fleet) fillUp() {
	for _, size := range []int{1 << 20, 4 << 10} {
		append1("/var/lib/.filler", size)
	}
}

// TestOlderRunnerAfterRestart: systemd says that a restart was done, and `booted`
// is the runner from before the update, as after a re-execution in the middle of
// it. It is restarted once more; where that does not help either, that is told.
func TestOlderRunnerAfterRestart(t *testing.T) {
	lab.Require(t)
	f := newFleet(t, rand.New(rand.NewPCG(1, 0)))
	d := deeds[2]
	for _, test := range []struct{ name, forget, end string }{
		{"once", "rm /run/lab/forget", "done"},
		{"always", "", "failed"},
	} {
		f.revise()
		before := f.target(shop, "current")
		f.must(os.WriteFile("/run/lab/forget", nil, 0o644))
		f.dropIn("microvm-set-booted@"+shop+".service", "ExecStart=\nUser=\nExecStart=+"+f.script("forget-booted",
			"rm -f booted\nif [ -e /run/lab/forget ]; then ln -s "+before+" booted; "+test.forget+"\nelse ln -s $(readlink current) booted; fi"))
		client := f.ask(d.args...)
		f.await(client)
		ops, _ := f.settled(client)
		end, wrong := f.judged(d, client, ops, trial{current: before})
		for _, problem := range wrong {
			t.Errorf("%s: %s", test.name, problem)
		}
		if end != test.end || test.end == "failed" && !strings.Contains(client.said(), "but booted "+before) {
			t.Errorf("%s: %s; %v", test.name, client.said(), ops)
		}
		_ = os.Remove("/run/lab/forget")
		f.dropIn("microvm-set-booted@"+shop+".service", "")
		f.shell("systemctl", "restart", "microvm@"+shop+".service")
	}
}

// TestBusAwayAtTheStop: in the middle of a stop the executor is killed and the bus
// goes away. Whoever takes the operation up waits for the bus: it is done or
// taken back, and no VM stays off without a word.
func TestBusAwayAtTheStop(t *testing.T) {
	lab.Require(t)
	f := newFleet(t, rand.New(rand.NewPCG(1, 0)))
	const mark = "/run/lab/bus-away"
	away := f.script("stop-bus", "rm "+mark+" || exit 0\nsystemctl stop dbus.socket dbus.service\npkill -KILL -f 'operation run'\nexit 0")
	t.Cleanup(func() { _ = exec.Command("systemctl", "start", "dbus.socket").Run() })
	for _, d := range deeds[:2] {
		f.must(os.WriteFile(mark, nil, 0o644))
		f.dropIn("microvm@"+d.vm+".service", "ExecStopPost=+"+away)
		client := f.ask(d.args...)
		f.await1("the bus to be away", func() bool { return exec.Command("systemctl", "is-active", "dbus.socket").Run() != nil })
		f.await1("the operation to be taken up", func() bool {
			id := slices.Max(client.newIDs())
			text, _ := os.ReadFile("/var/lib/microtui/operations/" + id + "/steps.jsonl")
			return strings.Count(string(text), `"event":"begin"`) > 1
		})
		// Whoever does not wait for the bus has given up long before that.
		for range 100 {
			if !hasEnded(client) {
				time.Sleep(20 * time.Millisecond)
			}
		}
		f.shell("systemctl", "start", "dbus.socket")
		f.await(client)
		ops, settled := f.settled(client)
		_, wrong := f.judged(d, client, ops, trial{settled: settled > 0})
		for _, problem := range append(wrong, f.asBefore()...) {
			t.Errorf("%s: %s", d.name, problem)
		}
		f.dropIn("microvm@"+d.vm+".service", "")
	}
}

// hasEnded reports whether an operation of the client has written its end.
func hasEnded(c *client) bool {
	return slices.ContainsFunc(c.newIDs(), func(id string) bool {
		text, _ := os.ReadFile("/var/lib/microtui/operations/" + id + "/steps.jsonl")
		return strings.Contains(string(text), `"event":"end"`)
	})
}

// TestBuildFolderOfKilledNix: what a nix that is killed leaves of its build goes
// with its operation.
func TestBuildFolderOfKilledNix(t *testing.T) {
	lab.Require(t)
	f := newFleet(t, rand.New(rand.NewPCG(1, 0)))
	const mark = "/run/lab/builder"
	f.must(os.WriteFile("/srv/flakes/fleet/flake.nix", fmt.Appendf(nil, `{
  outputs = all: { nixosConfigurations.shop.config.microvm.declaredRunner = derivation {
    name = "microvm-qemu-shop"; system = "x86_64-linux"; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
    args = [ "-c" "pwd > %[1]s.new; mv %[1]s.new %[1]s; exec sleep inf # %[2]d" ];
  }; };
}
`, mark, f.since), 0o644))
	client := f.ask("update", shop, "--yes")
	f.await1("the builder", func() bool { _, err := os.Stat(mark); return err == nil })
	folder, err := os.ReadFile(mark)
	f.must(err)
	if !kill(append(nixes(), processes(func(words []string) bool { return words[0] == "sleep" && words[1] == "inf" })...)...) {
		t.Fatal("no nix runs")
	}
	f.await(client)
	if client.ProcessState.ExitCode() != 1 {
		t.Errorf("it says: %s", client.said())
	}
	if _, err := os.Stat(strings.TrimSpace(string(folder))); err == nil {
		t.Errorf("left: %s", folder)
	}
	for _, problem := range f.leftovers() {
		t.Error(problem)
	}
}
