package backend

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

func TestMountsOf(t *testing.T) {
	mount := func(where model.Raw) model.Mount { return model.Mount{Unit: where + ".mount", Where: where} }
	directory := model.StateDir{Path: "/var/lib/microvms", Real: "/tank/vms"}
	all := []model.Mount{
		mount("/"), mount("/var"), mount("/var/lib/microvms"), mount("/var/lib/microvms/db/data"),
		mount("/var/lib/microvms2"), mount("/tank"), mount("/tank/vms/web"), mount("/tank2"), mount("/home"),
	}
	want := []model.Mount{
		mount("/var"), mount("/var/lib/microvms"), mount("/var/lib/microvms/db/data"), mount("/tank"), mount("/tank/vms/web"),
	}
	if diff := cmp.Diff(want, mountsOf(directory, all)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[:3], mountsOf(model.StateDir{Path: directory.Path}, all)); diff != "" {
		t.Error(diff)
	}
}

func TestJoinNetdevs(t *testing.T) {
	files := []model.Netdev{{Name: "br0", By: "/etc/systemd/network/br0.netdev"}}
	loaded := []model.Netdev{{Name: "br0", By: "br0-netdev.service"}, {Name: "vm-x", By: "vm-x-netdev.service"}}
	if diff := cmp.Diff([]model.Netdev{files[0], loaded[1]}, joinNetdevs(files, loaded)); diff != "" {
		t.Error(diff)
	}
}

func TestRunnersOf(t *testing.T) {
	systems := []model.System{
		{Kind: model.SystemLive, Declared: []model.Declaration{{Name: "a", Runner: "/nix/store/1"}, {Name: "b"}}},
		{Kind: model.SystemNewest, Declared: []model.Declaration{{Name: "a", Runner: "/nix/store/1"}, {Name: "c", Runner: "/nix/store/3"}}},
		{Kind: model.SystemGeneration, Declared: []model.Declaration{{Name: "a", Runner: "/nix/store/0"}, {Name: "d", Runner: "/nix/store/4"}}},
		{Kind: model.SystemGeneration, Declared: []model.Declaration{{Name: "d", Runner: "/nix/store/5"}}},
	}
	if diff := cmp.Diff([]model.Raw{"/nix/store/1", "/nix/store/3", "/nix/store/5"}, runnersOf(systems)); diff != "" {
		t.Error(diff)
	}
}

func TestFaults(t *testing.T) {
	f := &faults{}
	f.from(nil, model.SourceKeep)
	f.from(errors.New("torn\nin two"), model.SourceSystemd)
	if f.anyLate {
		t.Error("an error that came in time counts as late")
	}
	f.late(errors.New("no answer"), model.SourceProcesses, model.SourceUsage)
	want := []model.Fault{
		{Source: model.SourceSystemd, Error: "torn in two"},
		{Source: model.SourceProcesses, Error: "no answer"},
		{Source: model.SourceUsage, Error: "no answer"},
	}
	if diff := cmp.Diff(want, f.list); diff != "" || !f.anyLate {
		t.Error(diff)
	}
}
