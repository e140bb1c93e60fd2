package demo

import (
	"fmt"
	"strings"

	"microtui/model"
)

// Guest is a VM as its author writes it, wherever that is: the host's
// configuration, a flake, another machine.
type Guest struct {
	Name model.Raw
	// HostName is what the guest calls itself; by default its name. The two
	// may differ for declared VMs.
	HostName   model.Raw
	Hypervisor string // by default "qemu"
	Taps       []model.Raw
	Macvtaps   []model.MacvtapEntry
	// Unmade are macvtaps without mode and link, which the hypervisor opens
	// and nothing makes (microvm.nix before 2024-12-03).
	Unmade  []model.Raw
	Shares  []model.Share
	Volumes []model.Raw
	Opens   []model.Raw // TAPs that something else makes
	CID     *uint32
}

// guest is a Guest and what it builds to.
type guest struct {
	Guest
	built *build // nil since the last edit
}

// build is a VM as built: its runner, with the guest system that the runner
// refers to. Both go together when they are collected.
type build struct {
	runner model.Runner
	system model.Raw // the guest's toplevel
	source model.Raw // the flake it was built from, copied to the store
	gone   bool      // collected
}

func guestName(g *guest) model.Raw { return g.Name }

// source is the guest of a name; made up where nobody wrote one.
func (h *Host) source(name model.Raw) *guest {
	if g, ok := find(h.sources, name, guestName); ok {
		return g
	}
	return h.Write(h.imagine(name))
}

// Write writes or rewrites the source of a VM. Nothing on the host changes
// until it is built.
func (h *Host) Write(g Guest) *guest {
	if g.HostName == "" {
		g.HostName = g.Name
	}
	if g.Hypervisor == "" {
		g.Hypervisor = "qemu"
	}
	if known, ok := find(h.sources, g.Name, guestName); ok {
		known.Guest, known.built = g, nil
		return known
	}
	made := &guest{Guest: g}
	h.sources = insert(h.sources, made, guestName)
	return made
}

// Edit changes the source of a VM so that it builds to something new; with
// rename its interfaces get other names.
func (h *Host) Edit(name model.Raw, rename bool) bool {
	g := h.source(name)
	g.built = nil
	if rename && len(g.Taps) > 0 {
		g.Taps = []model.Raw{ifname("t"+h.hex(2)+"-", name)}
	}
	return true
}

// imagine makes up a guest of the usual kinds.
func (h *Host) imagine(name model.Raw) Guest {
	g := Guest{Name: name, HostName: name, Hypervisor: "qemu"}
	if h.rng.IntN(6) == 0 {
		g.HostName = "host-" + name
	}
	switch h.rng.IntN(8) {
	case 0:
		g.Hypervisor = "cloud-hypervisor"
	case 1:
		g.Hypervisor = "kvmtool"
	}
	switch h.rng.IntN(5) {
	case 0: // user networking
	case 1:
		g.Macvtaps = []model.MacvtapEntry{{Name: ifname("mv-", name), MAC: h.mac(), Link: "eno1", Mode: "bridge"}}
	default:
		g.Taps = []model.Raw{ifname("vm-", name)}
	}
	if h.rng.IntN(2) == 0 {
		g.Shares = []model.Share{{Tag: "store", Source: "/nix/store", Socket: g.HostName + "-virtiofs-store.sock"}}
	}
	if h.rng.IntN(2) == 0 {
		g.Volumes = []model.Raw{"data.img"}
	}
	return g
}

// ifname is an interface name, cut to the kernel's 15 bytes.
func ifname(prefix string, name model.Raw) model.Raw {
	s := prefix + string(name)
	return model.Raw(s[:min(len(s), 15)])
}

func (h *Host) mac() model.Raw {
	n := h.rng.Uint32()
	return model.Raw(fmt.Sprintf("02:00:%02x:%02x:%02x:%02x", byte(n>>24), byte(n>>16), byte(n>>8), byte(n)))
}

// realise builds a guest: the same source gives the same store paths, and what
// was collected is there again.
func (h *Host) realise(g *guest) *build {
	if g.built != nil {
		g.built.gone = false
		return g.built
	}
	hash := h.storeHash()
	b := &build{
		system: model.Raw("/nix/store/" + h.storeHash() + "-nixos-system-" + string(g.HostName) + "-25.11"),
		source: model.Raw("/nix/store/" + h.storeHash() + "-source"),
		runner: model.Runner{
			Path:       model.Raw("/nix/store/" + hash + "-microvm-" + g.Hypervisor + "-" + string(g.HostName)),
			Trusted:    true,
			Hypervisor: g.Hypervisor,
			HostName:   g.HostName,
			Bin:        scripts(g.Guest),
			Shutdown:   shutdowns[g.Hypervisor],
			Taps:       g.Taps,
			TapFlags:   []model.Raw{"vnet_hdr"},
			Macvtaps:   g.Macvtaps,
			Shares:     g.Shares,
			VsockCID:   g.CID,
			Volumes:    g.Volumes,

			NamedInterfaces: g.Opens,
		},
	}
	if len(g.Shares) > 0 { // systemSymlink is off for VMs with a store disk
		b.runner.System = b.system
	}
	for range g.Taps {
		b.runner.MACs = append(b.runner.MACs, h.mac())
	}
	for _, m := range g.Macvtaps {
		b.runner.MACs = append(b.runner.MACs, m.MAC)
		b.runner.MacvtapOpens = append(b.runner.MacvtapOpens, m.Name)
	}
	for _, name := range g.Unmade {
		b.runner.MACs = append(b.runner.MACs, h.mac())
		b.runner.MacvtapOpens = append(b.runner.MacvtapOpens, name)
	}
	g.built = b
	h.builds = append(h.builds, b)
	return b
}

// shutdowns are what a microvm-shutdown of today does, where it waits.
var shutdowns = func() map[string]model.Shutdown {
	waits := true
	return map[string]model.Shutdown{
		"qemu":             {Asks: model.AsksCtrlAltDel, Waits: &waits},
		"cloud-hypervisor": {Asks: model.AsksPowerButton, Waits: &waits},
	}
}()

// scripts are the names in a runner's bin/, in their order on disk.
func scripts(g Guest) []model.Raw {
	var bin []model.Raw
	if len(g.Macvtaps) > 0 {
		bin = append(bin, "macvtap-down", "macvtap-up")
	}
	switch g.Hypervisor {
	case "qemu", "cloud-hypervisor", "crosvm":
		bin = append(bin, "microvm-balloon", "microvm-run", "microvm-shutdown")
	case "kvmtool":
		bin = append(bin, "microvm-balloon", "microvm-run")
	case "firecracker":
		bin = append(bin, "microvm-run", "microvm-shutdown")
	default:
		bin = append(bin, "microvm-run")
	}
	if len(g.Taps) > 0 {
		bin = append(bin, "tap-down", "tap-up")
	}
	if len(g.Shares) > 0 {
		bin = append(bin, "virtiofsd-run")
	}
	return bin
}

// observed is the runner as it is read now.
func (b *build) observed() model.Runner {
	if !b.gone {
		return b.runner
	}
	return model.Runner{
		Path: b.runner.Path, Missing: true,
		Hypervisor: b.runner.Hypervisor, HostName: b.runner.HostName, // from the path
	}
}

// comm is a process's name as the kernel cuts it.
func comm(hypervisor string) model.Raw {
	name := hypervisor
	switch hypervisor {
	case "qemu":
		name = "qemu-system-x86_64"
	case "kvmtool":
		name = "lkvm"
	}
	return model.Raw(name[:min(len(name), 15)])
}

// storePath makes a path in the store up.
func (h *Host) storePath(name string) model.Raw {
	return model.Raw(strings.Join([]string{"/nix/store/", h.storeHash(), "-", name}, ""))
}
