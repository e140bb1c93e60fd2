package demo_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// names are what VMs are called in histories: some look like what microvm.nix
// makes itself.
var names = []model.Raw{"web", "booted-web", "template-web", "db", "old-db", "x", "booted-x", "a b", "é"}

// chance is what one move draws its arguments from.
type chance struct {
	*rand.Rand
	names []model.Raw
}

func (c chance) name() model.Raw { return c.names[c.IntN(len(c.names))] }

// move is one thing that happens to a host. It tells what it was, and whether
// it did anything.
type move struct {
	name   string
	weight int
	do     func(h *demo.Host, c chance) (args string, did bool)
}

// on is a move on one VM: the first, from a random one on, that it does
// something to.
func on(name string, weight int, do func(h *demo.Host, name model.Raw) bool) move {
	return move{name, weight, func(h *demo.Host, c chance) (string, bool) {
		from := c.IntN(len(c.names))
		for i := range c.names {
			vm := c.names[(from+i)%len(c.names)]
			if do(h, vm) {
				return string(vm), true
			}
		}
		return "", false
	}}
}

// whole is a move on the whole host.
func whole(name string, weight int, do func(h *demo.Host) bool) move {
	return move{name, weight, func(h *demo.Host, _ chance) (string, bool) { return "", do(h) }}
}

var moves = []move{
	{"declare", 14, func(h *demo.Host, c chance) (string, bool) {
		vm, as, autostart := c.name(), demo.DeclaredAs(c.IntN(3)), c.IntN(3) > 0
		did := h.Declare(vm, as, autostart)
		if c.IntN(4) > 0 {
			h.Switch()
		}
		return fmt.Sprintf("%s as=%d autostart=%t", vm, as, autostart), did
	}},
	{"undeclare", 10, func(h *demo.Host, c chance) (string, bool) {
		vm := c.name()
		did := h.Undeclare(vm)
		now := c.IntN(5) > 0
		if now {
			h.Switch()
		}
		return fmt.Sprintf("%s switch=%t", vm, now), did
	}},
	{"autostart", 3, func(h *demo.Host, c chance) (string, bool) {
		vm, on := c.name(), c.IntN(3) > 0
		return fmt.Sprint(vm, " ", on), h.Autostart(vm, on)
	}},
	{"declare in specialisation", 2, func(h *demo.Host, c chance) (string, bool) {
		vm := c.name()
		return string(vm), h.DeclareInSpecialisation("lab", vm)
	}},
	{"edit", 5, func(h *demo.Host, c chance) (string, bool) {
		vm, rename := c.name(), c.IntN(2) == 0
		return fmt.Sprint(vm, " rename=", rename), h.Edit(vm, rename)
	}},
	{"keep", 1, func(h *demo.Host, c chance) (string, bool) {
		vm := c.name()
		return string(vm), h.Keep(model.KindVM, vm, "")
	}},
	{"keep a loose thing", 3, func(h *demo.Host, c chance) (string, bool) {
		vm := c.name()
		ref := []model.Ref{
			{Kind: model.KindTap, Name: "vm-" + vm}, {Kind: model.KindGCRoot, Name: vm}, {Kind: model.KindUnit, Name: model.UnitName([]model.Role{model.RoleTap, model.RoleVirtiofsd}[c.IntN(2)], vm)},
		}[c.IntN(3)]
		return fmt.Sprint(ref), h.Keep(ref.Kind, ref.Name, "")
	}},
	{"hand over", 4, func(h *demo.Host, c chance) (string, bool) {
		vm, edit := c.name(), c.IntN(2) == 0
		return fmt.Sprint(vm, " edit=", edit), h.HandOver(vm, edit)
	}},
	{"manual", 3, func(h *demo.Host, c chance) (string, bool) {
		vm, uid := c.name(), []uint32{0, 990, 1000}[c.IntN(3)]
		return fmt.Sprint(vm, " ", uid), h.Manual(vm, uid)
	}},
	{"borrow", 5, func(h *demo.Host, c chance) (string, bool) {
		vm, from, how := c.name(), c.name(), demo.Lent(c.IntN(3))
		did := h.Borrow(vm, from, how)
		if did && c.IntN(4) > 0 {
			did = h.Declare(vm, demo.DeclaredAs(c.IntN(3)), false) && h.Switch() || h.Update(vm) || h.Deploy(vm)
		}
		return fmt.Sprint(vm, " from ", from, " how=", how), did
	}},
	{"own tap", 3, func(h *demo.Host, c chance) (string, bool) {
		vm, described := c.name(), c.IntN(2) == 0
		did := h.OwnTap(vm, described)
		if did && c.IntN(3) > 0 {
			h.Deploy(vm)
		}
		return fmt.Sprint(vm, " described=", described), did
	}},
	{"rename", 3, func(h *demo.Host, c chance) (string, bool) {
		vm, to := c.name(), c.name()
		return fmt.Sprint(vm, " to ", to), h.Rename(vm, to)
	}},
	{"restore", 3, func(h *demo.Host, c chance) (string, bool) {
		how := demo.Copied{Chown: c.IntN(2) == 0, Owner: []uint32{0, 990, 1004}[c.IntN(3)]}
		how.RootsLost, how.Reinstalled, how.StoreLost = c.IntN(2) == 0, c.IntN(3) == 0, c.IntN(3) == 0
		return fmt.Sprintf("%+v", how), h.Restore(how)
	}},
	{"chown", 1, func(h *demo.Host, c chance) (string, bool) {
		vm, uid := c.name(), []uint32{0, 990, 1004}[c.IntN(3)]
		return fmt.Sprint(vm, " ", uid), h.Chown(vm, uid)
	}},
	{"crash loop", 2, func(h *demo.Host, c chance) (string, bool) {
		vm := c.name()
		return string(vm), h.CrashLoop(vm, time.Duration(1+c.IntN(20))*time.Second, 3)
	}},
	{"time passes", 8, func(h *demo.Host, c chance) (string, bool) {
		d := time.Duration(c.IntN(int(48 * time.Hour)))
		h.Pass(d)
		return d.String(), true
	}},
	{"networkd tap", 1, func(h *demo.Host, c chance) (string, bool) {
		vm, macvtap := c.name(), c.IntN(3) == 0
		return fmt.Sprint(vm, " macvtap=", macvtap), h.NetworkdTap("vm-"+vm, macvtap)
	}},
	{"root of something else", 1, func(h *demo.Host, c chance) (string, bool) {
		vm := c.name()
		target := []model.Raw{"/home/admin/result", "/nix/store/" + vm, "/var/lib/microvms/" + vm, "/srv/vms/" + vm + "/current"}[c.IntN(4)]
		return string(target), h.ForeignRoot("my-"+vm, target)
	}},
	{"file system", 1, func(h *demo.Host, c chance) (string, bool) {
		fs := []string{"ext4", "nfs4"}[c.IntN(2)]
		return fs, h.Filesystem(fs)
	}},
	whole("switch", 5, (*demo.Host).Switch),
	whole("boot only", 3, (*demo.Host).BootOnly),
	whole("rollback", 4, (*demo.Host).Rollback),
	whole("switch hangs", 1, (*demo.Host).SwitchHangs),
	whole("switch ends", 4, (*demo.Host).SwitchEnds),
	whole("switch other profile", 1, func(h *demo.Host) bool { return h.SwitchProfile("test") }),
	whole("drop profile", 2, func(h *demo.Host) bool { return h.DropProfile("test") }),
	whole("specialisation", 2, func(h *demo.Host) bool { return h.SwitchSpecialisation("lab") }),
	whole("drop specialisations", 1, (*demo.Host).DropSpecialisations),
	whole("declare template", 1, func(h *demo.Host) bool { return h.DeclareTemplate("base") }),
	whole("host module off", 1, func(h *demo.Host) bool { return h.ImportHostModule(false) && h.Switch() }),
	whole("host module on", 4, func(h *demo.Host) bool { return h.ImportHostModule(true) && h.Switch() }),
	whole("guest module on", 1, func(h *demo.Host) bool { return h.ImportGuestModule(true) && !h.Switch() }),
	whole("guest module off", 4, func(h *demo.Host) bool { return h.ImportGuestModule(false) && h.Switch() }),
	whole("empty by accident", 1, (*demo.Host).EmptyByAccident),
	whole("reboot", 3, (*demo.Host).Reboot),
	whole("power loss", 3, (*demo.Host).PowerLoss),
	whole("delete generations", 1, (*demo.Host).DeleteGenerations),
	whole("collect garbage", 4, (*demo.Host).CollectGarbage),
	whole("unmount", 2, (*demo.Host).Unmount),
	whole("mount", 4, (*demo.Host).Mount),
	whole("libvirt", 1, (*demo.Host).Libvirt),
	whole("vpn", 1, (*demo.Host).VPN),
	whole("docker", 1, (*demo.Host).Docker),
	whole("user tap", 1, func(h *demo.Host) bool { return h.UserTap("vm-mine") }),
	whole("tap of a tool", 1, func(h *demo.Host) bool { return h.ToolTap("vm-tool") }),
	whole("foreign directory", 1, func(h *demo.Host) bool { return h.ForeignDirectory("backups") }),
	whole("stray file", 1, func(h *demo.Host) bool { return h.StrayFile("base.img") }),
	on("sabotage", 1, (*demo.Host).Sabotage),
	on("instance", 1, (*demo.Host).Instance),
	on("stop but shares", 2, (*demo.Host).StopButShares),
	on("update by microtui", 4, (*demo.Host).MicrotuiUpdate),
	on("edit and update by microtui", 4, func(h *demo.Host, vm model.Raw) bool { return h.Edit(vm, false) && h.MicrotuiUpdate(vm) }),
	on("roll back by microtui", 3, (*demo.Host).MicrotuiRollback),
	on("create", 8, (*demo.Host).Create),
	on("update", 4, (*demo.Host).Update),
	on("deploy", 6, (*demo.Host).Deploy),
	on("start", 12, (*demo.Host).Start),
	on("stop", 8, (*demo.Host).Stop),
	on("power off", 3, (*demo.Host).PowerOff),
	on("helper fails", 4, (*demo.Host).HelperFails),
	on("install fails", 1, (*demo.Host).InstallFails),
	on("reset failed", 1, (*demo.Host).ResetFailed),
	on("run outside", 2, func(h *demo.Host, vm model.Raw) bool { return h.RunOutside(vm, 1000) }),
	on("run from flake", 1, (*demo.Host).RunFromFlake),
	on("stop outside", 2, (*demo.Host).StopOutside),
	on("remove", 6, (*demo.Host).Remove),
	on("edit flake file", 1, (*demo.Host).EditFlake),
	on("lose roots", 1, (*demo.Host).LoseRoots),
	on("dataset", 3, (*demo.Host).Dataset),
	on("unmount dataset", 4, (*demo.Host).UnmountDataset),
	on("mount dataset", 2, (*demo.Host).MountDataset),
	on("tool works in directory", 1, (*demo.Host).ToolProcess),
	whole("tools finish", 3, (*demo.Host).FinishTools),
	on("unkeep", 1, func(h *demo.Host, vm model.Raw) bool { return h.Unkeep(model.KindVM, vm) }),
	on("deploy with other interfaces", 4, func(h *demo.Host, vm model.Raw) bool { return h.Edit(vm, true) && h.Deploy(vm) }),
	on("deploy while it crashes", 4, func(h *demo.Host, vm model.Raw) bool {
		if !h.CrashLoop(vm, time.Second, 3) {
			return false
		}
		h.Pass(3 * time.Second)
		return h.Edit(vm, true) && h.Deploy(vm)
	}),
}

// heavy holds each move as often as it weighs.
var heavy = func() (out []int) {
	for i, m := range moves {
		for range m.weight {
			out = append(out, i)
		}
	}
	return out
}()
