package doctor_test

import (
	"fmt"
	"strings"
	"time"

	"microtui/model"
	"microtui/model/doctor"
)

const (
	stateDir   = "/var/lib/microvms"
	microvmUID = 990
	kvmGID     = 302
	bridge     = 3 // index of br0
)

var (
	now      = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	booted   = now.AddDate(0, 0, -40)
	started  = now.AddDate(0, 0, -12)
	switched = now.AddDate(0, 0, -2) // after the VMs were started
)

// host builds an observation of a healthy host; its methods say what became of
// it.
type host struct {
	o       model.Observation
	lastPID int
	lastIno uint64
}

func ptr[T any](v T) *T { return &v }

// newHost is a host as microvm.nix makes it, read as root, without a VM.
func newHost() *host {
	return &host{lastPID: 1000, lastIno: 100, o: model.Observation{
		Schema: model.ObservationSchema, At: now,
		Host: model.Host{Name: "nixhost", Privileged: true, BootedAt: booted,
			MicrovmUID: ptr(uint32(microvmUID)), MicrovmGroups: []uint32{kvmGID}},
		Template: &model.Template{Fragment: "/etc/systemd/system/microvm@.service", StateDir: stateDir,
			SetBooted: true, RunnerScripts: true, Registers: true},
		StateDir: model.StateDir{Path: stateDir, Real: stateDir, Exists: true, Filesystem: "ext4",
			Space: &model.Room{Total: 1 << 40, Free: 1 << 39}, Files: &model.Room{Total: 1 << 20, Free: 1 << 19}},
		Systems: []model.System{
			{Kind: model.SystemLive, Path: "/nix/store/s42-nixos", HostModule: true, CanSwitch: true},
			{Kind: model.SystemNewest, Path: "/nix/store/s42-nixos", Generation: 42, HostModule: true, CanSwitch: true},
			{Kind: model.SystemGeneration, Path: "/nix/store/s42-nixos", Generation: 42, Since: switched, HostModule: true},
			{Kind: model.SystemGeneration, Path: "/nix/store/s41-nixos", Generation: 41, Since: booted, HostModule: true},
		},
		Links: []model.Link{
			{Index: 1, Name: "lo", Up: true},
			{Index: 2, Name: "eno1", Up: true, Carrier: ptr(true), Addressed: true},
			{Index: bridge, Name: "br0", Kind: "bridge", Up: true, Addressed: true},
		},
		OtherRoots:   []model.GCRoot{},
		UnitSettings: templates(),
	}}
}

func (h *host) inventory() model.Inventory { return doctor.Interpret(h.o) }

// do changes a host where no method says what happened.
func (h *host) do(change func(*host)) *host {
	change(h)
	return h
}

func runnerOf(name model.Raw) model.Raw { return "/nix/store/r-microvm-qemu-" + name }

func (h *host) runner(name model.Raw) *model.Runner { return h.runnerAt(runnerOf(name)) }

// runnerAt finds a runner, or makes it: with one TAP, a share of the store and
// a volume.
func (h *host) runnerAt(path model.Raw) *model.Runner {
	for i := range h.o.Runners {
		if h.o.Runners[i].Path == path {
			return &h.o.Runners[i]
		}
	}
	name := path[strings.LastIndexByte(string(path), '-')+1:]
	h.lastIno++
	h.o.Runners = append(h.o.Runners, model.Runner{
		Path: path, Trusted: true, Hypervisor: "qemu", HostName: name,
		Bin:      []model.Raw{"microvm-run", "microvm-shutdown", "tap-up", "tap-down", "virtiofsd-run"},
		Taps:     []model.Raw{"vm-" + name},
		TapFlags: []model.Raw{"vnet_hdr"},
		MACs:     []model.Raw{model.Raw(fmt.Sprintf("02:00:00:00:00:%02x", h.lastIno%256))},
		Shares:   []model.Share{{Tag: "store", Source: "/nix/store", Socket: name + "-virtiofs-store.sock"}},
		Volumes:  []model.Raw{"data.img"},
	})
	return &h.o.Runners[len(h.o.Runners)-1]
}

func (h *host) system(kind model.SystemKind) *model.System {
	for i := range h.o.Systems {
		if h.o.Systems[i].Kind == kind {
			return &h.o.Systems[i]
		}
	}
	return nil
}

// directory makes a VM's directory, with its runner and its disk.
func (h *host) directory(name model.Raw, uid uint32) *model.Directory {
	h.runner(name)
	mode := uint32(0o755)
	if uid != microvmUID { // microvm -c lets its group write
		mode = 0o775
	}
	h.lastIno++
	h.o.StateDir.Directories = append(h.o.StateDir.Directories, model.Directory{
		Name: name, ID: model.FileID{Dev: 1, Ino: h.lastIno}, UID: uid, GID: kvmGID, Mode: mode,
		Current: &model.Symlink{Target: runnerOf(name), UID: uid, Modified: booted.Add(time.Hour)},
	})
	h.lastIno++
	access := model.Access{Exists: true, UID: microvmUID, GID: kvmGID, Mode: 0o644}
	h.o.VolumeFiles = append(h.o.VolumeFiles, model.VolumeFile{
		Path: stateDir + "/" + name + "/data.img", Exists: true, Type: "file", ID: model.FileID{Dev: 1, Ino: h.lastIno},
		Access: access, Parent: model.Access{Exists: true, UID: uid, GID: kvmGID, Mode: 0o755},
	})
	h.source("/nix/store")
	return h.dir(name)
}

func (h *host) dir(name model.Raw) *model.Directory {
	for i := range h.o.StateDir.Directories {
		if d := &h.o.StateDir.Directories[i]; d.Name == name {
			return d
		}
	}
	return nil
}

// volume is the file behind a VM's disk.
func (h *host) volume(name model.Raw) *model.VolumeFile {
	for i := range h.o.VolumeFiles {
		if v := &h.o.VolumeFiles[i]; v.Path == stateDir+"/"+name+"/data.img" {
			return v
		}
	}
	return nil
}

// declared is a VM in microvm.vms that starts with the host, installed.
func (h *host) declared(name model.Raw) *host {
	h.directory(name, microvmUID).Toplevel = &model.Symlink{Target: "/nix/store/t-" + name}
	for i := range h.o.Systems {
		h.declare(&h.o.Systems[i], name)
	}
	return h
}

func (h *host) declare(s *model.System, name model.Raw) {
	s.Declared = append(s.Declared, model.Declaration{Name: name, Runner: runnerOf(name), Toplevel: "/nix/store/t-" + name})
	if s.Kind == model.SystemLive || s.Kind == model.SystemNewest {
		s.Autostart = append(s.Autostart, name)
	}
}

// undeclared is a VM that generation 42 no longer declares.
func (h *host) undeclared(name model.Raw) *host {
	h.directory(name, microvmUID).Toplevel = &model.Symlink{Target: "/nix/store/t-" + name}
	h.declare(&h.o.Systems[3], name)
	return h
}

// imperative is what `microvm -c` leaves.
func (h *host) imperative(name model.Raw) *host {
	h.directory(name, 0).Flake = &model.Flake{Ref: "git+file:///etc/nixos"}
	return h.root(name, stateDir+"/"+name+"/current").root("booted-"+name, stateDir+"/"+name+"/booted")
}

func (h *host) root(name, target model.Raw) *host {
	h.o.GCRoots = append(h.o.GCRoots, model.GCRoot{Name: name, Target: target})
	return h
}

// source is what a path names: a directory, without a link on the way.
func (h *host) source(path model.Raw) *model.ShareSource {
	for i := range h.o.ShareSources {
		if h.o.ShareSources[i].Path == path {
			return &h.o.ShareSources[i]
		}
	}
	h.lastIno++
	h.o.ShareSources = append(h.o.ShareSources, model.ShareSource{Path: path, Exists: true, Type: "dir",
		ID: model.FileID{Dev: 2, Ino: h.lastIno}, Real: path})
	return &h.o.ShareSources[len(h.o.ShareSources)-1]
}

// secrets shares /run/secrets with a VM that runs; both are of a generation.
func (h *host) secrets(vm model.Raw) *host {
	r := h.runner(vm)
	r.Shares = append(r.Shares, model.Share{Tag: "secrets", Source: "/run/secrets", Socket: "s.sock"})
	h.generation(7, booted)
	h.serve(vm, "/run/secrets")
	return h
}

// generation lets sops-nix make a new generation of secrets.
func (h *host) generation(number int, made time.Time) *model.SecretStore {
	h.lastIno++
	id := model.FileID{Dev: 9, Ino: h.lastIno}
	now := h.source("/run/secrets")
	now.ID, now.Real = id, model.Raw(fmt.Sprintf("/run/secrets.d/%d", number))
	now.Links = []model.SourceLink{{Path: "/run/secrets", Target: now.Real, Modified: made}}
	if len(h.o.SecretStores) == 0 {
		h.o.SecretStores = []model.SecretStore{{Link: "/run/secrets", Folder: "/run/secrets.d"}}
	}
	store := &h.o.SecretStores[0]
	store.Current = number
	store.Kept = append(store.Kept, model.SecretGeneration{Number: number, ID: id, Made: made, Bytes: ptr(uint64(4096))})
	return store
}

// tap adds a TAP as tap-up makes it, in the bridge.
func (h *host) tap(name model.Raw) *model.Link {
	return h.link(model.Link{Name: name, Kind: "tun", Tap: true, Persistent: true, VnetHdr: true, Master: bridge,
		Owner: ptr(uint32(microvmUID)), Up: true, Carrier: ptr(false), PortState: "forwarding"})
}

func (h *host) link(l model.Link) *model.Link {
	for i := range h.o.Links {
		if h.o.Links[i].Name == l.Name {
			return &h.o.Links[i]
		}
	}
	l.Index = 10 + len(h.o.Links)
	h.o.Links = append(h.o.Links, l)
	return &h.o.Links[len(h.o.Links)-1]
}

// macvtap gives a VM's runner a macvtap instead of its TAP.
func (h *host) macvtap(vm model.Raw, link, mode model.Raw) *host {
	r := h.runner(vm)
	r.Taps, r.MACs = nil, []model.Raw{"02:00:00:00:00:fe"}
	r.Bin = append(r.Bin, "macvtap-up", "macvtap-down")
	r.Macvtaps = []model.MacvtapEntry{{Name: "mv-" + vm, MAC: r.MACs[0], Link: link, Mode: mode}}
	r.MacvtapOpens = []model.Raw{"mv-" + vm}
	return h
}

func (h *host) fault(source model.Source) *host {
	h.o.Faults = append(h.o.Faults, model.Fault{Source: source, Error: "permission denied"})
	return h
}

// findings are the host's, as "severity rule kind name".
func (h *host) findings() []string {
	var lines []string
	for _, f := range h.inventory().Findings {
		line := fmt.Sprintf("%s %s %s %s", f.Severity, f.Rule, f.Subject.Kind, f.Subject.Name)
		if f.Unchecked {
			line = "unchecked " + f.Rule
		}
		lines = append(lines, line)
	}
	return lines
}
