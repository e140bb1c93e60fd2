package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

// image is a volume as it was looked at; change puts in what makes it special.
func (h *host) image(path model.Raw, change func(*model.VolumeFile)) *host {
	v := model.VolumeFile{Path: path}
	change(&v)
	h.o.VolumeFiles = append(h.o.VolumeFiles, v)
	return h
}

// volume gives a VM's runner an image.
func (h *host) volume(vm, image model.Raw, readOnly bool) *host {
	r := h.runner(vm)
	r.Volumes = append(r.Volumes, image)
	if readOnly {
		r.ReadOnlyVolumes = append(r.ReadOnlyVolumes, image)
	}
	return h
}

func isFile(ino uint64) func(*model.VolumeFile) {
	return func(v *model.VolumeFile) {
		v.Exists, v.Type, v.ID = true, "file", model.FileID{Dev: 1, Ino: ino}
		v.Folder, v.Name = model.FileID{Dev: 1, Ino: 9000}, "x.img"
	}
}

func toBe(folder uint64, name model.Raw) func(*model.VolumeFile) {
	return func(v *model.VolumeFile) { v.Folder, v.Name = model.FileID{Dev: 1, Ino: folder}, name }
}

func device(number uint64, behind model.FileID) func(*model.VolumeFile) {
	return func(v *model.VolumeFile) {
		v.Exists, v.Type, v.ID, v.Device, v.Behind = true, "device", model.FileID{Dev: 5, Ino: 100 + uint64(len(v.Path))}, number, behind
	}
}

// One disk is one disk for preflight and doctor alike, by whatever names two
// VMs have it.
func TestOneDisk(t *testing.T) {
	const web, shop model.Raw = "/srv/img/web.img", "../other/shop.img"
	const full = stateDir + "/shop/" + "../other/shop.img"
	for name, test := range map[string]struct {
		web, shop func(*model.VolumeFile) // nil: it was not looked at
		readOnly  bool                    // both only read it
		one       bool
	}{
		"one file":                        {isFile(7), isFile(7), false, true},
		"one file that both only read":    {isFile(7), isFile(7), true, false},
		"two files":                       {isFile(7), isFile(8), false, false},
		"one image that is to be made":    {toBe(3, "a.img"), toBe(3, "a.img"), false, true},
		"two images that are to be made":  {toBe(3, "a.img"), toBe(3, "b.img"), false, false},
		"one is there, one is to be made": {isFile(7), toBe(9000, "y.img"), false, false},
		"one device by two nodes":         {device(0x801, model.FileID{}), device(0x801, model.FileID{}), false, true},
		"two devices":                     {device(0x801, model.FileID{}), device(0x802, model.FileID{}), false, false},
		"a file and its loop device":      {isFile(7), device(0x700, model.FileID{Dev: 1, Ino: 7}), false, true},
		"not looked at, other names":      {nil, nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost().declared("web").declared("shop").volume("web", web, test.readOnly).volume("shop", shop, test.readOnly).running("web")
			if test.web != nil {
				h.image(web, test.web).image(full, test.shop)
			}
			found := model.Preflight(h.inventory(), "shop")
			if !test.one {
				if len(found) != 0 {
					t.Errorf("%+v", found)
				}
				return
			}
			if want := []model.Conflict{{Kind: model.ConflictVolume, What: shop, Other: "web"}}; !slices.Equal(found, want) {
				t.Errorf("%+v, want %+v", found, want)
			}
		})
	}
	for name, up := range map[string]func(*host){
		"starting": func(h *host) { h.main("web", "activating", "start-pre") },
		"outside":  func(h *host) { h.looseProcess("microvm@web", "web") },
		"off":      func(*host) {},
	} {
		h := newHost().declared("web").declared("shop").volume("web", web, false).volume("shop", shop, false).image(web, isFile(7)).image(full, isFile(7))
		up(h)
		if found := model.Preflight(h.inventory(), "shop"); len(found) != map[string]int{"starting": 1, "outside": 1}[name] {
			t.Errorf("%s: %+v", name, found)
		}
	}
	same := newHost().declared("web").declared("shop").volume("web", "/srv/img/../img/x.img", false).volume("shop", "/srv/img/x.img", false).running("web")
	if found := model.Preflight(same.inventory(), "shop"); len(found) != 1 {
		t.Errorf("not looked at, one path: %+v", found)
	}
}

// What a unit binds to another place is looked for there, and is that for the
// comparison, too.
func TestOneDiskByBindPaths(t *testing.T) {
	h := newHost().declared("web").declared("shop").volume("web", "/srv/img/x.img", false).volume("shop", "/data/x.img", false).running("web")
	h.o.UnitSettings = []model.UnitSettings{{Name: "microvm@shop.service", BindPaths: []model.BindMount{{Source: "/srv", Destination: "/data"}, {Source: "/srv/img", Destination: "/data/"}}}}
	if named := model.PathsOf(&h.o); !slices.Equal(named.Volumes, []model.Raw{"/srv/img/x.img"}) || !slices.Contains(named.Places, "/srv/img") {
		t.Errorf("%+v", named)
	}
	if found := model.Preflight(h.inventory(), "shop"); len(found) != 1 || found[0].Kind != model.ConflictVolume {
		t.Errorf("%+v", found)
	}
}

// A directory that another VM's files lie in is no orphan, whatever leads
// there; its purge is refused, and both name the VM and the path.
func TestUsedByOthers(t *testing.T) {
	webID := func(h *host) []model.FileID { return []model.FileID{h.dir("web").ID} }
	through := func(h *host) func(*model.VolumeFile) {
		return func(v *model.VolumeFile) { v.Exists, v.ID, v.Through = true, model.FileID{Dev: 1, Ino: 77}, webID(h) }
	}
	const orphan, suspect, unclear = model.VerdictOrphan, model.VerdictSuspect, model.VerdictUnclear
	for name, test := range map[string]struct {
		change func(*host)
		want   model.Verdict
		says   string
	}{
		"nothing":                     {func(h *host) { h.declared("shop") }, orphan, ""},
		"its volume, by its path":     {func(h *host) { h.declared("shop").volume("shop", stateDir+"/web/data.img", false) }, suspect, "volume " + stateDir + "/web/data.img of shop"},
		"relative":                    {func(h *host) { h.declared("shop").volume("shop", "../web/data.img", false) }, suspect, "volume ../web/data.img of shop"},
		"by links":                    {func(h *host) { h.declared("shop").volume("shop", "/srv/x.img", false).image("/srv/x.img", through(h)) }, suspect, "volume /srv/x.img of shop"},
		"that it only reads":          {func(h *host) { h.declared("shop").volume("shop", "/srv/x.img", true).image("/srv/x.img", through(h)) }, suspect, "/srv/x.img"},
		"a name that only looks like": {func(h *host) { h.declared("shop").volume("shop", stateDir+"/web2/data.img", false) }, orphan, ""},
		"a share": {func(h *host) {
			h.declared("shop")
			h.runner("shop").Shares = []model.Share{{Tag: "a", Source: stateDir + "/web/persist"}}
		}, suspect, "share " + stateDir + "/web/persist of shop"},
		"a share by links": {func(h *host) {
			h.declared("shop")
			h.runner("shop").Shares = []model.Share{{Tag: "a", Source: "/srv/p"}}
			h.o.ShareSources = []model.ShareSource{{Path: "/srv/p", Exists: true, Way: model.Way{Through: webID(h)}}}
		}, suspect, "share /srv/p of shop"},
		"a share that holds all": {func(h *host) {
			h.declared("shop")
			h.runner("shop").Shares = []model.Share{{Tag: "a", Source: "/var/lib"}}
		}, unclear, "share /var/lib of shop contains"},
		"a share that holds all, by links": {func(h *host) {
			h.declared("shop")
			h.runner("shop").Shares = []model.Share{{Tag: "a", Source: "/srv/all"}}
			h.o.StateDir.Above = []model.FileID{{Dev: 1, Ino: 1}}
			h.o.ShareSources = []model.ShareSource{{Path: "/srv/all", Exists: true, ID: model.FileID{Dev: 1, Ino: 1}}}
		}, unclear, "share /srv/all of shop contains"},
		"a path in a script": {func(h *host) {
			h.declared("shop")
			h.runner("shop").NamedPaths = []model.Raw{stateDir + "/web/persist"}
		}, suspect, "path " + stateDir + "/web/persist of shop"},
		"a link in a directory": {func(h *host) {
			h.declared("shop")
			h.dir("shop").Files = []model.File{{Name: "slot", Type: "link"}}
			h.o.Places = []model.Place{{Path: stateDir + "/shop/slot", Way: model.Way{Through: webID(h)}}}
		}, suspect, "path slot of shop"},
		"current itself": {func(h *host) {
			h.imperative("shop")
			h.dir("shop").Current.Target = "../web/current"
			h.o.Places = []model.Place{{Path: stateDir + "/shop/current", Way: model.Way{Through: webID(h)}}}
		}, suspect, "path current of shop"},
		"a link beside the directories": {func(h *host) {
			h.o.StateDir.Other = []model.File{{Name: "shop", Type: "link"}}
			h.o.Places = []model.Place{{Path: stateDir + "/shop", Way: model.Way{Through: webID(h)}}}
		}, suspect, "path shop of shop"},
		"by a VM that was never installed": {func(h *host) {
			h.declare(model.SystemLive, 0, configOf("shop")).volume("shop", stateDir+"/web/d.img", false)
		}, suspect, "of shop"},
		"by an imperative VM": {func(h *host) { h.imperative("shop").volume("shop", stateDir+"/web/d.img", false) }, suspect, "of shop"},
		"by a kept VM": {func(h *host) {
			h.undeclared("shop").keep(model.KindVM, "shop").volume("shop", stateDir+"/web/d.img", false)
		}, suspect, "of shop"},
		"by an old runner": {func(h *host) {
			h.deployed("shop")
			h.runnerAt(runnerOf("shop")+"-old", "shop").Volumes = []model.Raw{stateDir + "/web/d.img"}
		}, suspect, "the runner of old of shop"},
		"by another orphan": {func(h *host) {
			h.undeclared("shop").declared("x").declared("y").declared("z").volume("shop", stateDir+"/web/d.img", false)
		}, orphan, ""},
		"by what is bound": {func(h *host) {
			h.declared("shop")
			h.o.UnitSettings = []model.UnitSettings{{Name: "microvm@shop.service", BindPaths: []model.BindMount{{Source: stateDir + "/web/data", Destination: "/data"}}}}
		}, suspect, "a drop-in"},
		"a path that could not be followed": {func(h *host) {
			h.declared("shop").volume("shop", "/root/x.img", false).image("/root/x.img", func(v *model.VolumeFile) { v.Fault = "permission denied" })
		}, unclear, "where volume /root/x.img of shop is"},
		"a path on another machine": {func(h *host) {
			h.declared("shop").volume("shop", "/nas/x.img", false).image("/nas/x.img", func(v *model.VolumeFile) { v.Fault, v.Remote = "on nfs4", true })
		}, orphan, ""},
		"its own": {func(h *host) { h.declared("shop").volume("web", "data.img", false) }, orphan, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost().undeclared("web").declared("other")
			test.change(h)
			vm := h.vm(t, "web")
			evidence := joinRaw(vm.Evidence)
			if vm.Verdict != test.want || !strings.Contains(evidence, test.says) {
				t.Errorf("%s: %s", vm.Verdict, evidence)
			}
			p := model.PlanPurge(h.inventory(), []model.Raw{"web"}, model.PurgeOptions{})
			refused := len(p.Refused) == 1 && strings.Contains(string(p.Refused[0].Reason), "is in its directory")
			if refused != (test.want == suspect) {
				t.Errorf("purge: %+v", p.Refused)
			}
			if test.want == unclear && (len(p.Items) != 1 || !strings.Contains(joinRaw(p.Items[0].Cautions), test.says) || p.Items[0].ConfirmWord == "") {
				t.Errorf("purge: %+v", p)
			}
			cleaned := slices.ContainsFunc(model.PlanCleanUp(h.inventory(), model.CleanUpOptions{Data: true}).Items, func(i model.Item) bool { return i.Ref.Name == "web" })
			if cleaned != (test.want == orphan) {
				t.Errorf("clean-up takes it: %t", cleaned)
			}
		})
	}
}

func joinRaw(all []model.Raw) string {
	words := make([]string, len(all))
	for i, text := range all {
		words[i] = string(text)
	}
	return strings.Join(words, "; ")
}

// A directory that holds no VM, but another VM's files, says whose, and is not
// purged.
func TestLooseDirectoryInUse(t *testing.T) {
	h := newHost().imperative("shop").volume("shop", "slot.img", false)
	h.directory("states", 0).Current = nil
	h.image(stateDir+"/shop/slot.img", func(v *model.VolumeFile) {
		v.Exists, v.ID, v.Through = true, model.FileID{Dev: 1, Ino: 5}, []model.FileID{h.dir("shop").ID, h.dir("states").ID}
	})
	for _, l := range h.inventory().Leftovers {
		if l.Ref.Name == "states" && !strings.Contains(joinRaw(l.Evidence), "volume slot.img of shop is in its directory") {
			t.Errorf("%q", l.Evidence)
		}
	}
	p := model.PlanPurge(h.inventory(), []model.Raw{"states"}, model.PurgeOptions{})
	if len(p.Refused) != 1 || !strings.Contains(string(p.Refused[0].Reason), "shop's volume slot.img") {
		t.Errorf("%+v", p)
	}
	// What becomes used between the plan and its step stops that.
	h.o.VolumeFiles[0].Through = nil
	planned := model.PlanPurge(h.inventory(), []model.Raw{"states"}, model.PurgeOptions{})
	step := step(t, planned, model.StepQuarantine)
	h.o.VolumeFiles[0].Through = []model.FileID{h.dir("states").ID}
	if now := h.inventory().Now(step, model.FactUsed); now != "shop's volume slot.img" {
		t.Errorf("%q", now)
	}
}

// An interface that no list has is wanted all the same by whoever names it.
func TestNamedInterfaces(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*host)
		want   model.Verdict
	}{
		"nobody":   {func(h *host) {}, model.VerdictOrphan},
		"a script": {func(h *host) { h.runner("web").NamedInterfaces = []model.Raw{"lab0"} }, model.VerdictKept},
		"a script of an old runner": {func(h *host) {
			h.deployed("up")
			h.runnerAt(runnerOf("up")+"-old", "up").NamedInterfaces = []model.Raw{"lab0"}
		}, model.VerdictKept},
		"a macvtap that is opened":    {func(h *host) { h.runner("web").MacvtapOpens = []model.Raw{"lab0"} }, model.VerdictKept},
		"a leftover's script":         {func(h *host) { h.undeclared("gone"); h.runner("gone").NamedInterfaces = []model.Raw{"lab0"} }, model.VerdictUnclear},
		"a script that does not tell": {func(h *host) { h.runner("web").Unparsed = "it becomes no command" }, model.VerdictUnclear},
		"a leftover's that does not":  {func(h *host) { h.undeclared("gone"); h.runner("gone").Unparsed = "it becomes no command" }, model.VerdictOrphan},
		"a unit of the host":          {func(h *host) { h.o.Netdevs = []model.Netdev{{Name: "lab0", By: "lab.service"}} }, model.VerdictForeign},
		"a unit that does not tell":   {func(h *host) { h.o.Netdevs = []model.Netdev{{By: "lab.service"}} }, model.VerdictUnclear},
		"a VM in another namespace":   {func(h *host) { h.runner("web").Taps = []model.Raw{"lab0"}; h.inNamespace("web", "/run/netns/a") }, model.VerdictUnclear},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost().declared("web")
			h.tap("lab0")
			test.change(h)
			if got := h.verdicts()["tap lab0"]; got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func (h *host) inNamespace(vm, path model.Raw) *host {
	for _, role := range []model.Role{model.RoleVM, model.RoleTap} {
		h.o.UnitSettings = append(h.o.UnitSettings, model.UnitSettings{Name: model.UnitName(role, vm), NetworkNamespacePath: path})
	}
	return h
}

// Two VMs with one runner meet in one network namespace only.
func TestNetworkNamespaces(t *testing.T) {
	twins := func() *host {
		h := newHost().imperative("a").imperative("b").running("a")
		h.dir("b").Current.Target = runnerOf("a")
		h.runner("a").MACs = []model.Raw{"02:00:00:00:00:01"}
		return h
	}
	both := []model.ConflictKind{model.ConflictInterface, model.ConflictMAC}
	for name, test := range map[string]struct {
		change func(*host)
		want   []model.ConflictKind
	}{
		"the host's":   {func(*host) {}, both},
		"one each":     {func(h *host) { h.inNamespace("a", "/run/netns/a").inNamespace("b", "/run/netns/b") }, nil},
		"one has one":  {func(h *host) { h.inNamespace("b", "/run/netns/b") }, nil},
		"one for both": {func(h *host) { h.inNamespace("a", "/run/netns/x").inNamespace("b", "/run/netns/x/") }, both},
		"by the template, one each": {func(h *host) {
			h.o.UnitSettings = []model.UnitSettings{{Name: "microvm@.service", NetworkNamespacePath: "/run/netns/%i"}, {Name: "microvm-tap-interfaces@.service", NetworkNamespacePath: "/run/netns/%i"}}
		}, nil},
		"private, joined with one unit": {func(h *host) {
			h.o.UnitSettings = []model.UnitSettings{{Name: "microvm@.service", PrivateNetwork: true, JoinsNamespaceOf: []model.Raw{"net.service"}}, {Name: "microvm-tap-interfaces@.service", PrivateNetwork: true, JoinsNamespaceOf: []model.Raw{"net.service"}}}
		}, both},
		"private": {func(h *host) {
			h.o.UnitSettings = []model.UnitSettings{{Name: "microvm@.service", PrivateNetwork: true}, {Name: "microvm-tap-interfaces@.service", PrivateNetwork: true, JoinsNamespaceOf: []model.Raw{"microvm@%i.service"}}}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := twins()
			test.change(h)
			var kinds []model.ConflictKind
			for _, c := range model.Preflight(h.inventory(), "b") {
				kinds = append(kinds, c.Kind)
			}
			if diff := cmp.Diff(test.want, kinds); diff != "" {
				t.Error(diff)
			}
			own := h.vm(t, "b").Interfaces[0]
			if elsewhere := len(h.o.UnitSettings) > 0; elsewhere != (own.Present == nil && own.Namespace != "") {
				t.Errorf("%+v", own)
			}
		})
	}
}

// A purge names the shares that stay where they are.
func TestPurgeLeavesShares(t *testing.T) {
	h := newHost().imperative("web")
	h.runner("web").Shares = []model.Share{{Tag: "a", Source: "/srv/media"}, {Tag: "b", Source: "persist"}, {Tag: "c", Source: "/nix/store"}, {Tag: "d", Source: stateDir + "/web/x"}}
	p := model.PlanPurge(h.inventory(), []model.Raw{"web"}, model.PurgeOptions{})
	if want := []model.Raw{"share /srv/media: it is outside its directory"}; !slices.Equal(p.Items[0].Left, want) {
		t.Errorf("%q", p.Items[0].Left)
	}
}
