package doctor

import "microtui/model"

// helperRules are about the units that set a VM up and take it down.
var helperRules = []Rule{
	{
		ID: "helper-failed", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "A unit that a VM needs has failed",
		Needs: needsUnits, find: helperFailed,
	},
	{
		ID: "dependency-failed-silently", Severity: model.SeverityError, Kinds: onVM,
		Title: "A VM was not restarted because a unit it needs failed, and looks merely stopped",
		Needs: needsUnits, find: failedSilently,
	},
}

// wasLeftDown reports whether systemd was to restart a VM and gave up because
// a helper failed: the unit is off as after an ordinary stop, but remembers
// that it was restarted.
func (h *host) wasLeftDown(g *guest) bool {
	return g.main != nil && g.main.Active == "inactive" && isSettled(g.main) && len(g.Outside) == 0 &&
		properties(g.main).Restarts > 0 && failedHelper(g.VM) != nil
}

// failedHelper is a helper of a VM that failed; nil: none. The install unit is
// none: no start asks for it.
func failedHelper(vm *model.VM) *model.VMUnit {
	for at := range vm.Units {
		if u := &vm.Units[at]; u.Role != model.RoleVM && u.Role != model.RoleInstall && isFailed(&u.Unit) {
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
		f := g.of(rawf("it is off because %s failed, and systemd does not try again", helper.Unit.Name), []model.Raw{
			rawf("%s failed: %s", helper.Unit.Name, ending(&helper.Unit)),
			rawf("%s is inactive, not failed, after %s", g.main.Name, plural(int(properties(g.main).Restarts), "automatic restart")),
		}, []model.Raw{
			rawf("Read why the helper failed: journalctl -u %s -b", helper.Unit.Name),
			rawf("Then start the VM: microtui start %s", g.Name),
		})
		return []model.Finding{mendedBy(noted(f, "off: "+model.Raw(helper.Role)+" failed"), model.ActionStart, g.Ref())}
	})
}

func helperFailed(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if h.wasLeftDown(g) || g.leftBehind() && !g.up {
			return nil
		}
		var found []model.Finding
		for at := range g.Units {
			u := &g.Units[at]
			if u.Role == model.RoleVM || !isFailed(&u.Unit) && !(awaitsRestart(&u.Unit) && g.State != model.StateCrashLoop) {
				continue
			}
			f := g.of(rawf("%s has failed: %s", u.Unit.Name, ending(&u.Unit)), []model.Raw{
				rawf("it is %s (%s)", u.Unit.Active, u.Unit.Sub), doesNot[u.Role],
			}, []model.Raw{rawf("Read why: journalctl -u %s -b", u.Unit.Name)})
			if isFailed(&u.Unit) && !g.up {
				f.Advice = append(f.Advice, rawf("Then start the VM, which starts it too: microtui start %s", g.Name))
			}
			found = append(found, f)
		}
		return found
	})
}

// doesNot says what is missing while a helper is failed.
var doesNot = map[model.Role]model.Raw{
	model.RoleInstall:   "the VM's directory is not as the host's configuration declares it",
	model.RoleSetBooted: "the link `booted` is not set: the VM could not be stopped cleanly",
	model.RoleTap:       "the VM's TAPs are not set up, or were not taken down",
	model.RoleMacvtap:   "the VM's macvtaps are not set up, or were not taken down",
	model.RolePCI:       "the VM's PCI devices are not bound to vfio-pci",
	model.RoleVirtiofsd: "the VM's shares are not served",
}
