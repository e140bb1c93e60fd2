package e2e

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// inService is a command as a service with some settings runs it.
func inService(settings []string, args ...string) *exec.Cmd {
	all := []string{"--quiet", "--wait", "--pipe", "--collect"}
	for _, setting := range settings {
		all = append(all, "-p", setting)
	}
	return exec.Command("systemd-run", slices.Concat(all, []string{lab.ProgramPath}, args)...)
}

// TestApart: in namespaces of its own the program does not see what systemd
// sees, says so with the cause, and draws nothing from it.
func TestApart(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Declare("db", fixture.Tap("vm-db"))
	host.Switch()
	host.LeakTap("vm-gone")
	host.LeakMacvtap("mv-gone")
	isOrphan := func(got listing, kind, name string) bool { return got.verdictsOf(kind)[name] == "orphan" }
	if got := list(t, "--all"); !isOrphan(got, "tap", "vm-gone") || !isOrphan(got, "macvtap", "mv-gone") || len(got.Faults) > 0 {
		t.Fatalf("seen as systemd sees it: %+v", got)
	}

	const net = "microtui is in a different network namespace than systemd"
	shell(t, "ip", "netns", "add", "apart")
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", "apart").Run() })
	inNetns := func(args ...string) *exec.Cmd {
		return exec.Command("ip", slices.Concat([]string{"netns", "exec", "apart", lab.ProgramPath}, args)...)
	}
	for name, in := range map[string]func(args ...string) *exec.Cmd{
		"ip netns exec":   inNetns,
		"PrivateNetwork=": func(args ...string) *exec.Cmd { return inService([]string{"PrivateNetwork=yes"}, args...) },
	} {
		got, _ := listAs(t, in("list", "--json", "--all"))
		if !got.hasFault("network", net) || len(got.verdictsOf("tap")) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if said := answer(t, in("doctor")); strings.Contains(said.out, "does not exist") || !strings.Contains(said.out, "not checked") {
			t.Errorf("%s: the doctor says %q", name, said.out)
		}
		if said := answer(t, in("purge", "--orphans", "--dry-run")); !strings.Contains(said.out, "interfaces could not be read: "+net) {
			t.Errorf("%s: a clean-up says %q, %q", name, said.out, said.err)
		}
	}

	got, _ := listAs(t, inService([]string{"PrivateDevices=yes"}, "list", "--json", "--all"))
	if !got.hasFault("devices", "/dev is not what systemd sees there") || got.verdictsOf("macvtap")["mv-gone"] != "unclear" || !isOrphan(got, "tap", "vm-gone") {
		t.Errorf("PrivateDevices=: %+v", got)
	}
	got, _ = listAs(t, inService([]string{"PrivateUsers=yes"}, "list", "--json", "--all"))
	if !got.hasFault("host", "microtui is in a different user namespace than systemd") || isOrphan(got, "tap", "vm-gone") {
		t.Errorf("PrivateUsers=: %+v", got)
	}
	got, _ = listAs(t, inService([]string{"TemporaryFileSystem=/var/lib/microvms"}, "list", "--json", "--all"))
	if !got.hasFault("state_dir", "/var/lib/microvms is not what systemd sees there") || isOrphan(got, "tap", "vm-gone") {
		t.Errorf("TemporaryFileSystem=: %+v", got)
	}
	got, _ = listAs(t, inService([]string{"PrivateTmp=yes", "ProtectSystem=strict", "ProtectHome=yes", "ReadWritePaths=/var/lib"}, "list", "--json", "--all"))
	if len(got.Faults) > 0 || !isOrphan(got, "tap", "vm-gone") || !isOrphan(got, "macvtap", "mv-gone") {
		t.Errorf("what hides nothing: %+v", got)
	}
}

func (l listing) hasFault(source, begins string) bool {
	for _, fault := range l.Faults {
		if fault.Source == source && strings.HasPrefix(fault.Error, begins) {
			return true
		}
	}
	return false
}

// TestFilteredCall: a filter of system calls is named, and not this kernel.
func TestFilteredCall(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Create("web")
	said := answer(t, inService([]string{"RestrictSUIDSGID=yes"}, "purge", "web", "--dry-run"))
	if text := said.out + said.err; strings.Contains(text, "this kernel") || !strings.Contains(text, "RestrictSUIDSGID=") {
		t.Errorf("status %d: %s", said.status, text)
	}
}
