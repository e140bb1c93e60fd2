package network

import (
	"errors"
	"os"
	"strconv"
	"testing"

	"microtui/lab"
	"microtui/model"
)

// TestDelete: what is deleted has the index, the name and the kind that were
// decided on, and is a guest's.
func TestDelete(t *testing.T) {
	lab.Require(t)
	ip(t, "tuntap", "add", "d-tap", "mode", "tap")
	ip(t, "tuntap", "add", "d-tun", "mode", "tun")
	ip(t, "link", "add", "d-br", "type", "bridge")
	ip(t, "link", "add", "d-eth", "type", "veth", "peer", "name", "d-wire")
	ip(t, "link", "add", "link", "d-eth", "name", "d-mv", "type", "macvtap", "mode", "bridge")
	at := func(name string) int {
		n, err := strconv.Atoi(index(t, name))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	old := at("d-tap")
	ip(t, "link", "delete", "d-tap")
	ip(t, "tuntap", "add", "d-tap", "mode", "tap") // made anew
	for _, test := range []struct {
		name    model.Raw
		index   int
		kind    string
		deleted bool
		err     error
	}{
		{"d-tap", old, "tun", false, nil}, // it is gone already
		{"d-tap", 1 << 20, "tun", false, nil},
		{"d-tap", at("d-mv"), "tun", false, model.ErrStale},
		{"d-mv", at("d-mv"), "tun", false, model.ErrStale},
		{"d-tun", at("d-tun"), "tun", false, model.ErrRefused},
		{"d-br", at("d-br"), "bridge", false, model.ErrRefused},
		{"d-wire", at("d-wire"), "veth", false, model.ErrRefused},
		{"lo", 1, "", false, model.ErrRefused},
		{"d-tap", at("d-tap"), "tun", true, nil},
		{"d-mv", at("d-mv"), "macvtap", true, nil},
	} {
		deleted, err := Delete(test.name, test.index, test.kind)
		if deleted != test.deleted || !errors.Is(err, test.err) || (err != nil) != (test.err != nil) {
			t.Errorf("%s, %d, %s: %v, %v", test.name, test.index, test.kind, deleted, err)
		}
	}
	for name, there := range map[string]bool{"d-tap": false, "d-mv": false, "d-tun": true, "d-br": true, "d-wire": true, "d-eth": true} {
		if _, err := os.Stat("/sys/class/net/" + name); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"d-tun", "d-br", "d-eth"} {
		ip(t, "link", "delete", name)
	}
}
