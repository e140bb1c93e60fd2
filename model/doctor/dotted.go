package doctor

import (
	"strings"

	"microtui/model"
)

var dottedRules = []Rule{{
	ID: "unseen-by-switch", Severity: model.SeverityWarning, Kinds: onVM,
	Title: "A declared VM has a dot in its name, so nixos-rebuild never restarts or stops it",
	Needs: []model.Source{model.SourceSystems}, find: unseenBySwitch,
}}

// unseenBySwitch finds declared VMs that nixpkgs' switch-to-configuration does
// not take for instances of microvm@: it ends the name of an instance at the
// first dot.
func unseenBySwitch(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.Declared == nil || !strings.Contains(string(g.Name), ".") {
			return nil
		}
		return []model.Finding{g.of("nixos-rebuild never restarts or stops it: its name has a dot", []model.Raw{
			rawf("switch-to-configuration does not recognise %s as an instance of microvm@", model.UnitName(model.RoleVM, g.Name)),
			"it keeps running its old runner after a switch that changes it, and keeps running after one that removes it",
		}, []model.Raw{
			rawf("After each switch that changes it: microtui restart %s", g.Name),
			rawf("Before removing it from the configuration: microtui stop %s", g.Name),
			"Permanent fix: declare it under a name without a dot, and rename its directory to match.",
		})}
	})
}
