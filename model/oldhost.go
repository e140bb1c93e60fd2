package model

// DropsBooted reports whether the host's units are of microvm.nix between
// 2024-12-03 and 2026-02-21: microvm@'s ExecStopPost removes the link `booted`
// before the helpers' ExecStop look there for their scripts.
func (t *Template) DropsBooted() bool { return t != nil && t.RunnerScripts && !t.SetBooted }

// dropsBooted are the helpers whose ExecStop is a script behind `booted`.
var dropsBooted = map[Role]bool{RoleTap: true, RoleMacvtap: true, RoleVirtiofsd: true}

// FailsAtStop reports whether a helper's failure is the one with which such a
// host ends every ordinary stop of a VM: the helper was up, and failed on its
// way down. What it set up is left.
func (t *Template) FailsAtStop(role Role, helper, main *Unit) bool {
	if !t.DropsBooted() || !dropsBooted[role] || helper.ActiveState() != "failed" || helper.Known().Result != "exit-code" {
		return false
	}
	p := helper.Properties
	wasUp := !p.ActiveEnter.IsZero() && !p.ActiveEnter.Before(p.InactiveExit)
	return wasUp && (main == nil || main.Active == "inactive" && !main.IsChanging())
}

// MakesAnew reports whether the next start of a VM with a runner makes its
// interfaces anew. Since 2024-12-03 a host's units do that with the runner's own
// scripts, which older runners have not.
func (t *Template) MakesAnew(kind Kind, r *Runner) bool {
	scripts := map[Kind]Raw{KindTap: "tap-up", KindMacvtap: "macvtap-up"}
	return t != nil && (!t.RunnerScripts || r != nil && r.Has(scripts[kind]))
}
