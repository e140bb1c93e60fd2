package systemd

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"

	"microtui/model"
)

// TestRefusedJobs: what systemd refuses to queue, in our own words.
func TestRefusedJobs(t *testing.T) {
	b := jobHost(t)
	for _, test := range []struct {
		name   string
		setUp  [][]string // systemctl calls
		action model.Action
		vm     model.Raw
		kind   error
		says   string
	}{
		{"masked", [][]string{{"mask", "--runtime", "microvm@masked"}}, "start", "masked",
			model.ErrRefused, "refused: Unit microvm@masked.service is masked."},
		{"refuses to be started", nil, "start", "manual",
			model.ErrRefused, "refused: Operation refused, unit microvm@manual.service may be requested by dependency only"},
		{"would undo a job that nothing may undo", [][]string{{"start", "microvm@long"}, {"stop", "--no-block", "--job-mode=replace-irreversibly", "microvm@long"}}, "start", "long",
			model.ErrBusy, "busy: a conflicting systemd job is in progress"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, call := range test.setUp {
				systemctl(t, call...)
			}
			_, err := b.Run(t.Context(), Request{Action: test.action, VM: test.vm})
			if !errors.Is(err, test.kind) || !strings.HasPrefix(err.Error(), test.says) {
				t.Errorf("%v, want %q", err, test.says)
			}
		})
	}
	release(t, "go")
	systemctl(t, "unmask", "--runtime", "microvm@masked")
}

// deniedVariable is what the job of a user without rights is told.
const deniedVariable = "MICROTUI_TEST_DENIED"

// TestJobOfNobody: a user without rights is refused by systemd itself, whether
// there is a polkit that would ask for a password or none at all, and told what
// to do.
func TestJobOfNobody(t *testing.T) {
	const nobodyVariable = "TEST_AS_NOBODY"
	if os.Geteuid() != 0 {
		if os.Getenv(nobodyVariable) == "" {
			t.Skip("needs root, to run as nobody")
		}
		_, err := open(t).Run(t.Context(), Request{Action: "stop", VM: "run"})
		if want := os.Getenv(deniedVariable); !errors.Is(err, model.ErrDenied) || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
		return
	}
	jobHost(t)
	systemctl(t, "start", "microvm@run")
	asNobody := func(t *testing.T, denied string) {
		const nobody = 65534
		command := exec.Command(os.Args[0], "-test.run=^TestJobOfNobody$", "-test.v")
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		command.Env = append(os.Environ(), nobodyVariable+"=1", deniedVariable+"="+denied)
		out, err := command.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestJobOfNobody") {
			t.Errorf("%v: %s", err, out)
		}
		if got := isActive(t, "run"); got != "active" {
			t.Errorf("the VM is %s", got)
		}
	}
	withoutPolkit(t)
	t.Run("no polkit", func(t *testing.T) { asNobody(t, "not permitted: run as root, or allow it with a polkit rule") })
	t.Run("polkit", func(t *testing.T) {
		asked := askingPolkit(t)
		asNobody(t, "not permitted: polkit requires a password, which microtui cannot ask for: run as root, or allow it with a polkit rule")
		if len(asked) == 0 {
			t.Error("systemd did not ask polkit")
		}
	})
}

// withoutPolkit takes the machine's own polkit, if it has one, off the bus and
// from where the bus would start it.
func withoutPolkit(t *testing.T) {
	t.Helper()
	const service = "/usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service"
	if err := os.Rename(service, service+".away"); err == nil {
		t.Cleanup(func() { _ = os.Rename(service+".away", service) })
	}
	_ = exec.Command("systemctl", "stop", "polkit.service").Run() // there may be none
	readBusConfig(t)
}

// readBusConfig makes the bus read its configuration and its services anew.
func readBusConfig(t *testing.T) {
	t.Helper()
	out, err := exec.Command("busctl", "call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ReloadConfig").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// polkitPolicy lets root be polkit on the bus, as polkit's own package does.
const polkitPolicy = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <policy user="root"><allow own="org.freedesktop.PolicyKit1"/></policy>
  <policy context="default"><allow send_destination="org.freedesktop.PolicyKit1"/></policy>
</busconfig>
`

// polkit answers every question as polkit does for a user who would have to
// give a password: not authorised, but could be.
type polkit struct{ asked chan string }

type polkitAnswer struct {
	Authorised, Challenge bool
	Details               map[string]string
}

func (p polkit) CheckAuthorization(_ struct {
	Kind    string
	Details map[string]dbus.Variant
}, action string, _ map[string]string, _ uint32, _ string) (polkitAnswer, *dbus.Error) {
	select {
	case p.asked <- action:
	default:
	}
	return polkitAnswer{Challenge: true, Details: map[string]string{}}, nil
}

// askingPolkit is a polkit that asks for passwords, and the actions it was
// asked about.
func askingPolkit(t *testing.T) chan string {
	t.Helper()
	const policy = "/etc/dbus-1/system.d/polkit-of-a-test.conf"
	if err := os.MkdirAll("/etc/dbus-1/system.d", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(policy, []byte(polkitPolicy), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(policy) })
	readBusConfig(t)
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	p := polkit{make(chan string, 10)}
	if err := bus.Export(p, "/org/freedesktop/PolicyKit1/Authority", "org.freedesktop.PolicyKit1.Authority"); err != nil {
		t.Fatal(err)
	}
	if reply, err := bus.RequestName("org.freedesktop.PolicyKit1", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("be polkit: %v, %v", reply, err)
	}
	return p.asked
}
