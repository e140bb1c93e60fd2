package nix

import (
	"errors"
	"strings"
	"testing"

	"microtui/model"
)

func TestWhatIsBuilt(t *testing.T) {
	for _, test := range []struct {
		source
		want string
	}{
		{source{"web", "path:/srv/a"}, "path:/srv/a#nixosConfigurations.web.config.microvm.declaredRunner"},
		{source{"a.b", "git+https://h/x?ref=main&dir=d"}, `git+https://h/x?ref=main&dir=d#nixosConfigurations."a.b".config.microvm.declaredRunner`},
		{source{"0_x-y", "nixpkgs"}, "nixpkgs#nixosConfigurations.0_x-y.config.microvm.declaredRunner"},
	} {
		if err := test.check(); err != nil || test.runner() != test.want {
			t.Errorf("%v: %s, %v", test.source, test.runner(), err)
		}
	}
	for _, from := range []source{
		{"", "path:/x"}, {"-rf", "path:/x"}, {"--help", "path:/x"}, {"a b", "path:/x"}, {"$(id)", "path:/x"}, {"..", "path:/x"}, {"a\nb", "path:/x"},
		{"é", "path:/x"}, {"a#b", "path:/x"}, {`a"b`, "path:/x"}, {"a^b", "path:/x"}, {"a/b", "path:/x"}, {"a@b", "path:/x"}, {"%i", "path:/x"}, {"*", "path:/x"},
		{model.Raw(strings.Repeat("a", 64)), "path:/x"},
		{"web", ""}, {"web", "-f"}, {"web", "--option"}, {"web", "path:/x\n--option"}, {"web", "path:/x#y"}, {"web", "path:/x^*"}, {"web", "."}, {"web", "path:x"},
		{"web", "path:/\x1b]0;"}, {"web", model.Raw(strings.Repeat("a", 1025))},
	} {
		if err := from.check(); !errors.Is(err, model.ErrRefused) || strings.Contains(err.Error(), string(from.flake)) && from.flake != "" && from.flake != "." {
			t.Errorf("%q of %q: %v", from.vm, from.flake, err)
		}
	}
}

func TestStorePaths(t *testing.T) {
	const good model.Raw = "/nix/store/hk31q9kyb21q8vmzshwnpaz3l90cm507-microvm-qemu-web"
	if !isStorePath(good) || storeHash(good) != "hk31q9kyb21q8vmzshwnpaz3l90cm507" {
		t.Error(good)
	}
	for _, path := range []model.Raw{
		"", "/nix/store", "/nix/store/", "/nix/store/x", good + "/bin", good + "\n", "nix" + good, good[:44], "/nix/store/../store/" + good[11:],
		"/nix/store/hk31q9kyb21q8vmzshwnpaz3l90cm50e-x", "/nix/store/hk31q9kyb21q8vmzshwnpaz3l90cm507-a b", "/nix/store/.links",
	} {
		if isStorePath(path) {
			t.Errorf("%q is taken for a path in the store", path)
		}
	}
	for path, want := range map[string]string{string(good): "microvm-qemu-web", string(good) + ".drv": "microvm-qemu-web", "x": "x", "": "", "/": ""} {
		if got := nameInStore(path); got != want {
			t.Errorf("%q is called %q, want %q", path, got, want)
		}
	}
}

// As nix 2.8 named its link to a link of this path.
func TestAutoName(t *testing.T) {
	if got := autoName("/nix/var/nix/gcroots/x-10834"); got != "6a2qfdj49wgpdbqqhyfq3496ydw3fnnl" {
		t.Error(got)
	}
}

func TestOwners(t *testing.T) {
	const hash = "hk31q9kyb21q8vmzshwnpaz3l90cm507"
	for name, want := range map[string]Owner{
		"vm.db." + hash:                                               OfVM("db"),
		"vm.a.b." + hash:                                              OfVM("a.b"),
		"vm.db." + hash + "." + hash:                                  OfVM("db." + hash),
		"build.20261103-120411-a1b2.db.result":                        OfBuild("20261103-120411-a1b2", "db"),
		".0_build.20261103-120411-a1b2.db.result":                     OfBuild("20261103-120411-a1b2", "db"),
		"trash.20261103-120411-a1b2.1." + hash:                        OfTrash("20261103-120411-a1b2.1"),
		"build.20261103-120411-a1b2.db.result.tmp-4194303-1804289383": OfBuild("20261103-120411-a1b2", "db"),
		"vm-9a3288f92361.db." + hash:                                  OfVM("db").In("/srv/vms"),
	} {
		if got, ok := ownerOf(unfinished(name)); !ok || got != want {
			t.Errorf("%s belongs to %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"", ".", "db", "vm.db", "vm." + hash, "other.db." + hash, "vm.a/b." + hash, ".x_vm.db." + hash, "vm.db.result2", "vm-x.db." + hash, "vm-9a3288f923610.db." + hash, "build.x.db.result.tmp-1-x", ".tmp-1-2"} {
		if got, ok := ownerOf(unfinished(name)); ok {
			t.Errorf("%q belongs to %q", name, got)
		}
	}
	usual, other := OfVM("a.b"), OfVM("a.b").In("/srv/vms")
	if usual.In("/var/lib/microvms") != usual || other == usual || other == OfVM("a.b").In("/srv/vms2") {
		t.Errorf("%q, %q: one name in two state directories is two VMs", usual, other)
	}
	for _, owner := range []Owner{usual, other} {
		if kind, of := owner.Parts(); kind != "vm" || of != "a.b" {
			t.Errorf("%q has parts %q, %q", owner, kind, of)
		}
	}
	if build := OfBuild("20261103-120411-a1b2", "db"); build.In("/srv/vms") != build {
		t.Error("a build is of no state directory")
	}
}
