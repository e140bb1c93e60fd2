package model

// freshness compares a VM's links with each other and with its declaration.
// Whether its flake evaluates to something newer is not known here.
func (f *facts) freshness(vm Raw, d *Directory) Freshness {
	switch {
	case f.failed(SourceStateDir) && d == nil, d != nil && d.Fault != "":
		return FreshnessUnknown
	case d == nil || d.Current == nil || d.Current.Dangling:
		return FreshnessMissing
	case f.drifted(vm, d):
		return FreshnessDrifted
	case !f.runs(vm), d.Booted == nil && f.units[vm][RoleVM].Active != "active":
		return FreshnessCurrent // between two starts of a loop `booted` is absent
	case d.Booted == nil:
		return FreshnessUnknown
	case d.Booted.Target != d.Current.Target:
		return FreshnessRebootNeeded
	}
	return FreshnessCurrent
}

// drifted reports whether the live system would install another runner than
// `current`. A VM that is installed once and then updated by `microvm -u` is
// meant to differ.
func (f *facts) drifted(vm Raw, d *Directory) bool {
	known := f.declared[vm]
	if known == nil || known.live == nil || known.live.Once || known.live.Runner == "" {
		return false
	}
	return known.live.Runner != d.Current.Target
}
