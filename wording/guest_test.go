package wording

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
	"microtui/model/text"
)

// TestGuestTraits: what a runner does not name is not spoken of.
func TestGuestTraits(t *testing.T) {
	memory, cpus, cid := uint64(3<<30), uint32(4), uint32(7)
	for name, test := range map[string]struct {
		runner *model.Runner
		want   []Trait
	}{
		"not read": {nil, nil},
		"nothing":  {&model.Runner{}, nil},
		"all of it": {&model.Runner{
			VsockCID: &cid, PCI: []model.Raw{"0000:01:00.0", "0000:02:00.0"}, Bin: []model.Raw{"microvm-run", "microvm-register"},
			Guest: &model.GuestConfig{Memory: &memory, VCPUs: &cpus, USB: []model.Raw{"vendorid=0x1d6b"},
				NineP:       []model.NineP{{Tag: "ro-store", Source: "/nix/store", ReadOnly: true}, {Tag: "home", Source: "/srv/home"}},
				Forwards:    []model.Forward{{Protocol: "tcp", HostPort: "127.0.0.1:2222", GuestPort: ":22"}},
				Credentials: []model.Credential{{Name: "key", File: "/run/secrets/key"}, {Name: "token"}}},
		}, []Trait{
			{"configured memory", []text.SafeText{"3.0G"}},
			{"vCPUs", []text.SafeText{"4"}},
			{"vsock CID", []text.SafeText{"7"}},
			{"PCI devices", []text.SafeText{"0000:01:00.0", "0000:02:00.0"}},
			{"USB devices", []text.SafeText{"vendorid=0x1d6b"}},
			{"9p shares", []text.SafeText{"ro-store from /nix/store, read-only", "home from /srv/home"}},
			{"forwarded", []text.SafeText{"tcp port 127.0.0.1:2222 to guest port :22"}},
			{"credentials", []text.SafeText{"key from /run/secrets/key", "token, on the command line"}},
			{"machined", []text.SafeText{"registered with systemd-machined"}},
		}},
	} {
		if diff := cmp.Diff(test.want, GuestTraits(test.runner)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}
