package statedir

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

// run is a microvm-run as microvm.nix writes it, around a command.
func run(command string) string {
	return `#!/nix/store/x-bash/bin/bash
set -eou pipefail

rm -f 'web.sock'
PATH=$PATH:/nix/store/x-coreutils/bin
if [ ! -e 'data.img' ]; then
  touch 'data.img' # it's a comment
  chattr +C 'data.img' || true
  truncate -s 64M 'data.img'
  mkfs.ext4   'data.img'
fi

# Open macvtap interface file descriptors
exec 3<>/dev/tap$(< /sys/class/net/mv-web/ifindex)
exec 4<>/dev/tap$(< /sys/class/net/mv-web/ifindex)

runtime_args=

exec -a "microvm@web" ` + command + ` ${runtime_args:-}
`
}

// commands are how each hypervisor is started, with a volume data.img, one
// with a full path, a store disk and two interfaces.
var commands = map[string]string{
	"qemu": `/nix/store/x-qemu/bin/qemu-system-x86_64 -name web -M 'microvm,accel=kvm:tcg' -smp 1 ` +
		`-append 'earlyprintk=ttyS0 console=ttyS0 reboot=t init=/nix/store/x/init' ` +
		`-drive 'id=store,format=raw,read-only=on,file=/nix/store/x-disk.erofs,if=none,aio=io_uring' ` +
		`-drive 'id=vda,format=raw,file=data.img,if=none,aio=io_uring,discard=unmap,read-only=off' -device 'virtio-blk-pci,drive=vda' ` +
		`-drive 'id=vdb,format=raw,file=/srv/it'\''s b.img,if=none' ` +
		`-netdev 'tap,id=vm-web,ifname=vm-web,script=no' -device 'virtio-net-pci,netdev=vm-web,mac=02:00:00:00:00:01,romfile=' ` +
		`-netdev 'tap,id=mv-web,fd=3' -device 'virtio-net-pci,netdev=mv-web,mac=02:00:00:00:00:02'`,
	"stratovirt": `/nix/store/x/bin/unbuffer /nix/store/x/bin/stratovirt -name web ` +
		`-drive 'id=vda,format=raw,if=none,aio=io_uring,file=data.img,direct=off' ` +
		`-drive 'id=vdb,format=raw,file=/srv/it'\''s b.img,aio=io_uring' ` +
		`-device 'virtio-net-device,id=net_a,netdev=a,mac=02:00:00:00:00:01,mq=off' -device 'virtio-net-device,netdev=b,mac=02:00:00:00:00:02'`,
	"cloud-hypervisor": `/nix/store/x/bin/cloud-hypervisor --cpus 'boot=1' --disk 'path=/nix/store/x-disk,readonly=on' ` +
		`'direct=off,image_type=raw,path=data.img,readonly=off' 'path=/srv/it'\''s b.img' --fs 'socket=a.sock,tag=a' --api-socket web.sock ` +
		`--net 'mac=02:00:00:00:00:01,tap=vm-web' 'fd=[3],mac=02:00:00:00:00:02' --device path=/sys/bus/pci/devices/0000:06:00.1`,
	"crosvm": `/nix/store/x/bin/crosvm run -m 512 -p 'console=ttyS0 reboot=k' -r /nix/store/x-disk -s web.sock ` +
		`--block 'data.img,o_direct=false,ro=false' --rwdisk '/srv/it'\''s b.img' ` +
		`--net 'tap-name=vm-web,mac=02:00:00:00:00:01' --net 'tap-fd=3,mac=02:00:00:00:00:02'`,
	"kvmtool": `/nix/store/x/bin/lkvm run --name 'web' -d '/nix/store/x-disk,ro' -d 'data.img,direct' -d '/srv/it'\''s b.img' ` +
		`-n 'mode=tap,tapif=vm-web,guest_mac=02:00:00:00:00:01' ` +
		`-n mode=tap,tapif=/dev/tap$(< /sys/class/net/mv-kvm/ifindex),guest_mac=02:00:00:00:00:02 --vsock 3`,
	"alioth": `/nix/store/x/bin/alioth run --blk 'path=/nix/store/x-disk,readonly=true' --blk 'path=data.img,readOnly=false' ` +
		`--blk '/srv/it'\''s b.img' --net 'if_name=vm-web,mac=02:00:00:00:00:01,queue_pairs=1' --net 'if_name=b,mac=02:00:00:00:00:02'`,
	"firecracker": `/nix/store/x/bin/firecracker --config-file %CONFIG% --api-sock web.sock`,
}

const firecrackerConfig = `{"boot-source":{},"drives":[
 {"drive_id":"store","path_on_host":"/nix/store/x-disk"},{"drive_id":"a","path_on_host":"data.img"},{"drive_id":"b","path_on_host":"/srv/it's b.img"}],
 "network-interfaces":[{"iface_id":"vm-web","host_dev_name":"vm-fire","guest_mac":"02:00:00:00:00:01"},{"guest_mac":"02:00:00:00:00:02"}],"vsock":null}`

// namedIn are the TAPs that those commands name, which no list of theirs has.
var namedIn = map[string][]model.Raw{
	"qemu": {"vm-web"}, "cloud-hypervisor": {"vm-web"}, "crosvm": {"vm-web"}, "kvmtool": {"vm-web"}, "alioth": {"b", "vm-web"}, "firecracker": {"vm-fire"},
}

func TestRunScriptsOfAllHypervisors(t *testing.T) {
	if len(commands) != len(hypervisors)-1 {
		t.Errorf("%d of %d hypervisors; only vfkit is not for Linux", len(commands), len(hypervisors))
	}
	for hypervisor, command := range commands {
		t.Run(hypervisor, func(t *testing.T) {
			h := newHost(t)
			h.write("store/config.json", firecrackerConfig)
			command = strings.ReplaceAll(command, "%CONFIG%", h.path("store/config.json"))
			path := h.runner("microvm-"+hypervisor+"-web", map[string]string{"bin/microvm-run": run(command)})
			got := h.read(path).Runners[0]
			got.Guest, got.VsockCID = nil, nil // see TestGuestConfigs
			opens := []model.Raw{"mv-web"}
			if hypervisor == "kvmtool" {
				opens = append(opens, "mv-kvm")
			}
			want := model.Runner{
				Path: path, Hypervisor: hypervisor, HostName: "web", Bin: []model.Raw{"microvm-run"}, Trusted: os.Geteuid() == 0,
				MACs:         []model.Raw{"02:00:00:00:00:01", "02:00:00:00:00:02"},
				Volumes:      []model.Raw{"data.img", "/srv/it's b.img"},
				MacvtapOpens: opens, NamedInterfaces: namedIn[hypervisor], NamedPaths: []model.Raw{"/srv/it"}, // up to its quote
			}
			if hypervisor == "firecracker" {
				want.NamedPaths = nil
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Each hypervisor has a word of its own for a volume that the guest only reads.
func TestReadOnlyVolumes(t *testing.T) {
	for hypervisor, command := range map[string]string{
		"qemu":             `/x/qemu -drive id=vda,file=ro.img,if=none,discard=unmap,read-only=on -drive id=vdb,file=rw.img,read-only=off -drive file=no,ro.img`,
		"stratovirt":       `/x/stratovirt -drive id=vda,file=ro.img,direct=off,readonly=on -drive id=vdb,file=rw.img,readonly=off`,
		"cloud-hypervisor": `/x/cloud-hypervisor --disk path=ro.img,readonly=on path=rw.img,readonly=off`,
		"crosvm":           `/x/crosvm run --block ro.img,o_direct=false,ro=true --block rw.img,o_direct=false,ro=false`,
		"kvmtool":          `/x/lkvm run -d ro.img,direct,ro -d rw.img,direct`,
		"alioth":           `/x/alioth run --blk path=ro.img,readOnly=true --blk path=rw.img,readOnly=false`,
		"firecracker":      `/x/firecracker --config-file %CONFIG%`,
	} {
		h := newHost(t)
		h.write("store/config.json", `{"drives":[{"path_on_host":"ro.img","is_read_only":true},{"path_on_host":"rw.img","is_read_only":false}]}`)
		command = strings.ReplaceAll(command, "%CONFIG%", h.path("store/config.json"))
		got := h.read(h.runner("microvm-"+hypervisor+"-web", map[string]string{"bin/microvm-run": run(command)})).Runners[0]
		if !slices.Equal(got.ReadOnlyVolumes, []model.Raw{"ro.img"}) || !slices.Contains(got.Volumes, "rw.img") {
			t.Errorf("%s: %q of %q", hypervisor, got.ReadOnlyVolumes, got.Volumes)
		}
	}
	twice := run(`/x/lkvm run -d a.img,ro -d a.img -d b.img -d b.img,ro`)
	h := newHost(t)
	if got := h.read(h.runner("microvm-kvmtool-web", map[string]string{"bin/microvm-run": twice})).Runners[0]; len(got.ReadOnlyVolumes) != 0 || len(got.Volumes) != 2 {
		t.Errorf("written by one of two: %q of %q", got.ReadOnlyVolumes, got.Volumes)
	}
}

func TestLayouts(t *testing.T) {
	share := map[string]string{
		"share/microvm/tap-flags":                "vnet_hdr\nmulti_queue\n",
		"share/microvm/tap-interfaces":           "vm-a\nvm-b\n",
		"share/microvm/macvtap-interfaces":       "mv-a 02:00:00:00:00:0a eno1 bridge\n",
		"share/microvm/pci-devices":              "0000:06:00.1\n",
		"share/microvm/virtiofs/ro-store/source": "/nix/store\n",
		"share/microvm/virtiofs/ro-store/socket": "web-virtiofs-ro-store.sock\n",
		"share/microvm/virtiofs/my data/source":  "my data \n",
		"share/microvm/virtiofs/my data/socket":  "d.sock\n",
	}
	with := func(more map[string]string) map[string]string {
		files := map[string]string{"bin/microvm-run": run("true")}
		for _, from := range []map[string]string{share, more} {
			for name, text := range from {
				files[name] = text
			}
		}
		return files
	}
	h := newHost(t)
	old := h.runner("microvm-cloud-hypervisor-my-web", with(nil))
	h.link(string(old)[len(h.root)+1:]+"/share/microvm/system", "/nix/store/x-nixos-system")
	middle := h.runner("microvm-qemu-web", with(map[string]string{"bin/tap-up": "", "bin/tap-down": "", "bin/virtiofsd-run": ""}))
	current := h.runner("microvm-qemu-web-3", with(map[string]string{
		"bin/tap-up": "", "share/microvm/hypervisor": "crosvm\n", "share/microvm/vsock-cid": "4294967295\n"}))

	got := map[model.Raw]model.Runner{}
	for _, r := range h.read(old, middle, current, "/nix/store/gone", "relative").Runners {
		got[r.Path] = r
	}
	base := model.Runner{
		Trusted:  os.Geteuid() == 0,
		Taps:     []model.Raw{"vm-a", "vm-b"},
		TapFlags: []model.Raw{"vnet_hdr", "multi_queue"},
		Macvtaps: []model.MacvtapEntry{{Name: "mv-a", MAC: "02:00:00:00:00:0a", Link: "eno1", Mode: "bridge"}},
		PCI:      []model.Raw{"0000:06:00.1"},
		Shares: []model.Share{
			{Tag: "my data", Source: "my data ", Socket: "d.sock"},
			{Tag: "ro-store", Source: "/nix/store", Socket: "web-virtiofs-ro-store.sock"},
		},
		MacvtapOpens: []model.Raw{"mv-web"},
	}
	a, b, c := base, base, base
	a.Path, a.Hypervisor, a.HostName, a.System, a.Bin = old, "cloud-hypervisor", "my-web", "/nix/store/x-nixos-system", []model.Raw{"microvm-run"}
	b.Path, b.Hypervisor, b.HostName, b.Bin = middle, "qemu", "web", []model.Raw{"microvm-run", "tap-down", "tap-up", "virtiofsd-run"}
	cid := uint32(4294967295)
	c.Path, c.Hypervisor, c.HostName, c.Bin, c.VsockCID = current, "crosvm", "web-3", []model.Raw{"microvm-run", "tap-up"}, &cid
	want := map[model.Raw]model.Runner{old: a, middle: b, current: c, "/nix/store/gone": {Path: "/nix/store/gone", Missing: true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A runner made by hand may hold anything. What only root may read is not
// shown, and nothing is waited for.
func TestHostileRunner(t *testing.T) {
	h := newHost(t)
	h.write("secret", "-drive file=leak,mac=02:00:00:00:00:01\n")
	h.write("secrets/microvm/tap-interfaces", "leak\n")
	h.write("secrets/a/source", "leak\n")
	h.write("evil/share/microvm/tap-flags", "own\n")
	h.link("evil/share/microvm/tap-interfaces", h.path("secret"))
	h.link("evil/share/microvm/pci-devices", "../../../secret")
	h.link("evil/share/microvm/virtiofs", h.path("secrets"))
	h.must(syscall.Mkfifo(h.path("evil/share/microvm/vsock-cid"), 0o666))
	h.write("evil/share/microvm/macvtap-interfaces", "")
	h.must(os.Truncate(h.path("evil/share/microvm/macvtap-interfaces"), 10<<30))
	h.write("evil/share/microvm/hypervisor", "qe mu\n")
	h.link("evil/bin", h.path("secrets"))
	h.link("evil2/share", h.path("secrets"))
	h.link("evil2/bin/microvm-run", h.path("secret"))
	h.write("file", "")

	var names []string
	for _, name := range []string{"evil", "evil2", "file"} {
		h.link("microvms/"+name+"/current", h.path(name))
	}
	got := h.read()
	for _, r := range got.Runners {
		names = append(names, string(r.Path)[len(h.root)+1:])
		want := model.Runner{Path: r.Path}
		switch names[len(names)-1] {
		case "evil":
			want.TapFlags = []model.Raw{"own"}
		case "evil2":
			want.Bin, want.Unparsed = []model.Raw{"microvm-run"}, "bin/microvm-run could not be read"
		case "file":
			want.Missing = true
		}
		if diff := cmp.Diff(want, r); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff([]string{"evil", "evil2", "file"}, names); diff != "" {
		t.Error(diff)
	}
	// Not kept: it can change.
	h.write("evil/share/microvm/tap-flags", "other\n")
	if flags := h.read().Runners[0].TapFlags; len(flags) != 1 || flags[0] != "other" {
		t.Errorf("flags %q", flags)
	}
}

func TestTrusted(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: to own a store")
	}
	h := newHost(t)
	path := h.runner("microvm-qemu-web", map[string]string{"share/microvm/tap-interfaces": "vm-web\n"})
	h.link("outside", string(path))
	h.link("store/inside", h.path("evil"))
	h.mkdir("evil")
	trusted := func(path model.Raw) bool { return New().with(h).read(path).Runners[0].Trusted }
	if !trusted(path) || !trusted(model.Raw(h.path("outside"))) {
		t.Error("a store path is not trusted")
	}
	if trusted(model.Raw(h.path("store/inside"))) {
		t.Error("a store path that leads out of the store is trusted")
	}
	h.must(os.Chmod(string(path), 0o775))
	if trusted(path) {
		t.Error("writable by a group, and trusted")
	}
	h.must(os.Chmod(string(path), 0o755))
	h.must(os.Chown(string(path), 1, 0))
	if trusted(path) {
		t.Error("owned by another user, and trusted")
	}
}

// with is a reader that knows nothing, on the same host.
func (r *Reader) with(h *host) *host {
	r.store, r.gcroots = h.store, h.gcroots
	return &host{Reader: r, t: h.t, root: h.root, dir: h.dir}
}

func TestStoreNames(t *testing.T) {
	hash := strings.Repeat("a", 32)
	for name, want := range map[string][2]string{
		"/nix/store/" + hash + "-microvm-qemu-web":                {"qemu", "web"},
		"/nix/store/" + hash + "-microvm-cloud-hypervisor-a-b":    {"cloud-hypervisor", "a-b"},
		"/nix/store/" + hash + "-microvm-qemu-microvm-crosvm-web": {"qemu", "microvm-crosvm-web"},
		"/nix/store/" + hash + "-microvm-other-web":               {"", ""},
		"/nix/store/" + hash + "-microvm-qemu":                    {"", ""},
		"/nix/store/" + hash + "-qemu-web":                        {"", ""},
		"microvm-qemu-web":                                        {"qemu", "web"},
		"":                                                        {"", ""},
	} {
		if hv, host := parseStoreName(name); hv != want[0] || string(host) != want[1] {
			t.Errorf("%s: %q %q", name, hv, host)
		}
	}
}

func TestSplitWords(t *testing.T) {
	for text, want := range map[string][]string{
		`a  b`:                      {"a", "b"},
		`'a b'c"d e"`:               {"a bcd e"},
		`'it'\''s' ''`:              {"it's", ""},
		`"a\"b" \  c\` + "\n" + `d`: {`a"b`, " ", "cd"},
		`x$(< /a b)y z`:             {"x$(< /a b)y", "z"},
		`a; b`:                      {"a"},
		"a 'b\nc'\nd":               {"a", "b\nc"},
		`a $(unfinished b`:          {"a", "$(unfinished b"},
		`a 'unfinished b`:           {"a", "unfinished b"},
		`a ${b:-}`:                  {"a", "${b:-}"},
		`a $(echo $(echo b c) d) e`: {"a", "$(echo $(echo b c) d)", "e"},
	} {
		if diff := cmp.Diff(want, splitWords(text)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func FuzzRunScript(f *testing.F) {
	for hypervisor, command := range commands {
		f.Add(hypervisor, run(command))
	}
	f.Fuzz(func(t *testing.T, hypervisor, text string) {
		runner := model.Runner{Hypervisor: hypervisor}
		parseRun(text, tree{fd: -1, store: "/nowhere"}, &runner)
		for _, mac := range runner.MACs {
			if !isMAC(string(mac)) {
				t.Errorf("address %q", mac)
			}
		}
		for _, volume := range runner.Volumes {
			if volume == "" || strings.HasPrefix(string(volume), "/nix/store/") {
				t.Errorf("volume %q", volume)
			}
		}
		for _, name := range runner.MacvtapOpens {
			if len(name) > maxInterfaceName {
				t.Errorf("interface %q", name)
			}
		}
	})
}

func FuzzFlake(f *testing.F) {
	f.Add([]byte("git+file:///etc/nixos\n"))
	f.Add([]byte("a"))
	f.Fuzz(func(t *testing.T, text []byte) {
		flake, err := parseFlake(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("error %q", err)
			}
			return
		}
		again := string(flake.Ref)
		if flake.Newline {
			again += "\n"
		}
		if again != string(text) || flake.Ref == "" || strings.ContainsAny(string(flake.Ref), "\n\x00\x1b\x7f") {
			t.Errorf("%q from %q", flake.Ref, text)
		}
	})
}

func FuzzInterfaces(f *testing.F) {
	f.Add("vm-a 02:00:00:00:00:01\nvm-b\n")
	f.Fuzz(func(t *testing.T, text string) {
		names, _ := parseInterfaces(text)
		for _, name := range names {
			if name == "" || len(name) > maxInterfaceName {
				t.Errorf("%q", name)
			}
		}
	})
}

// What a runner in the store leads out of it to is not read either, by a link or
// by a path in its script, and what is no file is not waited for.
func TestStoreLeadsNowhereElse(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: to own a store")
	}
	h := newHost(t)
	h.write("secret", "#!/bin/sh\n-drive file=leak,mac=02:00:00:00:00:01\nip link set dev leak up\n")
	out := h.path("store") + "/../secret"
	path := h.runner("microvm-qemu-web", map[string]string{
		"share/microvm/tap-interfaces": "vm-web\n",
		"bin/microvm-run":              "#!/bin/sh\nexec " + out + " -name web\n",
	})
	at := func(name string) string { return string(path) + "/" + name }
	h.must(os.Symlink(h.path("secret"), at("share/microvm/tap-flags")))
	h.must(os.Symlink("../../../../secret", at("share/microvm/pci-devices")))
	h.must(os.Symlink(out, at("share/microvm/usb-devices")))
	h.must(syscall.Mkfifo(at("share/microvm/hypervisor"), 0o644))
	h.link("elsewhere", at("share/microvm/tap-interfaces"))
	h.must(os.Symlink(h.path("elsewhere"), at("share/microvm/vsock-cid")))
	r := New().with(h).read(path).Runners[0]
	if !r.Trusted || !slices.Equal(r.Taps, []model.Raw{"vm-web"}) {
		t.Errorf("a store path is not read: %+v", r)
	}
	if len(r.TapFlags) > 0 || len(r.PCI) > 0 || len(r.MACs) > 0 || len(r.NamedInterfaces) > 0 || r.Guest != nil || r.Hypervisor != "qemu" {
		t.Errorf("what is not in the store was read: %+v", r)
	}
}
