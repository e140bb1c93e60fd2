package doctor

import (
	"cmp"
	"slices"

	"microtui/model"
)

const hostAndGuest = "host-and-guest-modules"

var moduleRules = []Rule{{
	ID: hostAndGuest, Severity: model.SeverityError, Kinds: onHost,
	Title: "A system imports both the host module and the guest module",
	Needs: []model.Source{model.SourceSystems, model.SourceHost}, find: hostAndGuestModules,
}}

// hostAndGuestModules looks at the systems that this host can boot or be
// switched to, each store path once.
func hostAndGuestModules(h *host) []model.Finding {
	var found []model.Finding
	var seen []model.Raw
	for at := range h.o.Systems {
		s := &h.o.Systems[at]
		if !s.Counts() || slices.Contains(seen, s.Path) {
			continue
		}
		if f, wrong := h.examineSystem(s); wrong {
			seen = append(seen, s.Path)
			found = append(found, f)
		} else if s.Kind == model.SystemNewest && s.Fault != "" {
			found = append(found, h.unchecked(rawf("%s could not be read: %s", title(s), s.Fault)))
		}
	}
	return found
}

// System examines a NixOS system before anyone switches to it, beside the host
// that it is meant for.
func System(s model.System, i model.Inventory) []model.Finding {
	h := look(&i)
	if s.Fault != "" {
		return []model.Finding{{
			Rule: hostAndGuest, Severity: model.SeverityInfo, Unchecked: true,
			Subject: model.Ref{Kind: model.KindHost, Name: s.Path}, Summary: "not checked: " + s.Fault,
		}}
	}
	f, wrong := h.examineSystem(&s)
	if !wrong {
		return nil
	}
	f.Rule, f.Severity = hostAndGuest, cmp.Or(f.Severity, model.SeverityError)
	f.Subject.Name = s.Path
	return []model.Finding{f}
}

// examineSystem tells a host's system that became a guest's. The guest module
// turns system.switch.enable off, so that the system has no
// bin/switch-to-configuration; what else it leaves are traces.
//
// A system in which switching is off on purpose (an image that is replaced as a
// whole) looks the same but for the traces. It replaces one of its kind, so it
// is left alone where the live system cannot be switched either. A guest that
// is itself a host, for VMs within a VM, has both modules for good reason.
func (h *host) examineSystem(s *model.System) (f model.Finding, wrong bool) {
	live := h.live()
	turnedOff := !s.CanSwitch && live != nil && live.Path != s.Path && live.CanSwitch
	if s.Fault != "" || !s.HostModule || h.Host.BootedAsGuest || len(s.Guest) == 0 && !turnedOff {
		return f, false
	}
	f = model.Finding{Subject: h.ref(), Evidence: []model.Raw{"it has microvm.nix's host units (microvm@.service)"}}
	if !s.CanSwitch {
		f.Evidence = append(f.Evidence, rawf("%s/bin/switch-to-configuration does not exist", s.Path))
	}
	f.Evidence = append(f.Evidence, s.Guest...)
	f.Advice = []model.Raw{
		"Remove microvm.nixosModules.microvm from the host's imports: it is for guests. The host needs only microvm.nixosModules.host.",
		"If it must stay: microvm.guest.enable = false;",
	}
	switch {
	case s.CanSwitch:
		f.Severity = model.SeverityWarning
		f.Summary = rawf("%s imports the guest module as well as the host module", title(s))
	case len(s.Guest) == 0:
		f.Summary = rawf("%s cannot be switched to: most likely it imports the guest module as well as the host module", title(s))
		f.Evidence = append(f.Evidence, "the live system has that program, so switching was not disabled before")
	default:
		f.Summary = rawf("%s imports the guest module as well as the host module: it cannot be switched to", title(s))
	}
	if s.Kind == model.SystemNewest && live != nil && live.Path != s.Path {
		f.Advice = append(f.Advice, "Do not reboot into it. To go back to the previous system: nixos-rebuild switch --rollback")
	}
	return f, true
}

// title names a system as a user would look for it.
func title(s *model.System) model.Raw {
	switch s.Kind {
	case model.SystemLive:
		return "the live system"
	case model.SystemNewest:
		if s.Generation > 0 {
			return rawf("the newest system (generation %d)", s.Generation)
		}
		return "the newest system"
	case model.SystemSpecialisation:
		return "specialisation " + s.Name
	case model.SystemProfile:
		if s.Name == "" { // one that this host does not run
			return "this system"
		}
		return "system profile " + s.Name
	}
	return "this system"
}
