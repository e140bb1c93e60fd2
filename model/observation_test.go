package model_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/model"
)

// A recorded observation gives the same inventory as the one that was read.
func TestObservationRoundTrip(t *testing.T) {
	h := newHost().declared("db").running("db").imperative("api").deployed("web").undeclared("gone").
		manual("h\xffnd").fault(model.SourceUsage).keep(model.KindVM, "api").unmounted("/srv").autostart("later")
	h.macvtap("mv0").Name = "mv\x1b0"
	h.dir("gone").Strange = []model.Raw{`flake\is a fifo`}
	h.o.Netdevs = []model.Netdev{{Name: "vpn", By: "/etc/systemd/network/vpn.netdev"}}
	h.o.Usage = []model.Usage{{Unit: "microvm@db.service", CPUUsec: ptr(uint64(7))}}
	h.main("db", "active", "running").Job = &model.Job{ID: 1, Type: "stop"}

	data, err := json.Marshal(h.o)
	if err != nil {
		t.Fatal(err)
	}
	var back model.Observation
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(h.o, back); diff != "" {
		t.Errorf("observation changed by writing and reading (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(model.Interpret(h.o), model.Interpret(back), cmpopts.IgnoreUnexported(model.Inventory{})); diff != "" {
		t.Errorf("inventory differs (-before +after):\n%s", diff)
	}
}
