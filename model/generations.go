package model

import "slices"

// declaredThen is a generation that declared a VM.
type declaredThen struct {
	Declaration
	generation int
}

// joinGenerations finds, for the names that nothing declares now, the
// generations that did.
func (f *facts) joinGenerations() {
	for i := range f.Systems {
		system := &f.Systems[i]
		if system.Kind != SystemGeneration || system.Fault != "" {
			continue
		}
		for _, d := range system.Declared {
			if f.declared[d.Name] == nil {
				f.then[d.Name] = append(f.then[d.Name], declaredThen{d, system.Generation})
			}
		}
	}
	for _, then := range f.then {
		slices.SortFunc(then, func(a, b declaredThen) int { return a.generation - b.generation })
	}
}

// removal is the step from the last generation that declared a VM to the
// first after it that does not.
type removal struct {
	last  declaredThen
	since System
}

// removed proves that a VM was declared and no longer is. It is not proven
// where the generation in use is older than one that declares the VM: that is
// a roll-back, and the declaration is still there to return to.
func (f *facts) removed(vm Raw) (r removal, rolledBack, proven bool) {
	then := f.then[vm]
	if len(then) == 0 {
		return removal{}, false, false
	}
	r.last = then[len(then)-1]
	newest := f.newestGeneration()
	if r.last.generation >= newest {
		return r, newest != 0, false
	}
	for _, system := range f.Systems {
		after := system.Kind == SystemGeneration && system.Fault == "" &&
			system.Generation > r.last.generation && system.Generation <= newest
		if after && (r.since.Generation == 0 || system.Generation < r.since.Generation) {
			r.since = system
		}
	}
	return r, false, r.since.Generation != 0
}

// newestGeneration is the number of the generation that the system profile
// points to; 0 where it is unknown.
func (f *facts) newestGeneration() int {
	for _, system := range f.Systems {
		if system.Kind == SystemNewest {
			return system.Generation
		}
	}
	return 0
}

// lostDeclarations counts what the last generation that declared any VM
// declared, where nothing is declared now: an emptied configuration looks the
// same as the removal of every VM.
func (f *facts) lostDeclarations() (last System, lost bool) {
	if len(f.declared) > 0 {
		return System{}, false
	}
	for _, system := range f.Systems {
		if system.Kind == SystemGeneration && len(system.Declared) > 0 && system.Generation > last.Generation {
			last = system
		}
	}
	return last, len(last.Declared) > 1
}
