package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"microtui/model"
)

// DeclaredAs says how the host's configuration declares a VM.
type DeclaredAs int

// The ways to declare a VM in microvm.vms.
const (
	ByConfig      DeclaredAs = iota // config or evaluatedConfig: fully declarative
	ByFlake                         // flake: installed anew at each switch (since 2025-10-10)
	ByUpdateFlake                   // flake and updateFlake: installed once
)

// entry is one VM in the host's configuration.
type entry struct {
	name      model.Raw
	as        DeclaredAs
	autostart bool
}

// config is what the administrator's files say, not yet built.
type config struct {
	module    bool // imports the host module
	guest     bool // imports the guest module too
	vms       []entry
	autostart []model.Raw // microvm.autostart, beyond the declared ones
	templates []model.Raw // microvm.templates (proposed)
	specs     []specialisation
}

// specialisation is a variant of the configuration: with some VMs more.
type specialisation struct {
	name model.Raw
	vms  []entry
}

func entryName(e entry) model.Raw { return e.name }

// system is a NixOS system as built.
type system struct {
	path      model.Raw
	module    bool
	canSwitch bool
	guest     []model.Raw
	declared  []declared
	autostart []model.Raw
	templates []model.Raw
	specs     []*system
	spec      model.Raw // its name, where it is a specialisation

	asModel []model.Declaration // what its units say; it never changes
}

// declared is one VM in a system.
type declared struct {
	entry
	build *build
}

func declaredName(d declared) model.Raw { return d.name }

// generation is a link of the system profile.
type generation struct {
	number int
	since  time.Time
	system *system
	gone   bool // the store path is not there: restored without it
}

// profile is one under system-profiles.
type profile struct {
	name   model.Raw
	system *system
}

// systems are the NixOS systems that are on the host.
type systems struct {
	live, booted *system
	generations  []generation // of the system profile, by number
	newest       int          // the number its link names
	profiles     []profile    // others, by name
}

// evaluate builds the configuration.
func (h *Host) evaluate() *system {
	s := h.build(h.config.vms, "")
	for _, spec := range h.config.specs {
		vms := slices.Clone(h.config.vms)
		for _, e := range spec.vms {
			if _, there := find(vms, e.name, entryName); !there {
				vms = insert(vms, e, entryName)
			}
		}
		s.specs = append(s.specs, h.build(vms, spec.name))
	}
	return s
}

func (h *Host) build(vms []entry, spec model.Raw) *system {
	c := h.config
	s := &system{
		path:      h.storePath("nixos-system-" + string(h.name) + "-26.05"),
		module:    c.module,
		canSwitch: !c.guest,
		spec:      spec,
	}
	if c.guest {
		s.guest = []model.Raw{"root is a tmpfs named rootfs"}
	}
	if !c.module {
		return s
	}
	s.autostart = slices.Clone(c.autostart)
	s.templates = slices.Clone(c.templates)
	for _, e := range vms {
		d := declared{e, h.realise(h.source(e.name))}
		s.declared = append(s.declared, d)
		s.asModel = append(s.asModel, d.unit())
		if e.autostart {
			s.autostart = append(s.autostart, e.name)
		}
	}
	slices.Sort(s.autostart)
	s.autostart = slices.Compact(s.autostart)
	return s
}

// unit is what the install unit and its script say.
func (d declared) unit() model.Declaration {
	u := model.Declaration{Name: d.name, Runner: d.build.runner.Path}
	switch d.as {
	case ByConfig:
		u.Toplevel = d.build.system
	case ByFlake:
		u.Flake = d.build.source
	case ByUpdateFlake:
		u.Flake = upstream
		u.Once = true
	}
	return u
}

// upstream is the flake reference that VMs are updated from.
const upstream = "git+https://git.example.org/vms"

func (s *system) declares(name model.Raw) bool {
	if s == nil {
		return false
	}
	_, ok := find(s.declared, name, declaredName)
	return ok
}

func (s *system) starts(name model.Raw) bool {
	return s != nil && slices.Contains(s.autostart, name)
}

// profile is the system that the system profile's link names.
func (ss *systems) profile() *system {
	for _, g := range ss.generations {
		if g.number == ss.newest {
			return g.system
		}
	}
	return nil
}

// add makes a system the newest generation.
func (h *Host) add(s *system) {
	h.noticed(s)
	ss := &h.systems
	number := 1
	if n := len(ss.generations); n > 0 {
		number = ss.generations[n-1].number + 1
	}
	ss.generations = append(ss.generations, generation{number: number, since: h.now, system: s})
	ss.newest = number
}

// counted is a system that counts as declaring.
type counted struct {
	kind   model.SystemKind
	name   model.Raw // of a specialisation or a profile
	system *system
}

// counting are the systems that count as declaring: the live system, the
// newest profile, the specialisations of either, other profiles.
func (ss *systems) counting() []counted {
	newest := ss.profile()
	out := make([]counted, 0, 4)
	out = append(out, counted{model.SystemLive, "", ss.live})
	if newest != nil {
		out = append(out, counted{model.SystemNewest, "", newest})
	}
	for _, spec := range ss.live.specs {
		out = append(out, counted{model.SystemSpecialisation, spec.spec, spec})
	}
	if newest != nil && newest != ss.live {
		for _, spec := range newest.specs {
			out = append(out, counted{model.SystemSpecialisation, spec.spec, spec})
		}
	}
	for _, p := range ss.profiles {
		out = append(out, counted{model.SystemProfile, p.name, p.system})
	}
	return out
}

// observed lists the systems as they are read: live first, generations last.
func (ss *systems) observed() []model.System {
	counting := ss.counting()
	out := make([]model.System, 0, len(ss.generations)+len(counting))
	for _, c := range counting {
		m := c.system.observed(c.kind)
		m.Name = c.name
		if c.kind == model.SystemNewest {
			m.Generation = ss.newest
		}
		out = append(out, m)
	}
	for _, g := range ss.generations {
		m := g.system.observed(model.SystemGeneration)
		if g.gone {
			m = model.System{Kind: model.SystemGeneration, Path: g.system.path,
				Fault: model.Raw(fmt.Sprintf("open %s: no such file or directory", g.system.path))}
		}
		m.Generation, m.Since = g.number, g.since
		out = append(out, m)
	}
	return out
}

func (s *system) observed(kind model.SystemKind) model.System {
	return model.System{
		Kind: kind, Path: s.path, HostModule: s.module, CanSwitch: s.canSwitch, Guest: s.guest,
		Declared: s.asModel, Autostart: s.autostart,
	}
}

// rawCompare orders names as their bytes.
func rawCompare(a, b model.Raw) int { return strings.Compare(string(a), string(b)) }
