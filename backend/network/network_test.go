package network

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/model"
)

func TestMain(m *testing.M) { lab.Main(m, lab.Options{}) }

const microvm = 4711 // a user id that means nothing here

// TestEveryKind looks at the links that microvm.nix's scripts make, and at
// those of others beside them.
func TestEveryKind(t *testing.T) {
	lab.Require(t)
	ip(t, "link", "add", "t-br", "type", "bridge")
	ip(t, "link", "set", "t-br", "up")
	ip(t, "address", "add", "10.77.0.1/24", "dev", "t-br")
	ip(t, "link", "add", "t-eth", "type", "veth", "peer", "name", "t-wire")
	ip(t, "link", "set", "t-eth", "up")
	ip(t, "link", "set", "t-wire", "up")
	ip(t, "tuntap", "add", "t-tap", "mode", "tap", "user", "4711", "vnet_hdr", "multi_queue")
	ip(t, "link", "set", "t-tap", "master", "t-br", "up")
	ip(t, "tuntap", "add", "t-down", "mode", "tap", "user", "0")
	ip(t, "tuntap", "add", "t-vpn", "mode", "tun")
	held := hold(t, "t-held")
	ip(t, "link", "set", "t-held", "up")
	ip(t, "link", "add", "link", "t-eth", "name", "t-mv", "address", "02:00:00:00:00:17", "type", "macvtap", "mode", "bridge")
	ip(t, "link", "set", "t-mv", "up")
	t.Cleanup(func() {
		held.Close()
		for _, name := range []string{"t-mv", "t-br", "t-eth", "t-tap", "t-down", "t-vpn"} {
			exec.Command("ip", "link", "delete", name).Run()
		}
	})
	device := "/dev/tap" + index(t, "t-mv")
	if err := os.Chown(device, microvm, -1); err != nil {
		t.Fatal(err)
	}

	links := read(t)
	number := func(name model.Raw) int { return links[name].Index }
	owner, root, on, off := uint32(microvm), uint32(0), true, false
	for _, want := range []model.Link{
		{Name: "lo", Up: true, Carrier: &on, Addressed: true, Addresses: []model.Raw{"127.0.0.1/8", "::1/128"}, MAC: "00:00:00:00:00:00"},
		{Name: "t-br", Kind: "bridge", Up: true, Carrier: &off, Addressed: true, Addresses: []model.Raw{"10.77.0.1/24"}},
		{Name: "t-eth", Kind: "veth", Parent: number("t-wire"), Up: true, Carrier: &on},
		{Name: "t-tap", Kind: "tun", Tap: true, Owner: &owner, Persistent: true, VnetHdr: true, MultiQueue: true,
			Master: number("t-br"), PortState: "disabled", Up: true, Carrier: &off},
		{Name: "t-down", Kind: "tun", Tap: true, Owner: &root, Persistent: true},
		{Name: "t-vpn", Kind: "tun", Persistent: true},
		{Name: "t-held", Kind: "tun", Tap: true, Up: true, Carrier: &on},
		{Name: "t-mv", Kind: "macvtap", Mode: "bridge", MAC: "02:00:00:00:00:17", Parent: number("t-eth"),
			DeviceOwner: &owner, Up: true, Carrier: &on},
	} {
		got, found := links[want.Name]
		if !found {
			t.Errorf("%s is not listed", want.Name)
			continue
		}
		want.Index, want.RxBytes, want.TxBytes = got.Index, got.RxBytes, got.TxBytes
		want.OperState = got.OperState // the kernel's comes late: see TestOperState
		if want.MAC == "" {
			want.MAC = got.MAC
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", want.Name, diff)
		}
	}

	for name, want := range fromIP(t) {
		got := links[name]
		if got.Index != want.Index || got.MAC != want.Address {
			t.Errorf("%s: index %d, MAC %s; ip says %d, %s", name, got.Index, got.MAC, want.Index, want.Address)
		}
	}
}

// The kernel changes operational states up to a second late, and sysfs and
// netlink tell the same.
func TestOperState(t *testing.T) {
	lab.Require(t)
	ip(t, "link", "add", "t-eth", "type", "veth", "peer", "name", "t-wire")
	ip(t, "link", "add", "link", "t-eth", "name", "t-mv", "type", "macvtap", "mode", "bridge")
	t.Cleanup(func() { exec.Command("ip", "link", "delete", "t-eth").Run() })
	for _, name := range []string{"t-wire", "t-mv"} {
		ip(t, "link", "set", name, "up")
	}
	want := map[model.Raw]string{"lo": "unknown", "t-eth": "down", "t-wire": "lowerlayerdown", "t-mv": "lowerlayerdown"}
	deadline := time.After(5 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		got := make(map[model.Raw]string)
		for name, link := range read(t) {
			if want[name] != "" {
				got[name] = link.OperState
			}
		}
		diff := cmp.Diff(want, got)
		if diff == "" {
			break
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal(diff)
		}
	}
	for name, state := range want {
		text, err := os.ReadFile("/sys/class/net/" + string(name) + "/operstate")
		if err != nil || strings.TrimSpace(string(text)) != state {
			t.Errorf("%s: sysfs says %q, %v", name, text, err)
		}
	}
}

func TestMacvtapModes(t *testing.T) {
	lab.Require(t)
	ip(t, "link", "add", "t-eth", "type", "veth", "peer", "name", "t-wire")
	t.Cleanup(func() { exec.Command("ip", "link", "delete", "t-eth").Run() })
	for _, mode := range []string{"private", "vepa", "bridge", "passthru", "source"} {
		ip(t, "link", "add", "link", "t-eth", "name", "t-mode", "type", "macvtap", "mode", mode)
		if got := read(t)["t-mode"].Mode; got != mode {
			t.Errorf("mode %s is read as %q", mode, got)
		}
		ip(t, "link", "delete", "t-mode")
	}
}

// The index of a link in another network namespace means nothing here.
func TestParentElsewhere(t *testing.T) {
	lab.Require(t)
	away := exec.Command("unshare", "--net", "sh", "-c", "echo there; exec sleep infinity")
	out, err := away.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := away.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		away.Process.Kill()
		away.Wait()
	})
	if _, err := out.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	ip(t, "link", "add", "t-eth", "type", "veth", "peer", "name", "t-wire")
	t.Cleanup(func() { exec.Command("ip", "link", "delete", "t-eth").Run() })
	if links := read(t); links["t-eth"].Parent != links["t-wire"].Index {
		t.Errorf("its peer here: %+v", links["t-eth"])
	}
	ip(t, "link", "set", "t-wire", "netns", strconv.Itoa(away.Process.Pid))
	if parent := read(t)["t-eth"].Parent; parent != 0 {
		t.Errorf("its peer elsewhere: parent %d", parent)
	}
}

func TestCounters(t *testing.T) {
	lab.Require(t)
	before := read(t)["lo"]
	if out, err := exec.Command("bash", "-c", "printf %01000d 7 > /dev/udp/127.0.0.1/9").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	after := read(t)["lo"]
	if after.RxBytes < before.RxBytes+1000 || after.TxBytes < before.TxBytes+1000 {
		t.Errorf("1000 bytes later: %d, %d, before %d, %d", after.RxBytes, after.TxBytes, before.RxBytes, before.TxBytes)
	}
}

// While links come and go, a reading is whole (what stays is always there) or
// an error.
func TestReadWhileLinksChange(t *testing.T) {
	lab.Require(t)
	const stays = 60
	var names []model.Raw
	var batch strings.Builder
	for i := range stays {
		name := "s" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		names = append(names, model.Raw(name))
		batch.WriteString("link add " + name + " type bridge\n")
	}
	ipBatch(t, batch.String())
	t.Cleanup(func() {
		for _, name := range names {
			exec.Command("ip", "link", "delete", string(name)).Run()
		}
	})
	ctx, stop := context.WithCancel(t.Context())
	var churn sync.WaitGroup
	churn.Go(func() {
		turn := strings.Repeat("link add x-a type bridge\nlink add x-b type bridge\nlink delete x-a\nlink delete x-b\n", 50)
		for ctx.Err() == nil {
			command := exec.CommandContext(ctx, "ip", "-force", "-batch", "-")
			command.Stdin = strings.NewReader(turn)
			command.Run()
		}
		for _, name := range []string{"x-a", "x-b"} {
			exec.Command("ip", "link", "delete", name).Run()
		}
	})
	t.Cleanup(churn.Wait)
	t.Cleanup(stop)
	whole, torn := 0, 0
	for range 300 {
		reading, err := Read()
		links := reading.Links
		if err != nil {
			torn++
			continue
		}
		whole++
		for _, name := range names {
			if !slices.ContainsFunc(links, func(l model.Link) bool { return l.Name == name }) {
				t.Fatalf("a reading without an error lacks %s", name)
			}
		}
	}
	t.Logf("%d readings were whole, %d refused", whole, torn)
	if whole == 0 {
		t.Error("not one reading was whole")
	}
}

func TestWatch(t *testing.T) {
	lab.Require(t)
	defer goleak.VerifyNone(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	hints := Watch(ctx)
	// The socket opens in its own time: links are made until it is seen.
	seen := func() bool {
		ip(t, "link", "add", "t-new", "type", "bridge")
		ip(t, "link", "delete", "t-new")
		select {
		case <-hints:
			return true
		case <-time.After(4 * settle):
			return false
		}
	}
	tries := 1
	for ; !seen() && tries < 20; tries++ {
	}
	if tries == 20 {
		t.Fatal("no hint")
	}

	// A hundred changes are a few hints.
	ipBatch(t, strings.Repeat("link add t-new type bridge\nlink delete t-new\n", 50))
	count := 0
	for quiet := false; !quiet; {
		select {
		case <-hints:
			count++
		case <-time.After(10 * settle):
			quiet = true
		}
	}
	if count == 0 || count > 50 {
		t.Errorf("%d hints for 100 changes", count)
	}

	stop()
	for range hints { // until it is closed
	}
}

func read(t *testing.T) map[model.Raw]model.Link {
	t.Helper()
	reading, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[model.Raw]model.Link)
	for _, link := range reading.Links {
		byName[link.Name] = link
	}
	return byName
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

func ipBatch(t *testing.T, lines string) {
	t.Helper()
	command := exec.Command("ip", "-batch", "-")
	command.Stdin = strings.NewReader(lines)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("ip -batch: %v: %s", err, out)
	}
}

type ipLink struct {
	Index   int       `json:"ifindex"`
	Name    model.Raw `json:"ifname"`
	Address model.Raw `json:"address"`
}

// fromIP is what ip(8) says of all links.
func fromIP(t *testing.T) map[model.Raw]ipLink {
	t.Helper()
	out, err := exec.Command("ip", "-j", "link").Output()
	if err != nil {
		t.Fatal(err)
	}
	var links []ipLink
	if err := json.Unmarshal(out, &links); err != nil {
		t.Fatal(err)
	}
	byName := make(map[model.Raw]ipLink)
	for _, link := range links {
		byName[link.Name] = link
	}
	return byName
}

func index(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("/sys/class/net/" + name + "/ifindex")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// hold makes a TAP that lives as long as the file is open, like QEMU's bridge
// helper does.
func hold(t *testing.T, name string) *os.File {
	t.Helper()
	file, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(int(file.Fd()), unix.TUNSETIFF, request); err != nil {
		t.Fatal(err)
	}
	return file
}
