package cli

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/backend/demo"
	"microtui/lab/seeds"
	"microtui/model"
)

// maskedNames are names that stand in the way of masking: words of NixOS's and
// microvm.nix's own, parts of each other, and what no VM made by them has.
var maskedNames = []model.Raw{
	"acme-web", "acme-web-2", "web", "store", "microvm", "current", "booted-web", "template-web",
	"a", "1", "é", "a b", "-rf", "nixhost", "system", "x\x1b[31m", "\xff",
}

var maskedMoves = []func(h *demo.Host, name model.Raw, r *rand.Rand){
	func(h *demo.Host, name model.Raw, r *rand.Rand) {
		h.Declare(name, demo.DeclaredAs(r.IntN(2)), r.IntN(2) == 0)
	},
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Undeclare(name) },
	func(h *demo.Host, _ model.Raw, _ *rand.Rand) { h.Switch() },
	func(h *demo.Host, _ model.Raw, _ *rand.Rand) { h.Switch() },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Create(name) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Deploy(name) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Start(name) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Start(name) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Stop(name) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Remove(name) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.RunOutside(name, 1000) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.CrashLoop(name, time.Second, 3) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Keep(model.KindVM, name, "for "+name) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.DeclareInSpecialisation("night", name) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Edit(name, true) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Update(name) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.NetworkdTap(name, false) },
	func(h *demo.Host, name model.Raw, _ *rand.Rand) { h.Dataset(name) },
	func(h *demo.Host, _ model.Raw, _ *rand.Rand) { h.PowerLoss() },
	func(h *demo.Host, _ model.Raw, _ *rand.Rand) { h.Unmount() },
	func(h *demo.Host, _ model.Raw, _ *rand.Rand) { h.CollectGarbage() },
}

// what is what must not change: the meaning of a host, without its names.
type what struct {
	Name       string
	Verdict    model.Verdict
	State      model.State
	Origin     model.Origin
	Freshness  model.Freshness
	RemovedIn  *int
	Hypervisor string
	Evidence   int
	Interfaces []bool // which are there
	Units      int
	Volumes    []bool // whose size is known
	Bytes      *uint64
}

func meaning(i model.Inventory, m *mask) []what {
	var all []what
	for _, vm := range i.VMs {
		w := what{
			Name: m.name(string(vm.Name)), Verdict: vm.Verdict, State: vm.State, Origin: vm.Origin, Freshness: vm.Freshness,
			RemovedIn: vm.RemovedIn, Hypervisor: vm.Hypervisor, Evidence: len(vm.Evidence), Units: len(vm.Units),
		}
		for _, link := range vm.Interfaces {
			w.Interfaces = append(w.Interfaces, link.Present != nil && *link.Present, link.Master != "", link.MAC != "")
		}
		for _, volume := range vm.Volumes {
			w.Volumes = append(w.Volumes, volume.Size != nil)
		}
		all = append(all, w)
	}
	for _, l := range i.Leftovers {
		all = append(all, what{
			Name: string(l.Ref.Kind) + " " + m.address(string(l.Ref.Name)), Verdict: l.Verdict, Evidence: len(l.Evidence), Bytes: l.Bytes,
		})
	}
	slices.SortFunc(all, func(a, b what) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func TestMaskedHostMeansTheSame(t *testing.T) {
	seed := seeds.For(t)
	vms, leftovers := 0, 0
	for history := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, history))
		h := demo.NewHost(demo.Settings{Seed: history, Place: demo.StateDirPlace(r.IntN(3))})
		for _, name := range maskedNames {
			h.Write(demo.Guest{Name: name, Taps: []model.Raw{"vm-" + name[:min(len(name), 12)]}, Volumes: []model.Raw{name, "data.img"}})
		}
		for range 60 {
			maskedMoves[r.IntN(len(maskedMoves))](h, maskedNames[r.IntN(len(maskedNames))], r)
		}
		seen := h.Observe()
		m, hidden, err := maskOf(seen)
		if err != nil {
			t.Fatal(err)
		}
		original, again := model.Interpret(seen), model.Interpret(hidden)
		if diff := cmp.Diff(meaning(original, m), meaning(again, &mask{})); diff != "" {
			t.Fatalf("seed %d, history %d (-original +masked):\n%s", seed, history, diff)
		}
		vms, leftovers = vms+len(original.VMs), leftovers+len(original.Leftovers)
		text, err := json.Marshal(hidden)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"acme", "nixhost", `a b"`, `\xff`, "[31m"} {
			if strings.Contains(string(text), secret) {
				t.Fatalf("seed %d, history %d: %q is still there", seed, history, secret)
			}
		}
	}
	if vms < 300 || leftovers < 100 {
		t.Errorf("only %d VMs and %d leftovers were compared", vms, leftovers)
	}
}

func TestMaskingChangesNothingElsewhere(t *testing.T) {
	h := demo.New(1)
	before, err := json.Marshal(h.Observe())
	if err != nil {
		t.Fatal(err)
	}
	seen := h.Observe()
	if _, err := masked(seen); err != nil {
		t.Fatal(err)
	}
	after, err := json.Marshal(seen)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(before), string(after)); diff != "" {
		t.Error("masking a copy changed the original:\n", diff)
	}
}

// What the doctor asks about names VMs, and addresses, as well.
func TestMaskedStorageAndAddresses(t *testing.T) {
	o := model.Observation{
		Host: model.Host{Name: "nixhost"},
		StateDir: model.StateDir{
			Path: "/vms", Real: "/tank/vms", Elsewhere: []model.Raw{"acme-old"},
			Directories: []model.Directory{{Name: "acme"}},
		},
		Links: []model.Link{
			{Name: "lo", Addresses: []model.Raw{"127.0.0.1/8", "::1/128"}},
			{Name: "acme-br", MAC: "5e:00:00:00:00:01", Addresses: []model.Raw{"10.7.0.1/24", "fd00:acce::1/64"}},
		},
		Neighbours:   []model.Neighbour{{Link: 2, MAC: "5e:00:00:00:00:02", IP: "10.7.0.12", State: "stale"}},
		ShareSources: []model.ShareSource{{Path: "/vms/acme/home", Real: "/tank/vms/acme/home", Fault: "look at /vms/acme/home: permission denied", Links: []model.SourceLink{{Path: "/vms/acme/home", Target: "/tank/vms/acme/home"}}}},
		VolumeFiles:  []model.VolumeFile{{Path: "/vms/acme/acme.img"}},
		SecretStores: []model.SecretStore{{Link: "/run/secrets", Folder: "/run/secrets.d"}},
		OtherRoots:   []model.GCRoot{{Name: "vm-acme.aaa", Target: "/vms/acme/current"}},
		Processes:    []model.Process{{PID: 7, Argv0: "virtiofsd", Serves: &model.Served{Source: "/vms/acme/home", Socket: "acme-virtiofs-home.sock", Path: "/vms/acme/home"}}},
	}
	hidden, err := masked(o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(hidden)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"acme", "acce", "nixhost", "10.7.0", "5e:00"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q is still there: %s", secret, text)
		}
	}
	if got, want := hidden.Links[0].Addresses, o.Links[0].Addresses; !slices.Equal(got, want) {
		t.Errorf("loopback: %q", got)
	}
	if got, want := hidden.Links[1].Addresses, []model.Raw{"198.18.0.1/24", "2001:db8::3/64"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if hidden.Neighbours[0].IP != "198.18.0.2" || hidden.SecretStores[0].Link != "/run/secrets" || hidden.OtherRoots[0].Target != "/vms/"+hidden.StateDir.Directories[0].Name+"/current" {
		t.Errorf("%+v", hidden)
	}
	if s := hidden.ShareSources[0]; s.Path != hidden.Processes[0].Serves.Source || s.Links[0].Path != s.Path {
		t.Errorf("what was joined by its path is not: %+v, %+v", s, hidden.Processes[0].Serves)
	}
}
