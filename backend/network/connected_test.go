package network

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/model"
)

// await looks until a condition holds, and says what was there last.
func await(t *testing.T, what string, condition func(links map[model.Raw]model.Link) bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		links := read(t)
		if condition(links) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s: %+v", what, links)
		}
	}
}

// A port is forwarding once something has the TAP open, and bridge(8) says so.
func TestBridgePort(t *testing.T) {
	lab.Require(t)
	ip(t, "link", "add", "t-br", "type", "bridge")
	ip(t, "link", "set", "t-br", "up")
	held := hold(t, "t-held")
	t.Cleanup(func() {
		held.Close()
		exec.Command("ip", "link", "delete", "t-br").Run()
	})
	ip(t, "link", "set", "t-held", "master", "t-br")
	if link := read(t)["t-held"]; link.PortState != "disabled" || link.Hairpin {
		t.Errorf("down: %+v", link)
	}
	ip(t, "link", "set", "t-held", "up")
	ip(t, "link", "set", "t-held", "type", "bridge_slave", "hairpin", "on")
	await(t, "the port to forward", func(links map[model.Raw]model.Link) bool {
		return links["t-held"].PortState == "forwarding" && links["t-held"].Hairpin
	})
	if out, err := exec.Command("bridge", "link", "show", "dev", "t-held").Output(); err != nil || !strings.Contains(string(out), "state forwarding") {
		t.Errorf("bridge says %q, %v", out, err)
	}
	if link := read(t)["t-br"]; link.PortState != "" {
		t.Errorf("a bridge is no port: %+v", link)
	}
}

// A macvlan has a mode as well: in passthru it takes its link from others.
func TestMacvlan(t *testing.T) {
	lab.Require(t)
	ip(t, "link", "add", "t-eth", "type", "veth", "peer", "name", "t-wire")
	t.Cleanup(func() { exec.Command("ip", "link", "delete", "t-eth").Run() })
	ip(t, "link", "add", "link", "t-eth", "name", "t-vlan", "type", "macvlan", "mode", "passthru")
	links := read(t)
	if l := links["t-vlan"]; l.Kind != "macvlan" || l.Mode != "passthru" || l.Parent != links["t-eth"].Index {
		t.Errorf("%+v", l)
	}
}

func TestAddresses(t *testing.T) {
	lab.Require(t)
	for _, name := range []string{"t-a", "t-b"} {
		ip(t, "tuntap", "add", name, "mode", "tap")
		t.Cleanup(func() { exec.Command("ip", "link", "delete", name).Run() })
		ip(t, "link", "set", name, "up")
	}
	ip(t, "address", "add", "fe80::1/64", "dev", "t-a", "nodad")
	ip(t, "address", "add", "169.254.3.4/16", "dev", "t-a")
	if link := read(t)["t-a"]; link.Addressed || link.Addresses != nil || link.Routed {
		t.Errorf("link-local addresses lead nowhere: %+v", link)
	}
	ip(t, "address", "add", "10.78.0.1", "peer", "10.78.0.2/32", "dev", "t-a")
	ip(t, "address", "add", "2001:db8::1/64", "dev", "t-a", "nodad")
	link := read(t)["t-a"]
	if want := []model.Raw{"10.78.0.1/32", "2001:db8::1/64"}; !link.Addressed || !slices.Equal(link.Addresses, want) {
		t.Errorf("%+v, want %v", link, want)
	}
	if link := read(t)["t-b"]; link.Addressed || link.Addresses != nil {
		t.Errorf("%+v", link)
	}
}

// A TAP without an address that a route leads to is connected.
func TestRoutes(t *testing.T) {
	lab.Require(t)
	ip(t, "link", "add", "t-br", "type", "bridge")
	t.Cleanup(func() { exec.Command("ip", "link", "delete", "t-br").Run() })
	for _, name := range []string{"t-four", "t-six", "t-multi", "t-other", "t-none", "t-port"} {
		ip(t, "tuntap", "add", name, "mode", "tap")
		t.Cleanup(func() { exec.Command("ip", "link", "delete", name).Run() })
		ip(t, "link", "set", name, "up")
	}
	ip(t, "route", "add", "10.79.0.2/32", "dev", "t-four")
	ip(t, "-6", "route", "add", "2001:db8:79::2/128", "dev", "t-six")
	ip(t, "route", "add", "10.79.1.0/24", "nexthop", "dev", "t-multi", "nexthop", "dev", "t-four")
	ip(t, "route", "add", "10.79.2.0/24", "dev", "t-other", "table", "79")
	ip(t, "-6", "route", "add", "fe80:79::/64", "dev", "t-none")
	ip(t, "route", "add", "10.79.3.0/24", "dev", "t-port")
	ip(t, "link", "set", "t-port", "master", "t-br")
	links := read(t)
	for name, want := range map[model.Raw]bool{
		"t-four": true, "t-six": true, "t-multi": true, "t-other": false, "t-none": false, "t-port": false, "lo": false,
	} {
		if got := links[name].Routed; got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}

// Beyond the limit no TAP is taken for one that leads nowhere.
func TestTooManyRoutes(t *testing.T) {
	lab.Require(t)
	ip(t, "tuntap", "add", "t-none", "mode", "tap")
	ip(t, "tuntap", "add", "t-many", "mode", "tap")
	t.Cleanup(func() {
		for _, name := range []string{"t-none", "t-many"} {
			exec.Command("ip", "link", "delete", name).Run()
		}
	})
	ip(t, "link", "set", "t-many", "up")
	var batch strings.Builder
	for i := range maxRoutes + 1 {
		batch.WriteString("route add 10." + strings.Join([]string{digits(i >> 16), digits(i >> 8), digits(i)}, ".") + "/32 dev t-many\n")
	}
	if read(t)["t-none"].Routed {
		t.Error("routed, with nothing but a few routes on the host")
	}
	ipBatch(t, batch.String())
	if links := read(t); !links["t-none"].Routed || !links["t-many"].Routed {
		t.Errorf("%+v", links)
	}
}

func TestNeighbours(t *testing.T) {
	lab.Require(t)
	ip(t, "link", "add", "t-br", "type", "bridge")
	t.Cleanup(func() { exec.Command("ip", "link", "delete", "t-br").Run() })
	ip(t, "link", "set", "t-br", "up")
	ip(t, "address", "add", "10.80.0.1/24", "dev", "t-br")
	ip(t, "neighbour", "add", "10.80.0.2", "lladdr", "02:00:00:00:80:02", "dev", "t-br", "nud", "permanent")
	ip(t, "neighbour", "add", "2001:db8:80::2", "lladdr", "02:00:00:00:80:02", "dev", "t-br", "nud", "stale")
	ip(t, "neighbour", "add", "10.80.0.3", "dev", "t-br", "nud", "none")
	ip(t, "neighbour", "add", "10.80.0.4", "lladdr", "02:00:00:00:80:04", "dev", "t-br", "nud", "noarp")
	reading, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	index := 0
	for _, link := range reading.Links {
		if link.Name == "t-br" {
			index = link.Index
		}
	}
	var got []model.Neighbour
	for _, n := range reading.Neighbours {
		if n.Link == index {
			got = append(got, n)
		}
	}
	slices.SortFunc(got, func(a, b model.Neighbour) int { return strings.Compare(string(a.IP), string(b.IP)) })
	want := []model.Neighbour{
		{Link: index, MAC: "02:00:00:00:80:02", IP: "10.80.0.2", State: "permanent"},
		{Link: index, MAC: "02:00:00:00:80:02", IP: "2001:db8:80::2", State: "stale"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Messages that are cut off tell nothing, and break nothing.
func TestMessagesCutOff(t *testing.T) {
	route := make([]byte, 60)
	copy(route, []byte{2, 32, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0, 20, 0, 9, 0, 16, 0, 0, 0, 7, 0, 0, 0})
	if got := parseRoute(route[:32]); !slices.Equal(got, []int{7}) {
		t.Errorf("whole: %v", got)
	}
	for size := range route {
		parseRoute(route[:size])
		parseNeighbour(route[:size])
		parseAddress(route[:size])
		parseNextHops(route[12:max(12, size)])
	}
}

func digits(n int) string { return strconv.Itoa(n & 0xff) }
