package doctor

import (
	"strings"

	"microtui/model"
)

// unitRules are about how a VM's units are configured.
var unitRules = []Rule{
	{
		ID: "unit-overridden", Severity: model.SeverityError, Kinds: onVM,
		Title: "A VM's unit is masked, or a unit file of its own overrides its template",
		Needs: needsUnits, find: unitOverridden,
	},
	{
		ID: "mount-missing", Severity: model.SeverityError, Kinds: onVM,
		Title: "A mount that a VM's files are on is missing",
		Needs: needsUnits, find: mountMissing,
	},
}

func unitOverridden(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if !g.counts() {
			return nil
		}
		var found []model.Finding
		for _, fault := range h.UnitFaults(g.Name) {
			say := overridden[fault.Kind]
			f := g.of(say.summary(fault), say.evidence(fault), say.advice(fault))
			if !fault.Blocks() {
				f.Severity = model.SeverityInfo
			}
			found = append(found, f)
		}
		return found
	})
}

// overridden says each kind of fault of a unit. (The VM's row has its note
// from the VM itself.)
var overridden = map[model.UnitFaultKind]struct {
	summary          func(model.UnitFault) model.Raw
	evidence, advice func(model.UnitFault) []model.Raw
}{
	model.UnitMasked: {
		func(f model.UnitFault) model.Raw { return rawf("%s is masked: the VM cannot start", f.Unit) },
		func(f model.UnitFault) []model.Raw {
			if f.File == "" || f.File == f.Template {
				return []model.Raw{rawf("systemd says %s is masked", f.Unit)}
			}
			return []model.Raw{rawf("%s points to /dev/null, or is empty", f.File)}
		},
		func(f model.UnitFault) []model.Raw {
			return []model.Raw{
				rawf("Unmask it: %s", f.Remedy()),
				rawf("If the host's configuration masks it, remove: systemd.services.%q.enable = false;", service(f.Unit)),
			}
		},
	},
	model.UnitWithoutCommand: {
		func(f model.UnitFault) model.Raw {
			return rawf("%s has no ExecStart=: systemd refuses to start it", f.Unit)
		},
		func(f model.UnitFault) []model.Raw {
			return append(hidden(f), rawf("there is no ExecStart= in %s and its drop-ins", f.File))
		},
		func(f model.UnitFault) []model.Raw {
			return []model.Raw{
				rawf("If it is from the host's configuration, make it a drop-in: systemd.services.%q.overrideStrategy = \"asDropin\";", service(f.Unit)),
				rawf("If it was written by hand: mkdir %[1]s.d && mv %[1]s %[1]s.d/override.conf && systemctl daemon-reload", f.File),
			}
		},
	},
	model.UnitShadowed: {
		func(f model.UnitFault) model.Raw {
			return rawf("%s has a unit file of its own, which overrides its template", f.Unit)
		},
		hidden,
		func(f model.UnitFault) []model.Raw {
			return []model.Raw{
				rawf("See what it runs: systemctl cat %s", f.Unit),
				rawf("To extend the template instead: systemd.services.%q.overrideStrategy = \"asDropin\";", service(f.Unit)),
			}
		},
	},
}

// hidden is the evidence that a unit is a file of its own.
func hidden(f model.UnitFault) []model.Raw {
	if f.File == f.Template || f.Template == "" || !f.Own {
		return nil
	}
	return []model.Raw{rawf("%s overrides %s", f.File, f.Template)}
}

// service is a unit as NixOS's configuration names it.
func service(unit model.Raw) string { return strings.TrimSuffix(string(unit), ".service") }
