package doctor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"microtui/model"
)

// duplicateRules are about things that two VMs claim and one can have. Volumes
// are another: see [duplicateVolume].
var duplicateRules = []Rule{
	{
		ID: "duplicate-interface", Severity: model.SeverityWarning, Kinds: []model.Kind{model.KindTap, model.KindMacvtap},
		Title: "Two VMs have an interface of the same name",
		Needs: needsRunners, find: duplicateInterface,
	},
	{
		ID: "duplicate-mac", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "Two interfaces on one network have the same MAC address",
		Needs: needsRunners, find: duplicateMAC,
	},
	{
		ID: "duplicate-vsock-cid", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "Two VMs have the same vsock CID",
		Needs: needsRunners, find: duplicateCID,
	},
}

// claims collects who takes a thing, in the order of VMs. Most things are
// taken once.
type claims struct {
	first map[model.Raw]claim
	of    map[model.Raw][]claim // of what is taken more than once
	twice []model.Raw           // their keys, in the order in which that was seen
}

type claim struct {
	*guest
	what model.Raw // as this VM's runner writes it
}

func (h *host) newClaims() claims {
	return claims{first: make(map[model.Raw]claim, len(h.guests)), of: make(map[model.Raw][]claim)}
}

func (c *claims) add(key model.Raw, g *guest, what model.Raw) {
	first, taken := c.first[key]
	switch {
	case !taken:
		c.first[key] = claim{g, what}
	case c.of[key] == nil:
		c.of[key] = []claim{first, {g, what}}
		c.twice = append(c.twice, key)
	default:
		c.of[key] = append(c.of[key], claim{g, what})
	}
}

// dropRepeated takes a VM that claims a thing by both of its runners for one.
func dropRepeated(all []claim) []claim {
	return slices.CompactFunc(all, func(a, b claim) bool { return a.guest == b.guest })
}

// clash makes a finding about VMs that claim one thing. It is an error where
// two of them run.
func clash(subject model.Ref, all []claim, summary model.Raw, evidence, advice []model.Raw) model.Finding {
	f := model.Finding{Subject: subject, Summary: summary, Evidence: evidence, Advice: advice}
	running := 0
	for at, c := range all {
		f.VMs = append(f.VMs, c.Name)
		f.Notes = append(f.Notes, rawf("%s is also claimed by %s", c.what, model.Listed(others(all, at))))
		if c.up && !slices.ContainsFunc(all[:at], func(before claim) bool { return before.guest == c.guest }) {
			running++
		}
	}
	if running > 1 {
		f.Severity = model.SeverityError
	}
	return f
}

func others(all []claim, but int) []model.Raw {
	var names []model.Raw
	for at, c := range all {
		if at != but {
			names = append(names, c.Name)
		}
	}
	return names
}

func vmNames(all []claim) []model.Raw { return others(all, -1) }

// states says what the VMs do that clash.
func states(all []claim) model.Raw {
	words := make([]string, 0, len(all))
	for _, c := range all {
		words = append(words, fmt.Sprintf("%s is %s", c.Name, c.State))
	}
	return model.Raw(strings.Join(words, ", "))
}

func duplicateInterface(h *host) []model.Finding {
	by := h.newClaims()
	kinds := make(map[model.Raw]model.Kind, len(h.guests))
	h.eachClaim(func(g *guest, r *model.Runner) {
		for _, name := range r.Taps {
			by.add(name, g, name)
			kinds[name] = model.KindTap
		}
		for _, m := range r.Macvtaps {
			by.add(m.Name, g, m.Name)
			kinds[m.Name] = model.KindMacvtap
		}
	})
	var found []model.Finding
	for _, key := range by.twice {
		all := dropRepeated(by.of[key])
		if len(all) < 2 {
			continue
		}
		found = append(found, clash(model.Ref{Kind: kinds[key], Name: key}, all,
			rawf("%s both have it: whichever starts takes it from the other", model.Listed(vmNames(all))),
			[]model.Raw{
				rawf("the runners of %s name it", model.Listed(vmNames(all))),
				"tap-up and macvtap-up delete an interface of that name before they make it",
				states(all),
			},
			[]model.Raw{rawf("Give each VM its own microvm.interfaces.*.id; rebuild and restart the one that changed.")}))
	}
	return found
}

// eachClaim visits the runners whose things a VM has, or would take.
func (h *host) eachClaim(visit func(*guest, *model.Runner)) {
	for at := range h.guests {
		if g := &h.guests[at]; g.counts() {
			for _, r := range g.runners {
				visit(g, r)
			}
		}
	}
}

// duplicateMAC compares addresses within a network: the same address behind two
// bridges that do not meet does no harm. Interfaces of qemu's user network each
// have a network of their own.
func duplicateMAC(h *host) []model.Finding {
	by := h.newClaims()
	for at := range h.guests {
		g := &h.guests[at]
		if !g.counts() {
			continue
		}
		for n := range g.Interfaces {
			if i := &g.Interfaces[n]; i.MAC != "" && g.has(i.Name) {
				by.add(model.Raw(strings.ToLower(string(i.MAC))), g, i.Name)
			}
		}
	}
	var found []model.Finding
	for _, mac := range by.twice {
		all := h.onOneNetwork(by.of[mac])
		if len(all) < 2 {
			continue
		}
		f := clash(all[0].Ref(), all, rawf("%s have the same address %s", model.Listed(claimed(all)), mac),
			[]model.Raw{rawf("%s: %s", mac, model.Listed(claimed(all))), states(all)},
			[]model.Raw{
				"On one network, both guests lose packets in turns, and DHCP gives both the same address.",
				"Give each interface its own microvm.interfaces.*.mac, with 2, 6, A or E as the second digit.",
			})
		for at := range f.Notes {
			f.Notes[at] = rawf("address %s is also that of %s", mac, model.Listed(others(all, at)))
		}
		if names := slices.Compact(slices.Clone(f.VMs)); len(names) == 1 {
			f.VMs, f.Notes = names, []model.Raw{rawf("two interfaces have the address %s", mac)}
		}
		found = append(found, f)
	}
	return found
}

// has reports whether a VM has or would take an interface. The list of its
// interfaces knows those of earlier runners as well.
func (g *guest) has(name model.Raw) bool {
	return slices.ContainsFunc(g.runners, func(r *model.Runner) bool {
		return slices.Contains(r.Taps, name) ||
			slices.ContainsFunc(r.Macvtaps, func(m model.MacvtapEntry) bool { return m.Name == name })
	})
}

func claimed(all []claim) []string {
	var names []string
	for _, c := range all {
		names = append(names, fmt.Sprintf("%s of %s", c.what, c.Name))
	}
	return names
}

// onOneNetwork is the first of the interfaces that is not alone on its network,
// with those that share it, or may: where one of them is not there, nobody
// knows where it will be. An interface that two VMs claim by name is another
// rule's.
func (h *host) onOneNetwork(all []claim) []claim {
	for at, first := range all {
		network := h.networkOf(first.what)
		group := []claim{first}
		for _, c := range all[at+1:] {
			other := h.networkOf(c.what)
			if c.what != first.what && (network == 0 || other == 0 || other == network) {
				group = append(group, c)
			}
		}
		if len(group) > 1 {
			return group
		}
	}
	return nil
}

// networkOf is the index of the bridge or the link that an interface is on; 0:
// unknown.
func (h *host) networkOf(name model.Raw) int {
	link := h.links[name]
	switch {
	case link == nil:
		return 0
	case link.Kind == "macvtap":
		return link.Parent
	case link.Master != 0:
		return link.Master
	}
	return link.Index
}

// sharesVsock are the hypervisors that use the kernel's vsock, of which each
// CID can be given once. The others put a Unix socket in its place.
var sharesVsock = []string{"qemu", "crosvm", "kvmtool", "alioth"}

func duplicateCID(h *host) []model.Finding {
	by := h.newClaims()
	h.eachClaim(func(g *guest, r *model.Runner) {
		if r.VsockCID != nil && slices.Contains(sharesVsock, r.Hypervisor) {
			cid := model.Raw(strconv.FormatUint(uint64(*r.VsockCID), 10))
			by.add(cid, g, "vsock CID "+cid)
		}
	})
	var found []model.Finding
	for _, cid := range by.twice {
		all := dropRepeated(by.of[cid])
		if len(all) < 2 {
			continue
		}
		found = append(found, clash(all[0].Ref(), all, rawf("%s have the same vsock CID %s: only one of them can run", model.Listed(vmNames(all)), cid),
			[]model.Raw{rawf("share/microvm/vsock-cid of their runners is %s", cid), states(all),
				"the second to start ends with: unable to set guest cid: Address already in use"},
			[]model.Raw{"Give each VM its own microvm.vsock.cid, from 3 on."}))
	}
	return found
}
