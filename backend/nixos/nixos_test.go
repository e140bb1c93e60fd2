package nixos_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/backend/nixos"
	"microtui/model"
)

// outline is a system as one line.
func outline(s model.System) string {
	var names []string
	for _, d := range s.Declared {
		names = append(names, string(d.Name))
	}
	line := string(s.Kind)
	if s.Name != "" {
		line += " " + string(s.Name)
	}
	if s.Generation != 0 {
		line += " " + string(rune('0'+s.Generation/10)) + string(rune('0'+s.Generation%10))
	}
	line += ": " + strings.Join(names, " ")
	if s.Fault != "" {
		line += "!"
	}
	return line
}

func outlines(r nixos.Reading) []string {
	var lines []string
	for _, s := range r.Systems {
		lines = append(lines, outline(s))
	}
	return lines
}

func TestSystemsInOrder(t *testing.T) {
	h := newHost(t)
	first := h.system("g1", config("web"), config("old"))
	second := h.system("g2", config("web"))
	h.link(second[len(h.root)+1:]+"/specialisation/lab", h.system("s2", config("web"), config("lab")))
	h.generation(9, h.path("nix/store/collected"))
	h.generation(10, first)
	h.generation(11, second)
	h.link("nix/var/nix/profiles/system-profiles/test", "test-1-link")
	h.link("nix/var/nix/profiles/system-profiles/test-1-link", h.system("p1", config("trial")))
	h.link("nix/var/nix/profiles/per-user", "/nowhere")
	h.activate(first)

	reader := nixos.New(h.paths)
	got := reader.Read()
	want := []string{
		"live: old web", "newest 11: web", "specialisation lab: lab web", "profile test: trial",
		"generation 09: !", "generation 10: old web", "generation 11: web",
	}
	if diff := cmp.Diff(want, outlines(got)); diff != "" {
		t.Error(diff)
	}
	if len(got.Faults) != 0 {
		t.Error(got.Faults)
	}
	live, newest := got.Systems[0], got.Systems[1]
	if string(live.Path) != first || string(newest.Path) != second {
		t.Errorf("paths %s and %s", live.Path, newest.Path)
	}
	if !live.HostModule || !live.CanSwitch || newest.Since.IsZero() || got.Systems[4].Since.IsZero() {
		t.Errorf("%+v\n%+v", live, newest)
	}

	// Nothing changed: the same. A switch: seen at once, the rest as it was.
	if diff := cmp.Diff(got, reader.Read()); diff != "" {
		t.Error("second reading differs:", diff)
	}
	h.activate(second)
	h.generation(12, h.system("g3"))
	want = []string{
		"live: web", "newest 12: ", "specialisation lab: lab web", "profile test: trial",
		"generation 09: !", "generation 10: old web", "generation 11: web", "generation 12: ",
	}
	if diff := cmp.Diff(want, outlines(reader.Read())); diff != "" {
		t.Error(diff)
	}
}

// A folder of units outside the store can change at any time.
func TestLiveUnitsOutsideTheStore(t *testing.T) {
	h := newHost(t)
	h.write("etc/systemd/system/install-microvm-a.service", "[Unit]\n")
	reader := nixos.New(h.paths)
	if diff := cmp.Diff([]string{"live: a"}, outlines(reader.Read())); diff != "" {
		t.Error(diff)
	}
	h.write("etc/systemd/system/install-microvm-a.service", "[Unit]\nConditionPathExists=!/srv/vms/a\n")
	if !reader.Read().Systems[0].Declared[0].Once {
		t.Error("the unit's change was not seen")
	}
	h.write("etc/systemd/system/install-microvm-b.service", "")
	if diff := cmp.Diff([]string{"live: a b"}, outlines(reader.Read())); diff != "" {
		t.Error(diff)
	}
}

// A collected generation does not come back, but one on a file system that was
// away for a moment does.
func TestGenerationThatReturns(t *testing.T) {
	h := newHost(t)
	top := h.system("g1", config("web"))
	h.generation(1, top)
	reader := nixos.New(h.paths)
	reader.Read()
	if err := os.Rename(top, top+".away"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"newest 01: !", "generation 01: !"}, outlines(reader.Read())); diff != "" {
		t.Error(diff)
	}
	if err := os.Rename(top+".away", top); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"newest 01: web", "generation 01: web"}, outlines(reader.Read())); diff != "" {
		t.Error(diff)
	}
}

func TestDeclarations(t *testing.T) {
	h := newHost(t)
	h.activate(h.system("g1",
		config("web"),
		flake("db", "/nix/store/cccc-source"),
		updateFlake("api", "git+file:///etc/nixos?ref=a b"),
		declared{name: "template-web", script: "mkdir -p /var/lib/microvms/.templates/web\ncd /var/lib/microvms/.templates/web\nln -sTf /nix/store/x current\n"},
		config("template-real"),
		declared{name: "odd", script: "ln -sTf relative current\nln -s\necho 'unfinished\n"},
	))
	h.write("etc/x", "")
	got := nixos.New(h.paths).Read().Systems[0]
	want := []model.Declaration{
		{Name: "api", Runner: "/nix/store/aaaa-microvm-qemu-api", Flake: "git+file:///etc/nixos?ref=a b", Once: true},
		{Name: "db", Runner: "/nix/store/aaaa-microvm-qemu-db", Flake: "/nix/store/cccc-source"},
		{Name: "odd"},
		{Name: "template-real", Runner: "/nix/store/aaaa-microvm-qemu-template-real", Toplevel: "/nix/store/bbbb-nixos-system-template-real"},
		{Name: "web", Runner: "/nix/store/aaaa-microvm-qemu-web", Toplevel: "/nix/store/bbbb-nixos-system-web"},
	}
	if diff := cmp.Diff(want, got.Declared); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]model.Raw{"api", "db", "odd", "template-real", "template-web", "web"}, got.Autostart); diff != "" {
		t.Error(diff)
	}
}

// What stands in place of a unit or its script is not waited for; the unit
// declares its VM all the same.
func TestUnitsThatCannotBeRead(t *testing.T) {
	h := newHost(t)
	h.write("etc/systemd/system/x", "")
	units := h.paths.Units + "/install-microvm-"
	for name, make := range map[string]func(path string) error{
		"fifo":     func(path string) error { return syscall.Mkfifo(path, 0o644) },
		"dir":      func(path string) error { return os.Mkdir(path, 0o755) },
		"dangling": func(path string) error { return os.Symlink("/nowhere", path) },
		"masked":   func(path string) error { return os.Symlink("/dev/null", path) },
		"huge":     func(path string) error { return os.WriteFile(path, nil, 0o644) },
	} {
		if err := make(units + name + ".service"); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(units+"huge.service", 10<<30); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(h.path("pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	h.link("secret-link", "/etc/passwd")
	h.write("etc/systemd/system/install-microvm-pipe.service", "[Service]\nExecStart="+h.path("pipe")+"\n")
	h.write("etc/systemd/system/install-microvm-link.service", "[Service]\nExecStart="+h.path("secret-link")+"\n")
	h.write("etc/systemd/system/microvms.target.d/extra.conf", "[Unit]\nWants=microvm@dropin.service other.service\n")
	h.link("etc/systemd/system/microvms.target.wants/microvm@wanted.service", "/x")
	h.link("etc/systemd/system/microvms.target.wants/install-microvm-dir.service", "/x")

	got := nixos.New(h.paths).Read()
	if diff := cmp.Diff([]string{"live: dangling dir fifo huge link masked pipe"}, outlines(got)); diff != "" {
		t.Error(diff)
	}
	for _, d := range got.Systems[0].Declared {
		if d.Runner != "" {
			t.Errorf("%+v", d)
		}
	}
	if diff := cmp.Diff([]model.Raw{"dropin", "wanted"}, got.Systems[0].Autostart); diff != "" {
		t.Error(diff)
	}
}

func TestNetdevs(t *testing.T) {
	h := newHost(t)
	h.write("etc/systemd/network/10-vm.netdev", "[Match]\nName=no\n[NetDev]\nKind=tap\nName = vm-a \n; Name=no\n[Tap]\nName=no\n")
	h.write("run/systemd/network/20.netdev", "[NetDev]\nName=vm-b\n")
	h.write("run/systemd/network/20.network", "[NetDev]\nName=no\n")
	h.link("etc/systemd/network/30.netdev", "/dev/null")
	h.write("etc/systemd/system/vm-c-netdev.service", "")
	h.write("etc/systemd/system/microvm@.service", "")
	got := nixos.New(h.paths).Read()
	want := []model.Netdev{
		{Name: "vm-c", By: "vm-c-netdev.service"},
		{Name: "vm-a", By: model.Raw(h.path("etc/systemd/network/10-vm.netdev"))},
		{Name: "vm-b", By: model.Raw(h.path("run/systemd/network/20.netdev"))},
	}
	if diff := cmp.Diff(want, got.Netdevs); diff != "" {
		t.Error(diff)
	}
	if err := syscall.Mkfifo(h.path("etc/systemd/network/40.netdev"), 0o644); err != nil {
		t.Fatal(err)
	}
	got = nixos.New(h.paths).Read()
	if len(got.Netdevs) != 3 || len(got.Faults) != 1 || got.Faults[0].Source != model.SourceNetdevs {
		t.Errorf("%+v", got)
	}
}

func TestNotNixOS(t *testing.T) {
	h := newHost(t)
	h.write("etc/systemd/system/ssh.service", "")
	h.write("etc/fstab", "/dev/vda1 / ext4 rw 0 1\n")
	h.write("proc/cmdline", "root=/dev/vda1 reboot=k regInfo=none\n")
	if diff := cmp.Diff(nixos.Reading{}, nixos.New(h.paths).Read()); diff != "" {
		t.Error(diff)
	}
}

func TestGuest(t *testing.T) {
	h := newHost(t)
	h.write("proc/cmdline", "console=ttyS0 reboot=t panic=-1 8250.nr_uarts=1 init=/nix/store/x/init regInfo=/nix/store/x-closure-info/registration\n")
	h.write("etc/fstab", "# made by NixOS\nrootfs / tmpfs size=50%,mode=0755 0 0\n")
	reading := nixos.New(h.paths).Read()
	got := reading.Guest
	want := []model.Raw{
		"the kernel command line has regInfo=/nix/store/x-closure-info/registration",
		"/etc/fstab has rootfs / tmpfs",
	}
	if diff := cmp.Diff(want, got); diff != "" || !reading.BootedAsGuest {
		t.Error(diff, reading.BootedAsGuest)
	}
	// A test machine of nixpkgs, and a host on a tmpfs, are none.
	h.write("proc/cmdline", "console=ttyS0 panic=1 regInfo=/nix/store/x/registration\n")
	h.write("etc/fstab", "none / tmpfs defaults 0 0\n")
	if got := nixos.New(h.paths).Read(); len(got.Guest) != 0 || got.BootedAsGuest {
		t.Error(got.Guest, got.BootedAsGuest)
	}
}

// The system of a host that imports the guest module too cannot switch.
func TestGuestModuleInASystem(t *testing.T) {
	h := newHost(t)
	top := h.system("g1")
	h.generation(1, top)
	h.write(top[len(h.root)+1:]+"/etc/fstab", "rootfs / tmpfs defaults 0 0\n")
	if err := os.Remove(top + "/bin/switch-to-configuration"); err != nil {
		t.Fatal(err)
	}
	newest := nixos.New(h.paths).Read().Systems[0]
	if newest.CanSwitch || len(newest.Guest) != 1 {
		t.Errorf("%+v", newest)
	}
}

func TestUnreadableProfiles(t *testing.T) {
	h := newHost(t)
	h.write("nix/var/nix/profiles", "a file in place of the folder")
	got := nixos.New(h.paths).Read()
	if len(got.Faults) == 0 || got.Faults[0].Source != model.SourceSystems {
		t.Errorf("%+v", got)
	}
}
