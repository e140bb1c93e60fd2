package systemd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/lab"
	"microtui/model"
)

// configured is a host whose unit files try every way to say something, by
// path below the root.
var configured = map[string]string{
	"etc/systemd/system/microvm@.service": `[Unit]
RequiresMountsFor=/var/lib/vms/%i
[Service]
ExecStart=/bin/sleep infinity
User=microvm
Group=kvm
Restart=always
RestartSec=5s
WorkingDirectory=/var/lib/vms/%i
ReadWritePaths=/srv/%i /srv/100%%
`,
	"etc/systemd/system/microvm-virtiofsd@.service":      "[Service]\nExecStart=/bin/sleep infinity\nKillMode=mixed\n",
	"etc/systemd/system/microvm-tap-interfaces@.service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",

	// What NixOS writes for each declared VM decides nothing.
	"etc/systemd/system/microvm@plain.service.d/overrides.conf": "[Unit]\nX-RestartIfChanged=true\n[Service]\nEnvironment=\"A=B C\"\n",

	"etc/systemd/system/microvm@user.service.d/10-user.conf": `[Service]
User=nobody
# a comment, and a line that goes on
SupplementaryGroups=disk \
  ; a comment amid it
  video
SupplementaryGroups=tty
AmbientCapabilities=CAP_DAC_OVERRIDE cap_net_admin
AmbientCapabilities=~CAP_NET_ADMIN
CapabilityBoundingSet=~CAP_SYS_ADMIN CAP_NET_ADMIN
not an assignment
`,
	// The folder that comes first wins over what is more specific.
	"run/systemd/system/microvm@order.service.d/50-a.conf":  "[Service]\nUser=nobody\n",
	"etc/systemd/system/microvm@.service.d/50-a.conf":       "[Service]\nKillSignal=SIGINT\n",
	"etc/systemd/system/microvm@order.service.d/10-b.conf":  "[Service]\nKillSignal=SIGHUP\nGroup=\n",
	"run/systemd/system/service.d/99-all.conf":              "[Service]\nSendSIGKILL=no\n",
	"run/systemd/system/microvm-.service.d/20-dash.conf":    "[Service]\nKillSignal=SIGHUP\nRestartSec=1min 30s\n",
	"run/systemd/system/microvm-@.service.d/20-dash.conf":   "[Service]\nKillSignal=SIGINT\n",
	"run/systemd/system/microvm-@user.service.d/dash.conf":  "[Service]\nUser=nobody\n",
	"etc/systemd/system/microvm@hidden.service.d/70-x.conf": "-> /dev/null",
	"run/systemd/system/microvm@hidden.service.d/70-x.conf": "[Service]\nUser=nobody\n",

	"etc/systemd/system/microvm@net.service.d/x.conf": `[Unit]
JoinsNamespaceOf=other.service
[Service]
NetworkNamespacePath=/run/netns/%i
PrivateNetwork=yes
`,
	"etc/systemd/system/microvm@files.service.d/x.conf": `[Unit]
RequiresMountsFor=/srv/images "/srv/with blank"
[Service]
RootDirectory=/srv/roots/%i-%I
BindPaths=/gone
BindPaths=
BindPaths=/srv/a:/srv/b "/srv/c d:/srv/e":rbind -/srv/perhaps
BindReadOnlyPaths=/srv/r:/srv/w:norbind
TemporaryFileSystem=/tmp:ro /srv/tmp
ReadWritePaths=
ReadWritePaths=-/srv/%n /var/%N
ReadOnlyPaths=/usr
InaccessiblePaths=/srv/secret
ProtectSystem=strict
ProtectHome=tmpfs
WorkingDirectory=-/srv
KillMode=process
Restart=no
`,
	"etc/systemd/system/microvm@masked.service":                "-> /dev/null",
	"run/systemd/system/microvm-virtiofsd@plain.service":       "-> /dev/null",
	"run/systemd/system/microvm-tap-interfaces@plain.service":  "",
	"etc/systemd/system/microvm@ci.service":                    "[Service]\nEnvironment=A=B\n",
	"run/systemd/system/microvm@own.service":                   "[Service]\nExecStart=/gone\nExecStart=\nExecStart=/bin/true\nType=oneshot\n",
	"etc/systemd/system/microvm@linked.service":                "-> microvm@.service",
	"etc/systemd/system/microvm@none.service.d/x.conf":         "[Service]\nExecStart=\nExecStartPre=/bin/true\n",
	"run/systemd/system.control/microvm@set.service.d/50.conf": "[Service]\nUser=nobody\n",
}

// Every setting that is read from the files is the one that systemd has when
// it loaded the unit.
func TestSettingsAreSystemds(t *testing.T) {
	lab.Require(t)
	for name, text := range configured {
		write(t, "/"+name, text)
		t.Cleanup(func() { os.Remove("/" + name) })
	}
	t.Cleanup(func() { systemctl(t, "daemon-reload") })
	systemctl(t, "daemon-reload")
	files := NewFiles()
	made, err := files.Settings()
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[model.Raw]model.UnitSettings)
	for _, s := range made {
		byName[s.Name] = s
	}
	for _, name := range []model.Raw{"microvm@plain.service", "microvm@linked.service"} {
		if s, listed := byName[name]; listed {
			t.Errorf("%s differs from its template in nothing, and is listed: %+v", name, s)
		}
	}
	for _, role := range []model.Role{model.RoleVM, model.RoleVirtiofsd, model.RoleTap} {
		for _, vm := range []model.Raw{"any", "plain", "user", "order", "hidden", "net", "files", "masked", "ci", "own", "linked", "none", "set", "a-b"} {
			name := model.UnitName(role, vm)
			s, own := byName[name]
			if !own {
				template := byName[model.UnitName(role, "")]
				s = template.Instance(name)
			}
			compareWithSystemd(t, s, own)
		}
	}
}

func compareWithSystemd(t *testing.T, s model.UnitSettings, own bool) {
	t.Helper()
	shown := shownBySystemd(t, string(s.Name))
	if masked := shown["LoadState"] == "masked"; masked || s.Masked {
		if masked != s.Masked {
			t.Errorf("%s: masked %v, systemd says %s", s.Name, s.Masked, shown["LoadState"])
		}
		return
	}
	for key, value := range settingsAsShown(s) {
		if key == "DropInPaths" && !own {
			continue // those that decide nothing are not kept
		}
		if value != shown[key] {
			t.Errorf("%s: %s is %q, systemd says %q", s.Name, key, value, shown[key])
		}
	}
	if runs := shown["ExecStart"] != ""; runs != s.Runs {
		t.Errorf("%s: ExecStart is there: %v, systemd says %v", s.Name, s.Runs, runs)
	}
}

func shownBySystemd(t *testing.T, unit string) map[string]string {
	t.Helper()
	shown := make(map[string]string)
	for line := range strings.Lines(systemctl(t, "show", unit)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		shown[key] = value
	}
	if shown["Restart"] == "no" {
		delete(shown, "Restart")
	}
	shown["WorkingDirectory"] = strings.TrimPrefix(shown["WorkingDirectory"], "!") // "-" in the file
	return shown
}

// settingsAsShown words settings as systemctl show does.
func settingsAsShown(s model.UnitSettings) map[string]string {
	yes := map[bool]string{true: "yes", false: "no"}
	paths := func(list []model.Raw) string {
		var all []string
		for _, text := range list {
			word := string(text)
			if strings.Contains(word, " ") {
				word = `"` + word + `"`
			}
			all = append(all, word)
		}
		return strings.Join(all, " ")
	}
	or := func(value, other string) string {
		if value == "" {
			return other
		}
		return value
	}
	shown := map[string]string{
		"FragmentPath":         real(string(s.Fragment)),
		"DropInPaths":          paths(s.DropIns),
		"User":                 string(s.User),
		"Group":                string(s.Group),
		"SupplementaryGroups":  paths(s.SupplementaryGroups),
		"AmbientCapabilities":  strings.ToLower(strings.Join(s.AmbientCapabilities, " ")),
		"NetworkNamespacePath": string(s.NetworkNamespacePath),
		"PrivateNetwork":       yes[s.PrivateNetwork],
		"RootDirectory":        string(s.RootDirectory),
		"ReadWritePaths":       paths(s.ReadWritePaths),
		"ReadOnlyPaths":        paths(s.ReadOnlyPaths),
		"InaccessiblePaths":    paths(s.InaccessiblePaths),
		"ProtectSystem":        or(s.ProtectSystem, "no"),
		"ProtectHome":          or(s.ProtectHome, "no"),
		"WorkingDirectory":     string(s.WorkingDirectory),
		"KillMode":             or(s.KillMode, "control-group"),
		"SendSIGKILL":          yes[!s.NoSIGKILL],
		"Restart":              strings.TrimPrefix(s.Restart, "no"),
		"KillSignal":           map[string]string{"": "15", "SIGINT": "2", "SIGHUP": "1"}[s.KillSignal],
	}
	return shown
}

// real is where a path leads, as FragmentPath says it of a linked unit.
func real(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

// What decides and systemctl show words in its own way, and that nothing is
// read twice while nothing changes.
func TestSettings(t *testing.T) {
	root := t.TempDir()
	for name, text := range configured {
		write(t, root+"/"+name, text)
	}
	files := NewFiles()
	files.folders = []string{root + "/run/systemd/system.control", root + "/etc/systemd/system", root + "/run/systemd/system", root + "/none"}
	read := func() map[model.Raw]model.UnitSettings {
		made, err := files.Settings()
		if err != nil {
			t.Fatal(err)
		}
		all := make(map[model.Raw]model.UnitSettings)
		for _, s := range made {
			all[s.Name] = s
		}
		return all
	}
	all := read()
	got := all["microvm@files.service"]
	want := []model.BindMount{
		{Source: "/srv/a", Destination: "/srv/b"}, {Source: "/srv/c d", Destination: "/srv/e"},
		{Source: "/srv/perhaps", Destination: "/srv/perhaps", Optional: true},
		{Source: "/srv/r", Destination: "/srv/w", ReadOnly: true},
	}
	if diff := cmp.Diff(want, got.BindPaths); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]model.Raw{"/var/lib/vms/files", "/srv/images", "/srv/with blank"}, got.RequiresMountsFor); diff != "" {
		t.Error(diff)
	}
	if got := all["microvm-tap-interfaces@.service"].RestartDelay.String(); got != "1m30s" {
		t.Errorf("RestartSec of all with a dash: %s", got)
	}
	if got := all["microvm@user.service"]; slices.Contains(got.CapabilityBoundingSet, "CAP_SYS_ADMIN") || len(got.CapabilityBoundingSet) != len(capabilityNames)-2 {
		t.Errorf("bounding set: %q", got.CapabilityBoundingSet)
	}
	before := &files.made[0]
	if read(); &files.made[0] != before {
		t.Error("nothing changed, and all was read again")
	}
	write(t, root+"/etc/systemd/system/microvm@new.service", "-> /dev/null")
	if !read()["microvm@new.service"].Masked {
		t.Error("a new mask is not seen")
	}
	write(t, root+"/run/systemd/system/microvm@order.service.d/50-z.conf", "[Service]\nUser=root\n")
	if got := read()["microvm@order.service"].User; got != "root" {
		t.Errorf("a new drop-in in a folder that was there is not seen: user %q", got)
	}
	write(t, root+"/run/systemd/system/microvm@order.service.d/50-z.conf", "[Service]\nUser=daemon\n")
	if got := read()["microvm@order.service"].User; got != "daemon" {
		t.Errorf("a changed drop-in is not seen: user %q", got)
	}
}
