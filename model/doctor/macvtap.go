package doctor

import (
	"slices"

	"microtui/model"
)

var macvtapRules = []Rule{
	{
		ID: "macvtap-mode-missing", Severity: model.SeverityError, Kinds: onVM,
		Title: "A macvtap has no mode or no link, so its VM cannot start",
		Needs: append([]model.Source{model.SourceNetdevs}, needsLinks...), absent: true, find: macvtapModeMissing,
	},
	{
		ID: "macvtap-link-missing", Severity: model.SeverityError, Kinds: onVM,
		Title: "The parent interface of a macvtap does not exist",
		Needs: needsLinks, absent: true, find: macvtapLinkMissing,
	},
	{
		ID: "macvtap-link-busy", Severity: model.SeverityError, Kinds: onVM,
		Title: "The parent interface of a macvtap is in use",
		Needs: needsLinks, find: macvtapLinkBusy,
	},
}

// macvtapModes says what each mode means for the guest's traffic.
var macvtapModes = map[string]string{
	"bridge":   "guests on the same link reach each other directly",
	"private":  "guests on the same link never reach each other",
	"vepa":     "guests on the same link reach each other only through a switch with hairpin mode",
	"passthru": "one guest has the link to itself",
	"source":   "only traffic from listed addresses comes in",
}

var macvtapAdvice = []model.Raw{
	`Set both in the guest: macvtap.link = "eno1"; macvtap.mode = "bridge"; then rebuild the VM and start it.`,
	"Host and guest cannot talk to each other over a macvtap, in any mode.",
}

// macvtapModeMissing finds interfaces that the hypervisor opens and nothing
// makes. Before 2024-12-03 mode and link could be null, and the runner left
// the interface out of macvtap-interfaces without a word. Some made it by
// networkd then, on purpose: one that is there, or that is described, is well.
func macvtapModeMissing(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		r := g.Current
		if r == nil || !g.counts() {
			return nil
		}
		var names, evidence []model.Raw
		for _, name := range r.MacvtapOpens {
			listed := slices.ContainsFunc(r.Macvtaps, func(m model.MacvtapEntry) bool { return m.Name == name })
			if !listed && h.o.Link(name) == nil && !h.isDescribed(name) {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			evidence = append(evidence, rawf("bin/microvm-run opens the device of %s, which share/microvm/macvtap-interfaces does not list", model.Listed(names)))
		}
		if len(names) > 0 && !r.Has("macvtap-up") {
			evidence = append(evidence, "the runner has no bin/macvtap-up, so systemd skips "+model.UnitName(model.RoleMacvtap, g.Name))
		}
		for _, m := range r.Macvtaps {
			if macvtapModes[string(m.Mode)] == "" {
				names = append(names, m.Name)
				evidence = append(evidence, rawf("share/microvm/macvtap-interfaces has %s with the mode %q", m.Name, string(m.Mode)))
			}
		}
		if len(names) == 0 {
			return nil
		}
		if n := g.main.Known().Restarts; n > 0 {
			evidence = append(evidence, rawf("%s was restarted %s", g.main.Name, model.Counted(n, "time")))
		}
		f := g.of(rawf("macvtap %s has no mode or no link: nothing creates it, and the VM cannot start", model.Listed(names)), evidence, macvtapAdvice)
		return []model.Finding{noted(f, rawf("macvtap %s has no mode", model.Listed(names)))}
	})
}

// eachMacvtap asks about the macvtaps that VMs have or would take and that are
// not there: one that is there is beyond these troubles.
func (h *host) eachMacvtap(about func(*guest, model.MacvtapEntry) []model.Finding) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.Current == nil || !g.counts() {
			return nil
		}
		var found []model.Finding
		for _, m := range g.Current.Macvtaps {
			if m.Link != "" && !g.isElsewhere(m.Name) && h.o.Link(m.Name) == nil {
				found = append(found, about(g, m)...)
			}
		}
		return found
	})
}

func macvtapLinkMissing(h *host) []model.Finding {
	if len(h.o.Links) == 0 {
		return nil
	}
	return h.eachMacvtap(func(g *guest, m model.MacvtapEntry) []model.Finding {
		if h.o.Link(m.Link) != nil {
			return nil
		}
		f := g.of(rawf("the parent of macvtap %s, %s, does not exist", m.Name, m.Link),
			[]model.Raw{
				rawf("its runner has: %s %s %s %s", m.Name, m.MAC, m.Link, m.Mode),
				rawf("this host has no interface called %s", m.Link),
			},
			[]model.Raw{
				"List the interfaces: ip -brief link",
				rawf("Set macvtap.link of %s to one of them, rebuild the VM and start it.", m.Name),
			})
		return []model.Finding{noted(f, rawf("%s needs %s, which does not exist", m.Name, m.Link))}
	})
}

// macvtapLinkBusy finds links on which the kernel will not make the macvtap: a
// port of a bridge or a bond, or one that a macvlan in passthru mode has for
// itself, as either side of it.
func macvtapLinkBusy(h *host) []model.Finding {
	return h.eachMacvtap(func(g *guest, m model.MacvtapEntry) []model.Finding {
		link := h.o.Link(m.Link)
		if link == nil {
			return nil
		}
		why := h.takenBy(link, string(m.Mode))
		if why == "" {
			return nil
		}
		f := g.of(rawf("macvtap %s cannot be created on %s: %s", m.Name, m.Link, why),
			[]model.Raw{
				rawf("its runner has: %s %s %s %s", m.Name, m.MAC, m.Link, m.Mode),
				rawf("ip link add would fail with: %s", h.kernelSays(link)),
			},
			[]model.Raw{
				"If the link is a port of a bridge: give the guest a TAP on that bridge, or another link.",
				"If it is used by passthru: one VM has the link to itself. Use another link, or mode bridge for all VMs.",
			})
		return []model.Finding{noted(f, rawf("%s is in use: %s", m.Link, why))}
	})
}

func (h *host) kernelSays(link *model.Link) model.Raw {
	if takesPackets(h.o.LinkAt(link.Master)) {
		return "RTNETLINK answers: Device or resource busy"
	}
	return "RTNETLINK answers: Invalid argument"
}

// takesPackets reports whether a master takes all packets of its ports, which
// leaves none for a macvtap. (A VRF, for one, does not.)
func takesPackets(master *model.Link) bool {
	return master != nil && slices.Contains([]string{"bridge", "bond", "team", "openvswitch"}, master.Kind)
}

// takenBy says why no macvtap can be made on a link; empty: one can.
func (h *host) takenBy(link *model.Link, mode string) model.Raw {
	if master := h.o.LinkAt(link.Master); takesPackets(master) {
		return rawf("it is a port of %s", master.Name)
	}
	for at := range h.o.Links {
		other := &h.o.Links[at]
		if other.Parent != link.Index || other.Kind != "macvtap" && other.Kind != "macvlan" {
			continue
		}
		switch {
		case other.Mode == "passthru":
			return rawf("%s has it to itself (passthru)", other.Name)
		case mode == "passthru":
			return rawf("passthru needs it alone, but %s is on it", other.Name)
		}
	}
	return ""
}
