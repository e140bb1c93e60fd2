package backend

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"microtui/backend/lock"
	"microtui/lab"
	"microtui/model"
)

func TestMain(m *testing.M) { lab.Main(m, lab.Options{}) }

const (
	unitFolder = "/etc/systemd/system/"
	vmUnit     = "microvm@web.service"
)

// unitFiles make the lab a host with one VM at /srv/vms.
var unitFiles = map[string]string{
	"microvm@.service": `[Service]
WorkingDirectory=/srv/vms/%i
ExecStart=/bin/sleep infinity
`,
	"srv-vms.mount": `[Mount]
What=tmpfs
Type=tmpfs
Where=/srv/vms
`,
	// Tests restart it more often than systemd likes.
	"dbus.service.d/x.conf": `[Unit]
StartLimitIntervalSec=0
`,
}

// vmHost makes the lab such a host, with the VM running.
func vmHost(t testing.TB) {
	t.Helper()
	lab.Require(t)
	for name, text := range unitFiles {
		if err := os.MkdirAll(filepath.Dir(unitFolder+name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(unitFolder+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, "systemctl", "daemon-reload")
	run(t, "systemctl", "start", "srv-vms.mount")
	if err := os.MkdirAll("/srv/vms/web", 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, "systemctl", "start", vmUnit)
	t.Cleanup(func() {
		run(t, "systemctl", "stop", vmUnit, "srv-vms.mount")
		for name := range unitFiles {
			name, _, _ = strings.Cut(name, "/")
			os.RemoveAll(unitFolder + name)
		}
		run(t, "systemctl", "daemon-reload")
	})
}

func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// openHost opens the host for one test.
func openHost(t testing.TB, o Options) *Host {
	t.Helper()
	h := Open(o)
	t.Cleanup(h.Close)
	return h
}

func observe(t testing.TB, h *Host) model.Observation {
	t.Helper()
	o, err := h.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func faultOf(o model.Observation, source model.Source) model.Raw {
	for _, fault := range o.Faults {
		if fault.Source == source {
			return fault.Error
		}
	}
	return ""
}

func hasUnit(o model.Observation, name model.Raw, active string) bool {
	return slices.ContainsFunc(o.Units, func(u model.Unit) bool { return u.Name == name && u.Active == active })
}

func hasLink(o model.Observation, name model.Raw) bool {
	return slices.ContainsFunc(o.Links, func(l model.Link) bool { return l.Name == name })
}

func TestObserve(t *testing.T) {
	vmHost(t)
	before := time.Now()
	o := observe(t, openHost(t, Options{}))

	if o.Schema != model.ObservationSchema || o.At.Before(before) || o.At.After(time.Now()) || o.At.Location() != time.UTC {
		t.Errorf("schema %d, at %s", o.Schema, o.At)
	}
	if name := run(t, "hostname"); string(o.Host.Name) != name {
		t.Errorf("host name %q, want %q", o.Host.Name, name)
	}
	if len(o.Host.BootID) != 36 || !o.Host.Privileged || o.Host.Switching != "" {
		t.Errorf("host: %+v", o.Host)
	}
	if version := run(t, "systemctl", "--version"); !strings.Contains(version, string(o.Host.Pid1)) || o.Host.Pid1 == "" {
		t.Errorf("systemd %q, it says %s", o.Host.Pid1, version)
	}
	if o.Template == nil || o.Template.StateDir != "/srv/vms" || o.StateDir.Path != "/srv/vms" {
		t.Errorf("template %+v, state directory %q", o.Template, o.StateDir.Path)
	}
	if !hasUnit(o, vmUnit, "active") {
		t.Errorf("units: %+v", o.Units)
	}
	if want := []model.Mount{{Unit: "srv-vms.mount", Where: "/srv/vms", Active: true}}; !slices.Equal(o.StateDir.Mounts, want) {
		t.Errorf("mounts %v, want %v", o.StateDir.Mounts, want)
	}
	if !hasLink(o, "lo") {
		t.Errorf("links: %+v", o.Links)
	}
	for _, source := range []model.Source{model.SourceSystemd, model.SourceNetwork, model.SourceHost, model.SourceKeep} {
		if fault := faultOf(o, source); fault != "" {
			t.Errorf("%s: %s", source, fault)
		}
	}
}

func TestStateDirOption(t *testing.T) {
	vmHost(t)
	if o := observe(t, openHost(t, Options{StateDir: "/elsewhere"})); o.StateDir.Path != "/elsewhere" || o.StateDir.Exists {
		t.Errorf("state directory: %+v", o.StateDir)
	}
}

// A unit of nixos-rebuild or the lock of switch-to-configuration.
func TestObserveSwitch(t *testing.T) {
	vmHost(t)
	h := openHost(t, Options{})
	run(t, "systemd-run", "--unit=nixos-rebuild-switch-to-configuration", "--collect", "sleep", "infinity")
	if got := observe(t, h).Host.Switching; got != "nixos-rebuild-switch-to-configuration.service" {
		t.Errorf("switching by unit: %q", got)
	}
	run(t, "systemctl", "stop", "nixos-rebuild-switch-to-configuration.service")

	if err := os.MkdirAll("/run/nixos", 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(lock.SwitchFile)
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(lock.SwitchFile)
	defer file.Close()
	if got := observe(t, h).Host.Switching; got != "" {
		t.Errorf("switching with the lock free: %q", got)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if got := observe(t, h).Host.Switching; !strings.Contains(string(got), strconv.Itoa(os.Getpid())) {
		t.Errorf("switching by lock: %q", got)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	vmHost(t)
	defer goleak.VerifyNone(t)
	h := Open(Options{})
	ctx, cancel := context.WithCancel(t.Context())
	watched := h.Watch(ctx, 0)
	<-watched
	cancel()
	for range watched { // until it is closed
	}
	h.Close()
	h.Close()
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// TestUnprivileged observes the same host as root and as nobody, in a process
// of its own: what anybody may read is the same.
func TestUnprivileged(t *testing.T) {
	const nobodyVariable = "TEST_AS_NOBODY"
	if os.Geteuid() != 0 {
		if os.Getenv(nobodyVariable) == "" {
			t.Skip("needs root, to run as nobody")
		}
		o := observe(t, openHost(t, Options{}))
		if o.Host.Privileged || !hasUnit(o, vmUnit, "active") || !hasLink(o, "lo") || faultOf(o, model.SourceSystemd) != "" {
			t.Errorf("as nobody: %+v, faults %v", o.Host, o.Faults)
		}
		for _, u := range o.Units {
			if u.Properties == nil {
				t.Errorf("%s has no properties", u.Name)
			}
		}
		return
	}
	vmHost(t)
	if observe(t, openHost(t, Options{})).Host.Privileged != true {
		t.Error("root is not privileged")
	}
	const nobody = 65534
	command := exec.Command(os.Args[0], "-test.run=^TestUnprivileged$", "-test.v")
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	command.Env = append(os.Environ(), nobodyVariable+"=1")
	out, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestUnprivileged") {
		t.Errorf("%v: %s", err, out)
	}
}
