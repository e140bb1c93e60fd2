package doctor

import (
	"slices"
	"strings"

	"microtui/model"
)

// host is an inventory with the facts behind it, and what rules ask of its VMs
// again and again.
type host struct {
	*model.Inventory
	o      *model.Facts
	guests []guest
	byName map[model.Raw]*guest
}

// guest is a VM with what rules ask of it again and again.
type guest struct {
	*model.VM
	main *model.Unit // microvm@NAME.service; nil: systemd does not have it in memory
	up   bool        // its unit is, or its hypervisor runs outside
	dir  model.Raw   // the path of its directory, there or not
	// runners are those whose things it has or would take: the one it booted
	// while it is up, and the one that its next start runs.
	runners []*model.Runner
}

func look(i *model.Inventory) *host {
	h := &host{Inventory: i, o: i.Facts()}
	h.joinGuests()
	return h
}

func (h *host) joinGuests() {
	h.guests = make([]guest, len(h.VMs))
	h.byName = make(map[model.Raw]*guest, len(h.VMs))
	base := model.Raw(strings.TrimRight(string(h.StateDir), "/") + "/")
	runners := make([]*model.Runner, 0, 2*len(h.VMs))
	for at := range h.VMs {
		vm := &h.VMs[at]
		g := &h.guests[at]
		*g = guest{VM: vm, main: vm.MainUnit(), dir: base + vm.Name}
		g.up = g.main.IsUp() || len(vm.Outside) > 0
		if vm.Directory != nil && vm.Directory.Name != vm.Name {
			g.dir = base + vm.Directory.Name
		}
		from := len(runners)
		if g.up && vm.BootedFrom != nil {
			runners = append(runners, vm.BootedFrom)
		}
		if vm.Current != nil && !slices.Contains(runners[from:], vm.Current) {
			runners = append(runners, vm.Current)
		}
		g.runners = runners[from:len(runners):len(runners)]
		h.byName[vm.Name] = g
	}
}

func (h *host) failed(source model.Source) bool {
	_, failed := h.o.Fault(source)
	return failed
}

func (h *host) ref() model.Ref { return model.Ref{Kind: model.KindHost, Name: h.Host.Name} }

// leftBehind reports whether a VM is a leftover, proven or not.
func (g *guest) leftBehind() bool {
	return g.Verdict == model.VerdictOrphan || g.Verdict == model.VerdictSuspect
}

// counts reports whether it matters if a VM can start: it runs, or somebody may
// want it to. A leftover that is off is shown as one, and that is all.
func (g *guest) counts() bool { return g.up || !g.leftBehind() }

// of makes a finding about a VM.
func (g *guest) of(summary model.Raw, evidence, advice []model.Raw) model.Finding {
	return model.Finding{
		Subject: g.Ref(), VMs: []model.Raw{g.Name}, Summary: summary, Evidence: evidence, Advice: advice,
	}
}

// noted adds words for the row of the finding's only VM.
func noted(f model.Finding, words model.Raw) model.Finding {
	f.Notes = []model.Raw{words}
	return f
}

// fixedBy adds the plan that fixes a finding.
func fixedBy(f model.Finding, action model.Action, refs ...model.Ref) model.Finding {
	f.Fix = &model.Fix{Action: action, Refs: refs}
	return f
}

// eachVM asks about every VM, and collects what is found.
func (h *host) eachVM(about func(*guest) []model.Finding) []model.Finding {
	var found []model.Finding
	for at := range h.guests {
		found = append(found, about(&h.guests[at])...)
	}
	return found
}

// absolute is a path that may be relative to a VM's directory.
func (g *guest) absolute(path model.Raw) model.Raw {
	if strings.HasPrefix(string(path), "/") {
		return path
	}
	return g.dir + "/" + path
}

// device is the link of one of a VM's interfaces; nil: it is not there, or was
// not looked at.
func (g *guest) device(name model.Raw) *model.Link {
	for at := range g.Interfaces {
		if g.Interfaces[at].Name == name {
			return g.Interfaces[at].Device
		}
	}
	return nil
}

// isElsewhere reports whether one of a VM's interfaces is in a network
// namespace other than the host's: what is there is not known.
func (g *guest) isElsewhere(name model.Raw) bool {
	return slices.ContainsFunc(g.Interfaces, func(i model.Interface) bool { return i.Name == name && i.Namespace != "" })
}

func (h *host) isMicrovm(uid *uint32) bool {
	return uid != nil && h.o.IsMicrovm(*uid)
}
