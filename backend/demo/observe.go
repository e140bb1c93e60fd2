package demo

import (
	"slices"

	"microtui/model"
)

// Sight is how well an observer sees.
type Sight struct {
	// Unprivileged: not root. What others' processes hold and work in, and the
	// keep list, cannot be read.
	Unprivileged bool
	// Failed are sources that cannot be read.
	Failed []model.Source
}

// Observe is what root would read from the host now.
func (h *Host) Observe() model.Observation { return h.ObserveWith(Sight{}) }

// ObserveWith is what an observer would read from the host now. What it shares
// with the host is never written to.
func (h *Host) ObserveWith(sight Sight) model.Observation {
	o := model.Observation{
		Schema:    model.ObservationSchema,
		At:        h.now,
		Host:      h.observedHost(),
		Template:  h.template(),
		Units:     h.observedUnits(),
		Systems:   h.systems.observed(),
		StateDir:  h.observedStateDir(),
		GCRoots:   slices.Clone(h.roots),
		Links:     h.observedLinks(),
		Netdevs:   slices.Clone(h.netdevs),
		Processes: h.observedProcesses(),
		Usage:     h.observedUsage(),
		Keep:      slices.Clone(h.keep),
		Trash:     h.observedTrash(),
		Snapshots: h.observedSnapshots(),
		BuiltFrom: slices.Clone(h.builtFrom),
		Switched:  h.observedSwitched(),

		UnitSettings: h.unitSettings(),
	}
	o.Host.Privileged = !sight.Unprivileged
	o.Runners = h.observedRunners()
	h.observeStorage(&o)
	o.Lives = h.observedLives(&o)
	if sight.Unprivileged {
		blur(&o)
	}
	for _, source := range sight.Failed {
		lose(&o, source)
	}
	return o
}

func (h *Host) observedHost() model.Host {
	out := model.Host{Name: h.name, BootID: h.bootID, Pid1: "257.9", Switching: h.switching}
	if h.account {
		uid := uidMicrovm
		out.MicrovmUID, out.MicrovmGroups = &uid, []uint32{gidKVM}
	}
	return out
}

func (h *Host) template() *model.Template {
	if !h.systems.live.module {
		return nil
	}
	leaks := h.settings.Version.LeaksTaps
	return &model.Template{
		Fragment: "/etc/systemd/system/microvm@.service", StateDir: stateDir,
		SetBooted: !leaks, RunnerScripts: true, Registers: !leaks,
	}
}

func (h *Host) observedStateDir() model.StateDir {
	f := &h.files
	out := model.StateDir{
		Path: stateDir, Real: stateDir, Exists: true, Filesystem: model.Raw(f.filesystem), Network: f.network,
		ID: model.FileID{Dev: 0xfd00, Ino: 12}, Other: slices.Clone(f.other),
	}
	if h.settings.Place != OnRoot && f.mounted {
		out.ID = model.FileID{Dev: 0xfd03, Ino: 2}
	}
	if !f.mounted {
		out.Filesystem, out.Network, out.Other = "ext4", false, nil
	}
	if h.settings.Place == OnMountUnit {
		out.Mounts = append(out.Mounts, model.Mount{Unit: "var-lib-microvms.mount", Where: stateDir, Active: f.mounted})
	}
	out.Space = &model.Room{Total: 930 << 30, Free: 412 << 30}
	out.Files = &model.Room{Total: 62 << 20, Free: 61 << 20}
	dirs := *f.visible()
	out.Directories = make([]model.Directory, 0, len(dirs))
	for _, d := range dirs {
		out.Directories = append(out.Directories, d.observed(h.id(d)))
		if d.dataset {
			out.Mounts = append(out.Mounts, model.Mount{
				Unit: "var-lib-microvms-" + d.name + ".mount", Where: d.path(), Active: d.hidden == nil,
			})
		}
	}
	return out
}

// observedRunners are those that a link, or a declaration that counts, names.
func (h *Host) observedRunners() []model.Runner {
	named := make([]*build, 0, 16)
	for _, d := range *h.files.visible() {
		for _, l := range [...]*symlink{d.current, d.booted, d.old} {
			if l != nil {
				named = append(named, l.to)
			}
		}
	}
	for _, c := range h.systems.counting() {
		for _, d := range c.system.declared {
			named = append(named, d.build)
		}
	}
	slices.SortFunc(named, func(a, b *build) int { return rawCompare(a.runner.Path, b.runner.Path) })
	named = slices.Compact(named)
	out := make([]model.Runner, len(named))
	for i, b := range named {
		out[i] = b.observed()
	}
	return out
}

// blur takes away what only root can read.
func blur(o *model.Observation) {
	for i := range o.Processes {
		p := &o.Processes[i]
		p.Holds, p.Deleted, p.Unlinked, p.Serves = nil, nil, nil, nil
		if p.UID != uidAdmin {
			p.Cwd = nil
		}
	}
	o.BuiltFrom = nil
	for i := range o.SecretStores {
		o.SecretStores[i].Kept = nil
	}
	o.Faults = append(o.Faults, model.Fault{Source: model.SourceHolders, Error: "open /proc/1/fdinfo: permission denied"})
}

// lose takes away what a source that failed would have told.
func lose(o *model.Observation, source model.Source) {
	switch source {
	case model.SourceSystemd:
		o.Units, o.Template, o.StateDir.Mounts = nil, nil, nil
	case model.SourceSystems:
		o.Systems = nil
	case model.SourceStateDir:
		o.StateDir = model.StateDir{Path: stateDir, Mounts: o.StateDir.Mounts}
		o.Runners = nil
	case model.SourceRunners:
		o.Runners = nil
	case model.SourceGCRoots:
		o.GCRoots = nil
	case model.SourceNetwork:
		o.Links, o.Neighbours = nil, nil
	case model.SourceStorage:
		o.ShareSources, o.VolumeFiles, o.SecretStores, o.OtherRoots = nil, nil, nil, nil
	case model.SourceNetdevs:
		o.Netdevs = nil
	case model.SourceProcesses:
		o.Processes = nil
	case model.SourceHolders:
		for i := range o.Processes { // as for root without CAP_SYS_PTRACE
			o.Processes[i].Holds, o.Processes[i].Cwd, o.Processes[i].Deleted, o.Processes[i].Serves = nil, nil, nil, nil
		}
	case model.SourceUsage:
		o.Usage = nil
	case model.SourceKeep:
		o.Keep = nil
	case model.SourceSnapshots:
		o.Snapshots = nil
	case model.SourceHost:
		o.Host = model.Host{Privileged: o.Host.Privileged}
	}
	o.Faults = append(o.Faults, model.Fault{Source: source, Error: "read: input/output error"})
}
