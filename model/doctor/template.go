package doctor

import (
	"slices"

	"microtui/model"
)

var templateRules = []Rule{{
	ID: "template-explained", Severity: model.SeverityInfo,
	Kinds: []model.Kind{model.KindHost, model.KindUnit},
	Title: "The microvm@ template, or a skipped instance, looks like a leftover",
	Needs: []model.Source{model.SourceSystemd, model.SourceSystems, model.SourceStateDir},
	find:  templateExplained,
}}

func templateExplained(h *host) []model.Finding {
	if h.failed(model.SourceSystemd) || h.Host.Switching != "" {
		return nil
	}
	found := h.skippedInstances()
	switch {
	case h.Template == nil && h.hasInstances():
		found = append(found, h.moduleGone())
	case h.Template != nil && h.Template.Plain && h.onNixOS():
		found = append(found, h.plainTemplate())
	case h.Template != nil && h.HostKind == model.HostKindEmpty:
		found = append(found, h.templateOnly())
	}
	return found
}

// onNixOS reports whether the live system is one of NixOS. Elsewhere
// microvm.nix's units are plain files, put there on purpose.
func (h *host) onNixOS() bool {
	live := h.live()
	return live != nil && live.Path != ""
}

// live is the system that runs; nil where that could not be read.
func (h *host) live() *model.System {
	at := slices.IndexFunc(h.o.Systems, func(s model.System) bool { return s.Kind == model.SystemLive })
	if at < 0 {
		return nil
	}
	return &h.o.Systems[at]
}

func (h *host) hasInstances() bool {
	return slices.ContainsFunc(h.guests, func(g guest) bool { return g.Directory != nil || g.up })
}

// skippedInstances are instances of the template that systemd was asked to
// start and skipped, and that are no VM.
func (h *host) skippedInstances() []model.Finding {
	var found []model.Finding
	for at := range h.o.Units {
		unit := &h.o.Units[at]
		role, name, ok := model.ParseUnitName(unit.Name)
		p := unit.Known()
		if !ok || role != model.RoleVM || unit.Active != "inactive" || p.ConditionAt.IsZero() || p.Condition {
			continue
		}
		if h.byName[name] != nil || h.inAutostart(name) {
			continue
		}
		found = append(found, model.Finding{
			Subject: model.Ref{Kind: model.KindUnit, Name: unit.Name},
			Summary: "was started and skipped: there is no VM of that name, and nothing is left of one",
			Evidence: []model.Raw{
				rawf("its start condition was not met on %s: %s/%s/current/bin/microvm-run does not exist", moment(p.ConditionAt), h.StateDir, name),
				"systemd shows any name after microvm@ as loaded: what exists is the template, not a VM",
			},
			Advice: []model.Raw{"Nothing to clean up. If it is shown as failed: systemctl reset-failed " + unit.Name},
		})
	}
	return found
}

func (h *host) inAutostart(name model.Raw) bool {
	return slices.ContainsFunc(h.o.Systems, func(s model.System) bool {
		return s.Counts() && slices.Contains(s.Autostart, name)
	})
}

func (h *host) templateOnly() model.Finding {
	return model.Finding{
		Subject: h.ref(), Summary: "microvm.nix's templates exist without any VM, which is normal",
		Evidence: []model.Raw{
			rawf("%s belongs to the live system", h.Template.Fragment),
			"no VM is declared, has a directory or is running",
		},
		Advice: []model.Raw{
			"Nothing is left behind. The templates exist as long as the host module is imported and microvm.host.enable is true.",
			"To remove them, remove the module from the configuration and run nixos-rebuild switch.",
		},
	}
}

func (h *host) plainTemplate() model.Finding {
	return model.Finding{
		Severity: model.SeverityWarning, Subject: h.ref(),
		Summary: "microvm@.service is a local file, not part of the NixOS system",
		Evidence: []model.Raw{
			rawf("%s does not lead into /nix/store", h.Template.Fragment),
			"a switch neither changes nor removes it, and it may override the system's own",
		},
		Advice: []model.Raw{
			"First stop the VMs that use it: it defines how they stop.",
			rawf("Then remove it: rm %s && systemctl daemon-reload", h.Template.Fragment),
		},
	}
}

func (h *host) moduleGone() model.Finding {
	var names, running []model.Raw
	for at := range h.guests {
		if g := &h.guests[at]; g.up {
			running = append(running, g.Name)
		} else if g.Directory != nil {
			names = append(names, g.Name)
		}
	}
	evidence := []model.Raw{"systemd has no microvm@.service"}
	if len(running) > 0 {
		evidence = append(evidence, rawf("still running: %s", model.Listed(running)))
	}
	if len(names) > 0 {
		evidence = append(evidence, rawf("left in %s: %s", h.StateDir, model.Listed(names)))
	}
	return model.Finding{
		Severity: model.SeverityWarning, Subject: h.ref(), VMs: append(running, names...),
		Summary:  "the host module is not part of the live system, but there are still VMs",
		Evidence: evidence,
		Advice: []model.Raw{
			"If it was removed by mistake: import the host module again and run nixos-rebuild switch; the VMs are unchanged.",
			"To retire the host, in this order: purge the VMs, remove the module, then reset-failed the remaining units.",
		},
	}
}
