package model

// freshness compares a VM's links with each other and with its declaration.
// Whether its flake evaluates to something newer is not known here.
func (f *facts) freshness(vm Raw, d *Directory) Freshness {
	switch {
	case f.faults[SourceStateDir] != "" && d == nil, d != nil && d.Fault != "":
		return FreshnessUnknown
	case d == nil || d.Current == nil || d.Current.Dangling:
		return FreshnessMissing
	case f.drifted(vm, d):
		return FreshnessDrifted
	case !f.runs(vm):
		return FreshnessCurrent
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
	for _, system := range f.Systems {
		if system.Kind != SystemLive {
			continue
		}
		for _, decl := range system.Declared {
			if decl.Name == vm && !decl.Once && decl.Runner != "" {
				return decl.Runner != d.Current.Target
			}
		}
	}
	return false
}
