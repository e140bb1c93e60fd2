package systemd

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/model"
)

func TestMain(m *testing.M) { lab.Main(m, lab.Options{}) }

// templates are small stand-ins; what the VM is called decides what it does.
var templates = map[string]string{
	"microvm@.service": `[Unit]
Requires=microvm-tap-interfaces@%i.service microvm-pci-devices@%i.service
After=microvm-tap-interfaces@%i.service microvm-pci-devices@%i.service
StartLimitIntervalSec=0
[Service]
ExecStart=/bin/sleep infinity
WorkingDirectory=/
Restart=always
RestartSec=50ms
TimeoutStartSec=150
TimeoutStopSec=infinity
NotifyAccess=all
`,
	"microvm-tap-interfaces@.service": `[Unit]
PartOf=microvm@%i.service
StartLimitIntervalSec=0
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
`,
	"microvm-pci-devices@.service": `[Unit]
PartOf=microvm@%i.service
StartLimitIntervalSec=0
ConditionPathExists=/nowhere
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
`,
	"microvm-virtiofsd@.service": `[Service]
ExecStart=/bin/sh -c 'exit 7'
`,
	"microvm@crash.service.d/x.conf": `[Service]
ExecStart=
ExecStart=/bin/sh -c 'exit 3'
`,
	"microvm@slow.service.d/x.conf": `[Service]
Type=notify
`,
	"microvm@held.service.d/x.conf": `[Service]
ExecStart=
ExecStart=/bin/sh -c 'exit 1'
RestartSec=1h
`,
	"microvm@talks.service.d/x.conf": `[Service]
ExecStart=
ExecStart=/bin/sh -c 'until test -e /run/talk; do sleep 0.05; done; systemd-notify --status="Reached target."; exec sleep infinity'
`,
	"install-microvm-web.service": `[Service]
Type=oneshot
ExecStart=/bin/true
`,
	"microvms.target": `[Unit]
Wants=install-microvm-web.service
`,
	"var-lib-vms\\x2dreal.mount": `[Mount]
What=tmpfs
Type=tmpfs
Where=/var/lib/vms-real
`,
	"vm\\x2dnet-netdev.service": `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
`,
	"nixos-rebuild-switch-to-configuration.service": `[Service]
ExecStart=/bin/sleep infinity
`,
	// Tests restart it more often than systemd likes.
	"dbus.service.d/x.conf": `[Unit]
StartLimitIntervalSec=0
`,
	"noise.service": `[Service]
ExecStart=/bin/sleep infinity
`,
}

// host makes the lab a host with these units, and undoes it afterwards.
func host(t testing.TB) {
	t.Helper()
	lab.Require(t)
	const folder = "/etc/systemd/system/"
	for name, text := range templates {
		if dir, _, found := strings.Cut(name, "/"); found {
			if err := os.MkdirAll(folder+dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(folder+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	systemctl(t, "daemon-reload")
	t.Cleanup(func() {
		// Names with a pattern leave out what is not in memory, which is right.
		exec.Command("systemctl", "stop", "*microvm*", "var-lib-*.mount", "*-netdev.service", "nixos-*", "noise*").Run()
		exec.Command("systemctl", "reset-failed").Run()
		for name := range templates {
			name, _, _ = strings.Cut(name, "/")
			os.RemoveAll(folder + name)
		}
		systemctl(t, "daemon-reload")
	})
}

func systemctl(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.Command("systemctl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("systemctl %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// open opens a Bus for one test, and has it connect.
func open(t testing.TB) *Bus {
	t.Helper()
	b := Open(context.Background())
	t.Cleanup(b.Close)
	b.connect()
	return b
}

// read reads the units, which must work.
func read(t testing.TB, b *Bus) Reading {
	t.Helper()
	reading, err := b.Units(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return reading
}

// await reads until a condition holds, woken by hints and every 50 ms.
func await(t testing.TB, b *Bus, what string, holds func(Reading, error) bool) Reading {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		reading, err := b.Units(t.Context())
		if holds(reading, err) {
			return reading
		}
		select {
		case <-tick.C:
		case <-b.Hints():
		case <-deadline:
			t.Fatalf("%s: not seen in time; last %v, %+v", what, err, reading.Units)
		}
	}
}

// find gives a unit of a reading, or the zero unit.
func find(r Reading, name model.Raw) model.Unit {
	for _, u := range r.Units {
		if u.Name == name {
			return u
		}
	}
	return model.Unit{}
}
