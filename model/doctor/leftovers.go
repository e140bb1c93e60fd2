package doctor

import (
	"slices"

	"microtui/model"
)

// leftoverRules are about what a removed VM leaves behind. The verdicts are
// the model's, and so is the evidence.
var leftoverRules = []Rule{
	{
		ID: "undeclared-running", Severity: model.SeverityWarning,
		Kinds: []model.Kind{model.KindVM, model.KindUnit, model.KindProcess},
		Title: "A removed VM, or part of it, is still running",
		Needs: needsVerdicts, Root: true, find: undeclaredRunning,
	},
	{
		ID: "undeclared-state", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "The state directory of a removed VM still exists",
		Needs: needsVerdicts, Root: true, find: undeclaredState,
	},
	{
		ID: "leaked-interface", Severity: model.SeverityWarning,
		Kinds: []model.Kind{model.KindTap, model.KindMacvtap},
		Title: "A TAP or macvtap exists that no VM uses",
		Needs: append([]model.Source{model.SourceNetwork, model.SourceNetdevs, model.SourceHolders}, needsVerdicts...),
		Root:  true, find: leakedInterface,
	},
	{
		ID: "dangling-gcroot", Severity: model.SeverityInfo, Kinds: []model.Kind{model.KindGCRoot},
		Title: "A gcroot link points into a directory that no longer exists",
		Needs: needsVerdicts, find: danglingRoot,
	},
	{
		ID: "failed-unit-without-vm", Severity: model.SeverityWarning, Kinds: []model.Kind{model.KindUnit},
		Title: "A unit of a removed VM is still marked as failed",
		Needs: needsVerdicts, find: failedUnitWithoutVM,
	},
}

func undeclaredRunning(h *host) []model.Finding {
	found := h.eachVM(func(g *guest) []model.Finding {
		if !g.up || !g.leftBehind() {
			return nil
		}
		if g.Directory == nil && len(g.Losses) > 0 {
			return nil // deleted-while-open: it is not to be stopped
		}
		if g.Directory == nil {
			f := g.of("its directory was deleted while it is running", g.Evidence, []model.Raw{
				rawf("Stop it: microtui purge %s also removes what it has set up.", g.Name),
			})
			return []model.Finding{fixedBy(f, model.ActionPurge, g.Ref())}
		}
		f := g.of("still running, but no longer declared", g.Evidence, []model.Raw{
			rawf("If you no longer need it: microtui purge %s stops it and moves its directory to the trash.", g.Name),
			rawf("If you need it: declare it again in microvm.vms, or run microtui keep %s.", g.Name),
		})
		return []model.Finding{fixedBy(f, model.ActionPurge, g.Ref())}
	})
	for at := range h.Leftovers {
		l := &h.Leftovers[at]
		isUnit := l.Ref.Kind == model.KindUnit && !h.o.Unit(l.Ref.Name).IsFailed()
		if !isUnit && l.Ref.Kind != model.KindProcess {
			continue
		}
		if l.Verdict == model.VerdictOrphan {
			found = append(found, loose(l, "still running, but belongs to no VM"))
		} else if l.Verdict == model.VerdictSuspect {
			f := loose(l, "still running for a removed VM, with open files that exist nowhere else")
			f.Fix, f.Advice = nil, saveOpenFiles
			found = append(found, f)
		}
	}
	return found
}

var saveOpenFiles = []model.Raw{
	"Its open files are the last copy. Look at them before it exits: ls -l /proc/PID/fd",
	"To save one: cp --sparse=always /proc/PID/fd/N /a/safe/place (after the guest has stopped its services).",
}

// loose makes a finding about a leftover of no VM, which clean-up takes.
func loose(l *model.Leftover, summary model.Raw) model.Finding {
	return fixedBy(model.Finding{
		Subject: l.Ref, Summary: summary, Evidence: l.Evidence,
		Advice: []model.Raw{"To remove it: microtui purge --orphans"},
	}, model.ActionCleanUp, l.Ref)
}

func undeclaredState(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.up || !g.leftBehind() || g.Directory == nil {
			return nil
		}
		f := g.of("no longer declared, but its state directory still exists", g.Evidence, []model.Raw{
			rawf("If you no longer need it: microtui purge %s moves it to the trash, from where it can be restored.", g.Name),
			rawf("If you need it: declare it again in microvm.vms, or run microtui keep %s.", g.Name),
		})
		return []model.Finding{fixedBy(f, model.ActionPurge, g.Ref())}
	})
}

func leakedInterface(h *host) []model.Finding {
	var found []model.Finding
	for at := range h.Leftovers {
		l := &h.Leftovers[at]
		isLink := l.Ref.Kind == model.KindTap || l.Ref.Kind == model.KindMacvtap
		if isLink && l.Verdict == model.VerdictOrphan {
			found = append(found, loose(l, "not claimed by any VM, and not in use"))
		}
	}
	busy := h.interfacesOfRunning()
	return append(found, h.eachVM(func(g *guest) []model.Finding {
		if g.up {
			return nil
		}
		var left []model.Finding
		for at := range g.Interfaces {
			if i := &g.Interfaces[at]; !busy[i.Name] && h.isLeaked(g, i) {
				left = append(left, h.leakedBy(g, i))
			}
		}
		return left
	})...)
}

// interfacesOfRunning are the names that VMs that are up claim.
func (h *host) interfacesOfRunning() map[model.Raw]bool {
	busy := make(map[model.Raw]bool)
	for at := range h.guests {
		if g := &h.guests[at]; g.up {
			for _, i := range g.Interfaces {
				busy[i.Name] = true
			}
		}
	}
	return busy
}

// isLeaked reports whether an interface of a VM that is off is one that its
// own helper made and did not take down.
func (h *host) isLeaked(g *guest, i *model.Interface) bool {
	d := i.Device
	if d == nil || string(linkKind(d)) != i.Type || h.isDescribed(i.Name) {
		return false
	}
	helper := g.Unit(helperOf[i.Type])
	if helper.IsChanging() || g.main.IsChanging() || helper.IsActive() {
		return false
	}
	if d.Kind == "macvtap" {
		return h.isMicrovm(d.DeviceOwner) && h.Host.Privileged && !h.isHeld(i.Name)
	}
	return h.isMicrovm(d.Owner) && d.Persistent && d.Carrier != nil && !*d.Carrier && !h.isHeld(i.Name)
}

var helperOf = map[string]model.Role{"tap": model.RoleTap, "macvtap": model.RoleMacvtap}

// linkKind says whether a link is of a kind that a guest is connected by.
func linkKind(l *model.Link) model.Kind {
	switch {
	case l.Kind == "tun" && l.Tap:
		return model.KindTap
	case l.Kind == "macvtap":
		return model.KindMacvtap
	}
	return ""
}

func (h *host) isDescribed(name model.Raw) bool {
	return slices.ContainsFunc(h.o.Netdevs, func(n model.Netdev) bool { return n.Name == name })
}

func (h *host) isHeld(name model.Raw) bool {
	return len(h.o.Holders(name)) > 0
}

func (h *host) leakedBy(g *guest, i *model.Interface) model.Finding {
	evidence := []model.Raw{
		rawf("%s is off, but %s exists and belongs to user microvm", g.Name, i.Name),
		"no process has it open",
	}
	if helper := g.Unit(helperOf[i.Type]); helper.IsFailed() {
		evidence = append(evidence, rawf("%s failed (%s) and did not remove it", helper.Name, ending(helper)))
	}
	advice := []model.Raw{"Nothing to do: the VM's next start recreates it.", rawf("To remove it now: ip link delete %s", i.Name)}
	if !h.Template.MakesAnew(model.Kind(i.Type), g.Current) {
		evidence = append(evidence, rawf("neither the runner nor the host's units have a script that creates it, so no start recreates %s", i.Name))
		advice = []model.Raw{
			"Leave it: the VM's next start uses it, and would fail without it.",
			"Rebuild the VM with microvm.nix of December 2024 or later, whose runners create it at each start.",
		}
	}
	return model.Finding{
		Severity: model.SeverityInfo, Subject: model.Ref{Kind: model.Kind(i.Type), Name: i.Name}, VMs: []model.Raw{g.Name},
		Summary: rawf("left over from the last run of %s", g.Name), Evidence: evidence, Advice: advice,
	}
}

func danglingRoot(h *host) []model.Finding {
	var found []model.Finding
	for at := range h.Leftovers {
		if l := &h.Leftovers[at]; l.Ref.Kind == model.KindGCRoot && l.Verdict == model.VerdictOrphan {
			found = append(found, loose(l, "points into a directory that no longer exists"))
		}
	}
	return found
}

func failedUnitWithoutVM(h *host) []model.Finding {
	var found []model.Finding
	for at := range h.Leftovers {
		l := &h.Leftovers[at]
		if l.Ref.Kind == model.KindUnit && l.Verdict == model.VerdictOrphan && h.o.Unit(l.Ref.Name).IsFailed() {
			f := loose(l, "failed, but there is no VM of that name")
			if role, name, _ := model.ParseUnitName(l.Ref.Name); role == model.RoleSetBooted {
				f.Evidence = append(slices.Clone(f.Evidence), rawf("its working directory is %s/%s: started for a name without a directory, it fails (status 200/CHDIR)", h.StateDir, name))
			}
			f.Advice = append(f.Advice, rawf("Or by hand: systemctl reset-failed %s", l.Ref.Name))
			found = append(found, f)
		}
	}
	return found
}
