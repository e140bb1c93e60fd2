package backend

import (
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
	"microtui/model/doctor"
)

// examined are the findings on a host, by "severity rule subject". A process is
// named by its command.
func examined(t *testing.T, h *Host) map[string]model.Finding {
	t.Helper()
	o := observe(t, h)
	for _, fault := range o.Faults {
		t.Errorf("%s: %s", fault.Source, fault.Error)
	}
	comms := make(map[model.Raw]model.Raw)
	for _, p := range o.Processes {
		comms[model.Raw(fmt.Sprint(p.PID))] = p.Comm
	}
	found := make(map[string]model.Finding)
	for _, f := range doctor.Examine(model.Interpret(o)) {
		if f.Unchecked {
			t.Errorf("%s: %s", f.Rule, f.Summary)
		}
		name := f.Subject.Name
		if f.Subject.Kind == model.KindProcess {
			name = comms[name]
		}
		found[fmt.Sprintf("%s %s %s", f.Severity, f.Rule, name)] = f
	}
	return found
}

// On a host with everything, the doctor finds what was put there, and what
// looks like it and is not, it leaves alone.
func TestDoctorOnShowcase(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	fixture.Showcase(host)
	found := examined(t, openHost(t, Options{}))
	maps.DeleteFunc(found, func(_ string, f model.Finding) bool {
		return f.Rule == "interface-unconnected" // once its TAPs are half a minute old
	})
	want := []string{
		"error broken-runner lost",
		"error crash-loop crash",
		"error macvtap-link-missing broken",
		"error old-runner ancient",
		"info dangling-gcroot booted-evicted",
		"info dangling-gcroot booted-gone",
		"info dangling-gcroot evicted",
		"info dangling-gcroot gone",
		"info helpers-left-up broken",
		"info reboot-needed push",
		"info reboot-needed stale",
		"warning drifted drifted",
		"warning failed-unit-without-vm microvm-set-booted@evicted.service",
		"warning failed-unit-without-vm microvm-tap-interfaces@evicted.service",
		"warning failed-unit-without-vm microvm@evicted.service",
		"warning helper-failed broken",
		"warning leaked-interface mv-gone",
		"warning leaked-interface vm-evicted",
		"warning leaked-interface vm-gone",
		"warning no-gcroot a b",
		"warning no-gcroot drifted",
		"warning no-gcroot handmade",
		"warning runs-outside outside",
		"warning undeclared-running ghost",
		"warning undeclared-running removed",
		"warning undeclared-running virtiofsd",
		"warning undeclared-state inherited",
		"warning undeclared-state retired",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(found))); diff != "" {
		t.Error(diff)
	}
}

// A real virtiofsd goes on serving the generation of secrets that it found when
// its guest started, until it is started again; one whose source stays where it
// is has nothing to say.
func TestDoctorOnStaleShares(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.RotateSecrets(0, "web", "db")
	web := host.Create("web", fixture.Share("secrets", "/run/secrets/web"), fixture.Share("data", host.Dir("web")+"/data"))
	db := host.Create("db", fixture.Share("secrets", "/run/secrets/db"))
	host.Register()
	host.Start("web", "db")
	host.ConnectShare(web, "secrets")
	host.ConnectShare(web, "data")
	host.ConnectShare(db, "secrets")
	h := openHost(t, Options{})
	stale := func() map[model.Raw]string {
		t.Helper()
		evidence := make(map[model.Raw]string)
		for _, f := range examined(t, h) {
			if f.Rule == "stale-share" {
				evidence[f.Subject.Name] = strings.Join(rawWords(f.Evidence), "; ")
			}
		}
		return evidence
	}
	if got := stale(); len(got) != 0 {
		t.Errorf("all is fresh: %v", got)
	}

	// The generation before is kept: the guests see old secrets.
	host.RotateSecrets(0, "web", "db")
	got := stale()
	if len(got) != 2 || got["web"] == "" || strings.Contains(got["web"], "deleted") {
		t.Errorf("%v", got)
	}
	o := observe(t, h)
	if len(o.SecretStores) != 1 || o.SecretStores[0].Current != 2 || len(o.SecretStores[0].Kept) != 2 {
		t.Errorf("%+v", o.SecretStores)
	}

	// It is removed: they see none. A restart mends that.
	host.RotateSecrets(1, "web", "db")
	h = openHost(t, Options{}) // which has not seen them before
	got = stale()
	if len(got) != 2 || !strings.Contains(got["web"], "//deleted") {
		t.Errorf("%v", got)
	}
	host.Stop("web")
	host.Start("web")
	host.ConnectShare(web, "secrets")
	host.ConnectShare(web, "data")
	if got := stale(); len(got) != 1 || got["db"] == "" {
		t.Errorf("after a restart of web: %v", got)
	}
}

func rawWords(all []model.Raw) []string {
	var words []string
	for _, raw := range all {
		words = append(words, string(raw))
	}
	return words
}

// What leads a guest's packets on is found by the names and addresses of its
// runner: the port of the bridge, and the neighbour.
func TestPathOfGuest(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Create("web", fixture.Tap("vm-web"), fixture.Volume("web.img", 16))
	host.Register()
	host.Start("web")
	for _, command := range [][]string{
		{"link", "add", "br7", "type", "bridge"},
		{"link", "set", "br7", "up"},
		{"address", "add", "10.77.0.1/24", "dev", "br7"},
		{"link", "set", "vm-web", "master", "br7"},
		{"neighbour", "add", "10.77.0.2", "lladdr", fixture.MAC("vm-web"), "dev", "br7", "nud", "permanent"},
		{"neighbour", "add", "10.77.0.3", "lladdr", "02:00:00:00:77:03", "dev", "br7", "nud", "permanent"},
	} {
		run(t, "ip", command...)
	}
	t.Cleanup(func() { exec.Command("ip", "link", "delete", "br7").Run() })
	o := observe(t, openHost(t, Options{}))
	if len(o.Neighbours) != 1 || o.Neighbours[0].IP != "10.77.0.2" {
		t.Errorf("neighbours: %+v", o.Neighbours)
	}
	if at := slices.IndexFunc(o.VolumeFiles, func(v model.VolumeFile) bool { return v.Path == "/var/lib/microvms/web/web.img" }); at < 0 ||
		!o.VolumeFiles[at].Exists || o.VolumeFiles[at].Access.UID != fixture.UserID || len(o.Host.MicrovmGroups) == 0 {
		t.Errorf("volumes %+v, groups %v", o.VolumeFiles, o.Host.MicrovmGroups)
	}
	var hops []string
	for _, path := range doctor.Path(model.Interpret(o), "web") {
		for _, hop := range path {
			hops = append(hops, hop.What+" "+string(hop.Name))
		}
	}
	for _, want := range []string{"port vm-web", "bridge br7", "neighbour 10.77.0.2"} {
		if !slices.Contains(hops, want) {
			t.Errorf("no %q among %q", want, hops)
		}
	}
}
