package doctor

import (
	"slices"
	"time"

	"microtui/model"
)

var networkRules = []Rule{
	{
		ID: "interface-unconnected", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "A running VM's TAP is on no bridge and has no address or route",
		Needs: needsLinks, absent: true, find: interfaceUnconnected,
	},
	{
		ID: "tap-flags-mismatch", Severity: model.SeverityError, Kinds: []model.Kind{model.KindTap},
		Title: "A TAP was created with flags that do not match its VM",
		Needs: needsLinks, find: tapFlagsMismatch,
	},
}

// attachTime is how long networkd, udev or a script may take to put a TAP into
// its bridge.
const attachTime = 30 * time.Second

// interfaceUnconnected finds TAPs that lead nowhere. One is put into its bridge
// a moment after it is made, and a routed one has an address or a route.
func interfaceUnconnected(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		age := h.tapAge(g)
		if g.State != model.StateRunning || age < attachTime {
			return nil
		}
		var found []model.Finding
		for at := range g.Interfaces {
			i := &g.Interfaces[at]
			if i.Type != "tap" || i.Device == nil || !leadsNowhere(i.Device) || !g.has(i.Name) {
				continue
			}
			evidence := []model.Raw{
				rawf("%s has existed for %s, is not on any bridge, and has no address or route", i.Name, age.Round(time.Second)),
			}
			if bridge := h.bridgeOfOthers(g); bridge != "" {
				evidence = append(evidence, rawf("the TAPs of other VMs are on %s", bridge))
			}
			f := g.of(rawf("%s is not connected to anything", i.Name), evidence, []model.Raw{
				rawf("Quick fix: ip link set %s master BRIDGE", i.Name),
				`Permanent fix: a systemd.network.networks entry with matchConfig.Name = "vm-*" and networkConfig.Bridge.`,
			})
			found = append(found, noted(f, rawf("%s is on no bridge", i.Name)))
		}
		return found
	})
}

// tapAge is how long a VM's TAPs have been there at least: when a link was made
// is not known, but when its helper was done is.
func (h *host) tapAge(g *guest) time.Duration {
	if helper := g.Unit(model.RoleTap); helper != nil && helper.Properties != nil {
		return min(h.upFor(helper), h.upFor(g.main))
	}
	return h.upFor(g.main)
}

func leadsNowhere(l *model.Link) bool {
	return l.Tap && l.Master == 0 && !l.Addressed && len(l.Addresses) == 0 && !l.Routed
}

// bridgeOfOthers is where the TAPs of other VMs are; empty: in no bridge.
func (h *host) bridgeOfOthers(but *guest) model.Raw {
	for at := range h.guests {
		if h.guests[at].Name == but.Name {
			continue
		}
		for _, i := range h.guests[at].Interfaces {
			if i.Type == "tap" && i.Master != "" {
				return i.Master
			}
		}
	}
	return ""
}

// tapFlagsMismatch finds TAPs that their hypervisor cannot open: the kernel
// wants the flags with which the TAP was made. One that is open is right.
func tapFlagsMismatch(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.Current == nil || len(g.Current.TapFlags) == 0 || !g.up {
			return nil
		}
		var found []model.Finding
		for _, name := range g.Current.Taps {
			link := g.device(name)
			if link == nil || !link.Tap || link.Carrier != nil && *link.Carrier {
				continue
			}
			want := slices.Contains(g.Current.TapFlags, multiQueue)
			if want == link.MultiQueue {
				continue // whether it has vnet_hdr, whoever opens it decides
			}
			f := model.Finding{
				Subject: model.Ref{Kind: model.KindTap, Name: name}, VMs: []model.Raw{g.Name},
				Summary: rawf("%s cannot open it: one has multi_queue, the other does not", g.Name),
				Evidence: []model.Raw{
					rawf("%s was created %s multi_queue", name, withOrNot(link.MultiQueue)),
					rawf("its runner opens it %s multi_queue (share/microvm/tap-flags)", withOrNot(want)),
					"the hypervisor fails with: could not configure /dev/net/tun: Invalid argument",
				},
				Advice: []model.Raw{
					"multi_queue is used with more than one vCPU (qemu, cloud-hypervisor, stratovirt).",
					rawf("While the VM is off, delete the TAP; the next start creates it correctly: ip link delete %s", name),
				},
			}
			found = append(found, noted(f, rawf("%s cannot be opened: multi_queue differs", name)))
		}
		return found
	})
}

// multiQueue is the flag of a TAP that whoever opens it has to give as well.
const multiQueue = "multi_queue"

func withOrNot(is bool) string {
	if is {
		return "with"
	}
	return "without"
}
