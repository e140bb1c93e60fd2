package model_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/model"
)

func TestRawJSON(t *testing.T) {
	tests := []struct {
		raw  model.Raw
		json string
	}{
		{"db", `"db"`},
		{"", `""`},
		{"é", `"é"`},
		{"\uFFFD", `"` + "\uFFFD" + `"`},
		{"a\xffb", `"a\\xffb"`},
		{`a\b`, `"a\\\\b"`},
		{`\xff`, `"\\\\xff"`},
		{"\x1b[31m", `"\u001b[31m"`},
		{"\x00", `"\u0000"`},
	}
	for _, test := range tests {
		got, err := json.Marshal(test.raw)
		if err != nil || string(got) != test.json {
			t.Errorf("%q is written as %s, %v; want %s", string(test.raw), got, err, test.json)
		}
		var back model.Raw
		if err := json.Unmarshal(got, &back); err != nil || back != test.raw {
			t.Errorf("%s is read as %q, %v", got, string(back), err)
		}
	}
	for _, bad := range []string{`"\\"`, `"\\n"`, `"\\x"`, `"\\x1"`, `"\\xgg"`, `"\\x+1"`, `1`, `{}`} {
		var raw model.Raw
		if err := json.Unmarshal([]byte(bad), &raw); err == nil {
			t.Errorf("%s is read as %q without an error", bad, string(raw))
		}
	}
}

func TestRawEveryByte(t *testing.T) {
	for b := range 256 {
		roundTrip(t, model.Raw([]byte{byte(b)}))
		roundTrip(t, model.Raw([]byte{'\\', byte(b), 'x', byte(b), byte(b)}))
	}
}

func FuzzRawRoundTrip(f *testing.F) {
	for _, s := range []string{"", `\`, `\\x41`, "\xed\xa0\x80", "\u2028<>&", "a\xc3"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { roundTrip(t, model.Raw(b)) })
}

func roundTrip(t *testing.T, raw model.Raw) {
	t.Helper()
	data, err := json.Marshal(raw)
	if err != nil {
		t.Fatalf("write %q: %v", string(raw), err)
	}
	var back model.Raw
	if err := json.Unmarshal(data, &back); err != nil || back != raw {
		t.Fatalf("%q is written as %s and read as %q, %v", string(raw), data, string(back), err)
	}
}

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
