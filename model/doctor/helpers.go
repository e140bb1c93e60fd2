package doctor

import "microtui/model"

// helperRules are about the units that set a VM up and take it down.
var helperRules = []Rule{
	{
		ID: "helper-failed", Severity: model.SeverityWarning, Kinds: []model.Kind{model.KindVM, model.KindHost},
		Title: "A unit that a VM needs has failed",
		Needs: needsUnits, find: helperFailed,
	},
	{
		ID: "dependency-failed-silently", Severity: model.SeverityError, Kinds: onVM,
		Title: "A VM was not restarted because a unit it needs failed, and just looks stopped",
		Needs: needsUnits, find: failedSilently,
	},
	{
		ID: "helpers-left-up", Severity: model.SeverityInfo, Kinds: onVM,
		Title: "A VM is off, but its helper units are still up",
		Needs: needsUnits, find: helpersLeftUp,
	},
}

// helpersLeftUp finds VMs that did not come up, or ended and are not restarted,
// while what was set up for them stays. A stop of microvm@ stops them too, also
// where it is off already (PartOf=).
func helpersLeftUp(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		up := g.HelpersUp()
		if g.leftBehind() || len(up) == 0 || h.wasLeftDown(g) || g.State != model.StateStopped && g.State != model.StateFailed {
			return nil
		}
		names := unitNames(up)
		evidence := []model.Raw{rawf("up: %s", model.Listed(names)), rawf("off: %s", model.UnitName(model.RoleVM, g.Name))}
		if failed := failedHelper(g.VM); failed != nil {
			evidence = append(evidence, rawf("%s failed: %s", failed.Unit.Name, ending(&failed.Unit)))
		}
		return []model.Finding{g.of("off, but its helper units are still up", evidence, []model.Raw{
			rawf("To start everything: microtui start %s", g.Name),
			rawf("To stop everything: microtui stop %s", g.Name),
		})}
	})
}

func unitNames(units []model.VMUnit) []model.Raw {
	var names []model.Raw
	for _, u := range units {
		names = append(names, u.Unit.Name)
	}
	return names
}

// wasLeftDown reports whether systemd was to restart a VM and gave up because
// a helper failed: the unit is off as after an ordinary stop, but remembers
// that it was restarted.
func (h *host) wasLeftDown(g *guest) bool {
	return g.main != nil && g.main.Active == "inactive" && !g.main.IsChanging() && len(g.Outside) == 0 &&
		g.main.Known().Restarts > 0 && failedHelper(g.VM) != nil
}

// failedHelper is a helper of a VM that failed; nil: none. The install unit is
// none: no start asks for it.
func failedHelper(vm *model.VM) *model.VMUnit {
	for at := range vm.Units {
		if u := &vm.Units[at]; u.Role != model.RoleVM && u.Role != model.RoleInstall && u.Unit.IsFailed() {
			return u
		}
	}
	return nil
}

func failedSilently(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.leftBehind() || !h.wasLeftDown(g) {
			return nil
		}
		helper := failedHelper(g.VM)
		evidence := []model.Raw{
			rawf("%s failed: %s", helper.Unit.Name, ending(&helper.Unit)),
			rawf("%s is inactive, not failed, after %s", g.main.Name, model.Counted(g.main.Known().Restarts, "automatic restart")),
		}
		advice := []model.Raw{
			rawf("See why the helper failed: journalctl -u %s -b", helper.Unit.Name),
			rawf("Then start the VM: microtui start %s", g.Name),
		}
		if up := g.HelpersUp(); len(up) > 0 {
			evidence = append(evidence, rawf("still up: %s", model.Listed(unitNames(up))))
			advice = append(advice, rawf("Or stop what is still up: microtui stop %s", g.Name))
		}
		f := g.of(rawf("off because %s failed; systemd will not try again", helper.Unit.Name), evidence, advice)
		return []model.Finding{fixedBy(noted(f, "off: "+model.Raw(helper.Role)+" failed"), model.ActionStart, g.Ref())}
	})
}

func helperFailed(h *host) []model.Finding {
	return append(h.failsAtStop(), h.eachVM(func(g *guest) []model.Finding {
		if h.wasLeftDown(g) || g.leftBehind() && !g.up {
			return nil
		}
		var found []model.Finding
		for at := range g.Units {
			u := &g.Units[at]
			if u.Role == model.RoleVM || !u.Unit.IsFailed() && !(u.Unit.AwaitsRestart() && g.State != model.StateCrashLoop) ||
				h.Template.FailsAtStop(u.Role, &u.Unit, g.main) {
				continue
			}
			f := g.of(rawf("%s has failed: %s", u.Unit.Name, ending(&u.Unit)), []model.Raw{
				rawf("its state is %s (%s)", u.Unit.Active, u.Unit.Sub), doesNot[u.Role],
			}, []model.Raw{rawf("See why: journalctl -u %s -b", u.Unit.Name)})
			if u.Unit.IsFailed() && !g.up && !h.cannotWriteDirectory(g.Name) {
				f.Advice = append(f.Advice, rawf("Then start the VM, which also starts the unit: microtui start %s", g.Name))
			}
			found = append(found, f)
		}
		return found
	})...)
}

// failsAtStop finds what a host of microvm.nix between 2024-12-03 and 2026-02-21
// leaves failed at each stop of a VM: the host is the cause, not the VM.
func (h *host) failsAtStop() []model.Finding {
	var failed []model.Raw
	for at := range h.guests {
		g := &h.guests[at]
		for n := range g.Units {
			if u := &g.Units[n]; h.Template.FailsAtStop(u.Role, &u.Unit, g.main) {
				failed = append(failed, u.Unit.Name)
			}
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return []model.Finding{{
		Subject: h.ref(), Summary: "its microvm.nix version makes helpers fail whenever a VM stops, and leaves TAPs behind",
		Evidence: []model.Raw{
			rawf("failed while stopping: %s", model.Listed(failed)),
			"microvm@ removes the link `booted`, where they look for their scripts, before they run (microvm.nix from 2024-12-03 to 2026-02-21: no microvm-set-booted@)",
		},
		Advice: []model.Raw{
			"Update microvm.nix in the host's configuration to 21 February 2026 or later, and run nixos-rebuild switch.",
			"Until then the failed state is harmless: it does not keep the VM from starting. systemctl reset-failed 'microvm-*' clears it.",
		},
	}}
}

// doesNot says what is missing while a helper is failed.
var doesNot = map[model.Role]model.Raw{
	model.RoleInstall:   "the VM's directory does not match the host's configuration",
	model.RoleSetBooted: "the link `booted` is not set: the VM cannot be stopped cleanly",
	model.RoleTap:       "the VM's TAPs were not created, or not removed",
	model.RoleMacvtap:   "the VM's macvtaps were not created, or not removed",
	model.RolePCI:       "the VM's PCI devices are not bound to vfio-pci",
	model.RoleVirtiofsd: "the VM's shares are not served",
}
