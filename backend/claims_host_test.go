package backend

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
	"microtui/model/doctor"
)

// dropIn gives a unit settings of its own, until the test ends.
func dropIn(t *testing.T, unit, text string) {
	t.Helper()
	folder := "/run/systemd/system/" + unit + ".d"
	put(t, os.MkdirAll(folder, 0o755))
	put(t, os.WriteFile(folder+"/own.conf", []byte(text), 0o644))
	t.Cleanup(func() { os.RemoveAll(folder); run(t, "systemctl", "daemon-reload") })
	run(t, "systemctl", "daemon-reload")
}

func put(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mountBound(t *testing.T, from, to string) {
	t.Helper()
	put(t, os.MkdirAll(to, 0o755))
	put(t, unix.Mount(from, to, "", unix.MS_BIND, ""))
	t.Cleanup(func() { put(t, unix.Unmount(to, unix.MNT_DETACH)) })
}

// loopDevice shows a file as a block device.
func loopDevice(t *testing.T, file string) string {
	t.Helper()
	node := run(t, "losetup", "--find", "--show", file)
	t.Cleanup(func() { run(t, "losetup", "--detach", node) })
	return node
}

// TestOneDiskForTwoGuests: a running VM has an image. Whoever would start with
// the same one, by whatever name, is told so before the start, and by the doctor.
func TestOneDiskForTwoGuests(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	at := host.Dir("disks") // on the file system of the VMs
	put(t, os.MkdirAll(at+"/img", 0o777))
	put(t, os.Chmod(at+"/img", 0o777))
	host.Create("web", fixture.Volume(at+"/img/x.img", 1))
	host.Create("rel", fixture.Volume("own.img", 1))
	host.Register()
	host.Start("web", "rel")
	host.Await("the images", func() bool {
		_, err := os.Stat(at + "/img/x.img")
		_, other := os.Stat(host.Dir("rel") + "/own.img")
		return err == nil && other == nil
	})
	put(t, os.Symlink(at+"/img/x.img", at+"/link.img"))
	put(t, os.Symlink("img", at+"/linked"))
	put(t, os.Link(at+"/img/x.img", at+"/hard.img"))
	mountBound(t, at+"/img", at+"/bound")
	loop := loopDevice(t, at+"/img/x.img")
	put(t, os.MkdirAll(at+"/by-id", 0o755))
	put(t, os.Symlink(loop, at+"/by-id/disk"))
	dropIn(t, "microvm@inside.service", "[Service]\nBindPaths="+at+"/img:/data\n")

	other := map[string]string{"file": "web", "sibling": "rel"}
	images := map[string]string{
		"symlink": at + "/link.img", "folder": at + "/linked/x.img", "dots": at + "/img/../img/x.img",
		"relative": "../disks/img/x.img", "hard": at + "/hard.img", "bind": at + "/bound/x.img",
		"device": loop, "nodelink": at + "/by-id/disk", "inside": "/data/x.img", "sibling": "../rel/own.img",
		"another": at + "/img/y.img",
	}
	for name, image := range images {
		host.Create(name, fixture.Volume(image, 1))
	}
	host.Register()
	o := observe(t, openHost(t, Options{}))
	i := model.Interpret(o)
	told := make(map[model.Raw]bool)
	for _, f := range doctor.Examine(i) {
		for _, vm := range f.VMs {
			told[vm] = told[vm] || f.Rule == "duplicate-volume"
		}
	}
	for name, image := range images {
		holder := model.Raw("web")
		if other[name] != "" {
			holder = model.Raw(other[name])
		}
		want := []model.Conflict{{Kind: model.ConflictVolume, What: model.Raw(image), Other: holder}}
		if name == "another" {
			want = nil
		}
		if got := model.Preflight(i, model.Raw(name)); !slices.Equal(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		if told[model.Raw(name)] != (want != nil) {
			t.Errorf("%s: the doctor tells: %t", name, told[model.Raw(name)])
		}
	}
}

// TestDirectoryInUse: generation 1 declares web, generation 2 has shop in its
// place, with web's disk and web's folder. What was web's is not left over, and
// not purged; nor is it where shop goes there by a link or a mount. Without
// shop, it is.
func TestDirectoryInUse(t *testing.T) {
	lab.Require(t)
	for name, leads := range map[string]func(t *testing.T, host *fixture.Host) []fixture.Option{
		"volume": func(_ *testing.T, host *fixture.Host) []fixture.Option {
			return []fixture.Option{fixture.Volume(host.Dir("web")+"/data.img", 1)}
		},
		"share": func(_ *testing.T, host *fixture.Host) []fixture.Option {
			return []fixture.Option{fixture.Share("persist", host.Dir("web")+"/persist")}
		},
		"link": func(t *testing.T, host *fixture.Host) []fixture.Option {
			put(t, os.Symlink(host.Dir("web"), "/srv/data"))
			t.Cleanup(func() { os.Remove("/srv/data") })
			return []fixture.Option{fixture.Volume("/srv/data/data.img", 1)}
		},
		"mount": func(t *testing.T, host *fixture.Host) []fixture.Option {
			mountBound(t, host.Dir("web")+"/persist", "/srv/mounted")
			return []fixture.Option{fixture.Share("persist", "/srv/mounted/deep")}
		},
		"all of it": func(_ *testing.T, host *fixture.Host) []fixture.Option {
			return []fixture.Option{fixture.Share("all", host.StateDir())}
		},
		"nothing": func(*testing.T, *fixture.Host) []fixture.Option { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			host := fixture.NewHost(t, fixture.Options{})
			for _, other := range []string{"a", "b", "c"} {
				host.Declare(other, fixture.NoAutostart())
			}
			host.Declare("web", fixture.Volume("data.img", 1), fixture.NoAutostart())
			host.Switch()
			put(t, os.MkdirAll(host.Dir("web")+"/persist/deep", 0o755))
			put(t, os.WriteFile(host.Dir("web")+"/data.img", nil, 0o644))
			host.Undeclare("web")
			host.Declare("shop", append(leads(t, host), fixture.NoAutostart())...)
			host.Switch()

			i := model.Interpret(observe(t, openHost(t, Options{})))
			at := slices.IndexFunc(i.VMs, func(vm model.VM) bool { return vm.Name == "web" })
			web := i.VMs[at]
			if name == "nothing" {
				if web.Verdict != model.VerdictOrphan {
					t.Errorf("%s: %q", web.Verdict, web.Evidence)
				}
				return
			}
			if web.Verdict == model.VerdictOrphan || !strings.Contains(string(web.Evidence[0]), "shop") {
				t.Errorf("%s: %q", web.Verdict, web.Evidence)
			}
			p := model.PlanPurge(i, []model.Raw{"web"}, model.PurgeOptions{})
			if held := len(p.Refused) == 1 && strings.Contains(string(p.Refused[0].Reason), "shop's "); held != (name != "all of it") {
				t.Errorf("%+v", p)
			}
			for _, item := range model.PlanCleanUp(i, model.CleanUpOptions{Data: true, Running: true}).Items {
				if item.Ref.Name == "web" {
					t.Errorf("%+v", item)
				}
			}
		})
	}
}

// TestOwnTap: a TAP that a unit of the host makes for a VM, or that only the
// text of a VM's script names, is nobody's leftover.
func TestOwnTap(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Unit("lab-net.service", "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/sbin/ip tuntap add lab1 mode tap user microvm\nExecStop=/sbin/ip link delete lab1\n")
	host.Declare("web", fixture.OpensTap("lab0"), fixture.NoAutostart())
	want := map[model.Raw]model.Verdict{"lab0": model.VerdictKept, "lab1": model.VerdictForeign, "gone": model.VerdictOrphan}
	for _, hypervisor := range []string{"cloud-hypervisor", "firecracker", "crosvm", "kvmtool", "stratovirt", "alioth"} {
		tap := "t-" + hypervisor[:min(len(hypervisor), 12)]
		host.Declare(hypervisor, fixture.OpensTap(tap), fixture.Hypervisor(hypervisor), fixture.NoAutostart())
		host.LeakTap(tap)
		want[model.Raw(tap)] = model.VerdictKept
	}
	host.Switch()
	host.StartUnit("lab-net.service")
	t.Cleanup(func() { run(t, "systemctl", "stop", "lab-net.service") })
	for _, name := range []string{"lab0", "gone"} {
		host.LeakTap(name)
	}
	got, said := make(map[model.Raw]model.Verdict), make(map[model.Raw][]model.Raw)
	i := model.Interpret(observe(t, openHost(t, Options{})))
	for _, l := range i.Leftovers {
		if l.Ref.Kind == model.KindTap {
			got[l.Ref.Name], said[l.Ref.Name] = l.Verdict, l.Evidence
		}
	}
	for name, want := range want {
		if got[name] != want {
			t.Errorf("%s is %q, want %q: %q", name, got[name], want, said[name])
		}
	}
}

// TestTwinsInNamespaces: two VMs of one runner, each in a network namespace of
// its own, are not in each other's way, and their interfaces are not missing.
func TestTwinsInNamespaces(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	for _, name := range []string{"a", "b"} {
		run(t, "ip", "netns", "add", name)
		t.Cleanup(func() { run(t, "ip", "netns", "delete", name) })
		for _, unit := range []string{"microvm@", "microvm-tap-interfaces@"} {
			dropIn(t, unit+name+".service", "[Service]\nNetworkNamespacePath=/run/netns/"+name+"\n")
		}
		host.Create(name, fixture.HostName("twin"), fixture.Tap("vm-twin"))
	}
	host.Register()
	host.Start("a")
	h := openHost(t, Options{})
	look := func() model.Inventory { return model.Interpret(observe(t, h)) }
	if got := model.Preflight(look(), "b"); len(got) != 0 {
		t.Errorf("a runs: %+v", got)
	}
	host.Start("b")
	t.Cleanup(func() { host.Stop("a", "b") })
	i := look()
	for _, f := range doctor.Examine(i) {
		if f.Rule == "duplicate-interface" || f.Rule == "duplicate-mac" {
			t.Errorf("%+v", f)
		}
	}
	for _, vm := range i.VMs {
		for _, hops := range doctor.Path(i, vm.Name) {
			for _, hop := range hops {
				if hop.Broken != "" {
					t.Errorf("%s: %+v", vm.Name, hop)
				}
			}
		}
		if len(vm.Interfaces) != 1 || vm.Interfaces[0].Namespace != "/run/netns/"+vm.Name {
			t.Errorf("%+v", vm.Interfaces)
		}
	}
}
