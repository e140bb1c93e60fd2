package doctor

import (
	"fmt"
	"slices"
	"strings"

	"microtui/model"
)

// duplicateRules are about things that two VMs claim and one can have. Volumes
// are another: see [duplicateVolume].
var duplicateRules = []Rule{
	{
		ID: "duplicate-interface", Severity: model.SeverityWarning, Kinds: []model.Kind{model.KindTap, model.KindMacvtap},
		Title: "Two VMs use the same interface name",
		Needs: needsRunners, find: duplicateInterface,
	},
	{
		ID: "duplicate-mac", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "Two interfaces on one network have the same MAC address",
		Needs: needsRunners, find: duplicateMAC,
	},
	{
		ID: "duplicate-vsock-cid", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "Two VMs use the same vsock CID",
		Needs: needsRunners, find: duplicateCID,
	},
}

// claim is a claim of a VM that has the thing, or would take it.
type claim struct {
	*guest
	model.Claim
}

// contested visits the things of a kind that VMs contend for: each VM, or each
// of its interfaces, is there once, in the order of VMs.
func (h *host) contested(kind model.ThingKind, visit func(thing model.Thing, all []claim)) {
	h.Claims().Contested(kind, func(thing model.Thing, on []model.Claim) {
		var all []claim
		for _, c := range on {
			g := h.byName[c.By.VM]
			if g == nil || !g.takes(c.Paper) {
				continue
			}
			if at := slices.IndexFunc(all, func(have claim) bool { return have.guest == g && have.Of == c.Of }); at >= 0 {
				all[at].ReadOnly = all[at].ReadOnly && c.ReadOnly
				continue
			}
			all = append(all, claim{g, c})
		}
		if len(all) > 1 {
			visit(thing, all)
		}
	})
}

// takes reports whether a VM has what a paper of its names, or would take it.
func (g *guest) takes(p model.Paper) bool {
	return g.counts() && (p == model.PaperCurrent || p == model.PaperBooted && g.up)
}

// clash makes a finding about VMs that claim one thing. It is an error where
// two of them run.
func clash(subject model.Ref, all []claim, summary model.Raw, evidence, advice []model.Raw) model.Finding {
	f := model.Finding{Subject: subject, Summary: summary, Evidence: evidence, Advice: advice}
	running := 0
	for at, c := range all {
		f.VMs = append(f.VMs, c.Name)
		f.Notes = append(f.Notes, rawf("%s is also claimed by %s", c.As, model.Listed(others(all, at))))
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
	var found []model.Finding
	h.contested(model.ThingInterface, func(thing model.Thing, all []claim) {
		names := model.Listed(vmNames(all))
		how := model.Raw("tap-up and macvtap-up delete an interface of that name before creating it")
		if slices.ContainsFunc(all, func(c claim) bool { return c.Named }) {
			how = "the second to start cannot open it while the first has it open"
		}
		evidence := []model.Raw{rawf("the runners of %s name it", names), how, states(all)}
		if thing.In != "" {
			evidence = append(evidence, rawf("both are in network namespace %s", thing.In))
		}
		found = append(found, clash(model.Ref{Kind: all[0].kindOf(thing.Name), Name: thing.Name}, all,
			rawf("used by %s: whichever starts takes it from the other", names), evidence,
			[]model.Raw{rawf("Give each VM its own microvm.interfaces.*.id; rebuild and restart the one that changed.")}))
	})
	return found
}

// kindOf is the kind of a VM's interface.
func (g *guest) kindOf(name model.Raw) model.Kind {
	for at := range g.Interfaces {
		if g.Interfaces[at].Name == name {
			return model.Kind(g.Interfaces[at].Type)
		}
	}
	return model.KindTap
}

// duplicateMAC compares addresses within a network: the same address behind two
// bridges that do not meet does no harm. Interfaces of qemu's user network each
// have a network of their own.
func duplicateMAC(h *host) []model.Finding {
	var found []model.Finding
	h.contested(model.ThingMAC, func(thing model.Thing, all []claim) {
		mac := thing.Name
		all = h.onOneNetwork(all)
		if len(all) < 2 {
			return
		}
		f := clash(all[0].Ref(), all, rawf("%s share the MAC address %s", model.Listed(claimed(all)), mac),
			[]model.Raw{rawf("%s: %s", mac, model.Listed(claimed(all))), states(all)},
			[]model.Raw{
				"On one network, the guests lose packets alternately, and DHCP gives them the same IP address.",
				"Give each interface its own microvm.interfaces.*.mac, with 2, 6, A or E as the second digit.",
			})
		for at := range f.Notes {
			f.Notes[at] = rawf("MAC address %s is also used by %s", mac, model.Listed(others(all, at)))
		}
		if names := slices.Compact(slices.Clone(f.VMs)); len(names) == 1 {
			f.VMs, f.Notes = names, []model.Raw{rawf("two interfaces have the MAC address %s", mac)}
		}
		found = append(found, f)
	})
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
		names = append(names, fmt.Sprintf("%s of %s", c.Of, c.Name))
	}
	return names
}

// onOneNetwork is the first of the interfaces that is not alone on its network,
// with those that share it, or may: where one of them is not there, nobody
// knows where it will be. An interface that two VMs claim by name is another
// rule's.
func (h *host) onOneNetwork(all []claim) []claim {
	all = slices.DeleteFunc(all, func(c claim) bool { return c.Of == "" })
	for at, first := range all {
		network := h.networkOf(first)
		group := []claim{first}
		for _, c := range all[at+1:] {
			other := h.networkOf(c)
			if c.Of != first.Of && (network == 0 || other == 0 || other == network) {
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
func (h *host) networkOf(c claim) int {
	link := c.device(c.Of)
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

func duplicateCID(h *host) []model.Finding {
	var found []model.Finding
	h.contested(model.ThingVsock, func(thing model.Thing, all []claim) {
		f := clash(all[0].Ref(), all, rawf("%s share vsock CID %s: only one of them can run", model.Listed(vmNames(all)), thing.Name),
			[]model.Raw{rawf("share/microvm/vsock-cid of their runners is %s", thing.Name), states(all),
				"the second to start fails with: unable to set guest cid: Address already in use"},
			[]model.Raw{"Give each VM its own microvm.vsock.cid, 3 or higher."})
		for at := range f.Notes {
			f.Notes[at] = "vsock CID " + f.Notes[at]
		}
		found = append(found, f)
	})
	return found
}
