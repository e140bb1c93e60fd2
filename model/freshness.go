package model

import "strings"

// freshness compares a VM's links with each other and with its declaration.
// Whether its flake evaluates to something newer is not known here.
func (f *Facts) freshness(vm Raw, d *Directory) Freshness {
	switch {
	case f.failed(SourceStateDir) && d == nil, d != nil && d.Fault != "":
		return FreshnessUnknown
	case d == nil || d.Current == nil || d.Current.Dangling, f.brokenBy(d) != "":
		return FreshnessMissing
	case f.drifted(vm, d):
		return FreshnessDrifted
	case !f.runs(vm), d.Booted == nil && f.units[vm][RoleVM].Active != "active":
		return FreshnessCurrent // between two starts of a loop `booted` is absent
	case d.Booted == nil:
		return FreshnessUnknown
	case d.Booted.end() != d.Current.end(), f.setSinceStart(vm, d.Current):
		return FreshnessRebootNeeded
	}
	return FreshnessCurrent
}

// brokenBy is what of the runner of `current` leads nowhere; empty: nothing
// does that is known.
func (f *Facts) brokenBy(d *Directory) Raw {
	if d == nil {
		return ""
	}
	if r := f.runner(d.Current); r != nil && len(r.Broken) > 0 {
		return r.Broken[0]
	}
	return ""
}

// drifted reports whether the live system would install another runner than
// `current`. A VM that is installed once and then updated by `microvm -u` is
// meant to differ.
func (f *Facts) drifted(vm Raw, d *Directory) bool {
	known := f.declared[vm]
	if known == nil || known.live == nil || known.live.Once || known.live.Runner == "" {
		return false
	}
	return known.live.Runner != d.Current.end()
}

// setSinceStart reports whether a link on the way to a VM's runner was set
// after its start: `booted` holds the same words as `current` then, and leads
// where that leads now.
func (f *Facts) setSinceStart(vm Raw, current *Symlink) bool {
	unit := f.units[vm][RoleVM]
	if unit == nil || unit.Properties == nil || current.Set.IsZero() {
		return false
	}
	started := unit.Properties.InactiveExit
	return !started.IsZero() && current.Set.After(started)
}

// freshnessNote says in a few words what is old about a VM.
func (vm *VM) freshnessNote() Raw {
	switch vm.Freshness {
	case FreshnessRebootNeeded:
		before, after := vm.BootedFrom.release(), vm.Current.release()
		if before != "" && after != "" && before != after {
			return rawf("booted %s, current is %s", before, after)
		}
		return "running an older runner than current"
	case FreshnessDrifted:
		return "current is not what the host declares"
	case FreshnessMissing:
		switch {
		case vm.Directory == nil && vm.Verdict != VerdictKept:
			return "" // the verdict's note says it
		case vm.Directory == nil:
			return "no directory"
		case vm.Current != nil && len(vm.Current.Broken) > 0:
			return rawf("its runner is broken: %s is missing", vm.Current.Broken[0])
		}
		return "what current points to is gone"
	}
	return ""
}

// release is the NixOS release of a runner's guest, from the name of its
// system in the store: HASH-nixos-system-HOST-RELEASE.
func (r *Runner) release() Raw {
	if r == nil || r.HostName == "" {
		return ""
	}
	_, after, _ := strings.Cut(string(r.System), "-nixos-system-"+string(r.HostName)+"-")
	return Raw(after)
}
