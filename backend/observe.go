package backend

import (
	"context"
	"slices"
	"sync"
	"time"

	"microtui/backend/home"
	"microtui/backend/network"
	"microtui/backend/nixos"
	"microtui/backend/process"
	"microtui/backend/statedir"
	"microtui/backend/systemd"
	"microtui/model"
)

// units and links are what their sources read, with the error that may stand
// beside it.
type units struct {
	systemd.Reading
	err error
}

// whole are units that were read a second time, whole.
type whole struct {
	units []model.Unit
	err   error
}

type links struct {
	network.Reading
	err error
}

// Observe reads the host once. A source that fails, or does not answer in
// time, is a fault of the observation and takes nothing from the others. The
// error is that of ctx.
func (h *Host) Observe(ctx context.Context) (model.Observation, error) {
	o, _ := h.observe(ctx, h.units, false)
	h.addSizes(ctx, &o)
	return o, ctx.Err()
}

// observe also tells whether the host answers as it should: systemd does, and
// no source is late. Who acts on what he reads has it read anew, where else some
// is kept for a while.
func (h *Host) observe(ctx context.Context, readUnits unitsReader, anew bool) (o model.Observation, ok bool) {
	faults := &faults{}
	machine, err := h.flights.machine.read(ctx, h.readMachine)
	faults.late(err, model.SourceHost, model.SourceKeep, model.SourceBuiltFrom)
	faults.add(machine.faults...)
	o = model.Observation{
		Schema:    model.ObservationSchema,
		Host:      machine.host,
		Template:  machine.template,
		Keep:      machine.keep,
		BuiltFrom: machine.builtFrom,
		Switched:  machine.switched,

		UnitSettings: machine.settings,
	}
	units := h.readSources(ctx, readUnits, &o, faults)
	o.At = time.Now().UTC()
	h.askMore(ctx, &o, faults)
	h.readLives(ctx, &o)
	isApart(&o, faults)
	h.readProcesses(ctx, &o, anew, faults)
	h.readStorage(ctx, &o, faults)
	o.Faults = faults.list
	return o, units && !faults.anyLate
}

// readSources reads what depends on nothing else, at the same time, and
// reports whether systemd answered.
func (h *Host) readSources(ctx context.Context, readUnits unitsReader, o *model.Observation, faults *faults) bool {
	var (
		under     sync.WaitGroup
		units     units
		links     links
		systems   nixos.Reading
		directory statedir.Reading
		late      struct{ units, links, systems, directory error }
	)
	under.Go(func() { units, late.units = readUnits(ctx) })
	under.Go(func() { links, late.links = h.flights.links.read(ctx, readLinks) })
	under.Go(func() {
		systems, late.systems = h.flights.systems.read(ctx, func(context.Context) nixos.Reading { return h.systems.Read() })
		path, declared := h.stateDirOf(o.Template), runnersOf(systems.Systems)
		directory, late.directory = h.flights.directory.read(ctx, func(ctx context.Context) statedir.Reading {
			return h.directory.Read(ctx, path, declared)
		})
		if late.directory != nil {
			directory.StateDir.Path = path
		}
	})
	under.Wait()

	faults.late(late.units, model.SourceSystemd)
	faults.from(units.err, model.SourceSystemd)
	o.Units, o.Host.Pid1 = units.Units, units.Version
	if o.Host.Switching == "" {
		o.Host.Switching = units.Switching
	}

	faults.late(late.links, model.SourceNetwork)
	faults.from(links.err, model.SourceNetwork)
	o.Links, o.Neighbours = links.Links, links.Neighbours

	faults.late(late.systems, model.SourceSystems, model.SourceNetdevs)
	faults.add(systems.Faults...)
	o.Systems, o.Host.Guest, o.Host.BootedAsGuest = systems.Systems, systems.Guest, systems.BootedAsGuest
	o.Netdevs = joinNetdevs(systems.Netdevs, units.Netdevs)

	faults.late(late.directory, model.SourceStateDir, model.SourceRunners, model.SourceGCRoots)
	faults.add(directory.Faults...)
	o.StateDir, o.Runners, o.GCRoots = directory.StateDir, directory.Runners, directory.GCRoots
	o.StateDir.Mounts = mountsOf(o.StateDir, units.Mounts)
	o.Mounts = mountsElsewhere(o, units.Mounts)
	o.Neighbours = neighboursOf(links.Neighbours, o.Runners)

	trashed, lateTrash := h.flights.trash.read(ctx, func(context.Context) trashed { return readTrash(o.StateDir.Real) })
	faults.late(lateTrash, model.SourceTrash, model.SourceKeep, model.SourceSnapshots)
	faults.from(trashed.err, model.SourceTrash)
	faults.from(trashed.keepErr, model.SourceKeep)
	faults.from(trashed.snapshotsErr, model.SourceSnapshots)
	o.Snapshots = trashed.snapshots
	o.Trash, o.Keep = trashed.entries, home.MergeKeep(o.Keep, trashed.keep)
	return late.units == nil && units.err == nil
}

// askMore reads whole what the list of units is not enough for.
func (h *Host) askMore(ctx context.Context, o *model.Observation, faults *faults) {
	names := model.WorthAsking(o)
	if len(names) == 0 {
		return
	}
	units := slices.DeleteFunc(slices.Clone(o.Units), func(u model.Unit) bool { return !slices.Contains(names, u.Name) })
	read, late := h.flights.whole.read(ctx, func(ctx context.Context) whole {
		return whole{units, h.bus.ReadWhole(ctx, units)}
	})
	faults.late(late, model.SourceSystemd)
	faults.from(read.err, model.SourceSystemd)
	for _, one := range read.units {
		for at := range o.Units {
			if unit := &o.Units[at]; unit.Name == one.Name {
				unit.Properties = one.Properties
			}
		}
	}
}

// readProcesses reads what depends on units, links and the directory. The
// counters are as of now, so this is the time of the observation.
func (h *Host) readProcesses(ctx context.Context, o *model.Observation, anew bool, faults *faults) {
	o.At = time.Now().UTC()
	question := process.Question{
		Units:      o.Units,
		StateDir:   o.StateDir.Real,
		MicrovmUID: o.Host.MicrovmUID,
		Taps:       tapsOf(o.Links),
		Anew:       anew,
	}
	reading, late := h.flights.processes.read(ctx, func(ctx context.Context) process.Reading {
		h.processing.Lock()
		defer h.processing.Unlock()
		return h.processes.Read(ctx, question)
	})
	faults.late(late, model.SourceProcesses, model.SourceHolders, model.SourceUsage)
	faults.add(reading.Faults...)
	o.Processes, o.Usage = reading.Processes, reading.Usage
}

// unitsReader is one of the ways to read units. Its error is that they are
// late.
type unitsReader func(context.Context) (units, error)

func (h *Host) units(ctx context.Context) (units, error) {
	return h.flights.units.read(ctx, func(ctx context.Context) units { return unitsOf(h.bus.Units(ctx)) })
}

// unitsNow is for who acts on what he reads: in a flight he might be given what
// was read a moment before he asked.
func (h *Host) unitsNow(ctx context.Context) (units, error) { return unitsOf(h.bus.Units(ctx)), nil }

func unitsOf(reading systemd.Reading, err error) units { return units{reading, err} }

func readLinks(context.Context) links {
	reading, err := network.Read()
	return links{reading, err}
}

// stateDirOf is the place that was asked for, else the template's, else the
// default.
func (h *Host) stateDirOf(template *model.Template) model.Raw {
	switch {
	case h.stateDir != "":
		return h.stateDir
	case template != nil && template.StateDir != "":
		return template.StateDir
	}
	return defaultStateDir
}

// runnersOf lists the runners that declarations name: those that count, and of
// a VM that is declared no longer the last one, since it may still run.
func runnersOf(systems []model.System) []model.Raw {
	declared := make(map[model.Raw]bool)
	last := make(map[model.Raw]model.Raw)
	var runners []model.Raw
	for _, system := range systems {
		for _, declaration := range system.Declared {
			if system.Counts() {
				declared[declaration.Name] = true
				runners = append(runners, declaration.Runner)
			} else {
				last[declaration.Name] = declaration.Runner // generations come by number
			}
		}
	}
	for name, runner := range last {
		if !declared[name] {
			runners = append(runners, runner)
		}
	}
	slices.Sort(runners)
	runners = slices.Compact(runners)
	return slices.DeleteFunc(runners, func(r model.Raw) bool { return r == "" })
}

func tapsOf(links []model.Link) []model.Raw {
	var taps []model.Raw
	for _, link := range links {
		if link.Tap {
			taps = append(taps, link.Name)
		}
	}
	return taps
}

// joinNetdevs adds the interfaces of loaded units to those of files.
func joinNetdevs(files, loaded []model.Netdev) []model.Netdev {
	described := make(map[model.Raw]bool)
	for _, netdev := range files {
		described[netdev.Name] = true
	}
	for _, netdev := range loaded {
		if !described[netdev.Name] {
			files = append(files, netdev)
		}
	}
	return files
}
