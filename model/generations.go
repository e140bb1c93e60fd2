package model

import (
	"slices"
	"time"
)

// declaredThen is a generation that declared a VM.
type declaredThen struct {
	*Declaration
	generation int
}

// joinGenerations finds, for the names that nothing declares now, the
// generations that did.
func (f *Facts) joinGenerations() {
	for i := range f.Systems {
		if system := &f.Systems[i]; system.Kind == SystemGeneration && system.Fault == "" {
			f.generations = append(f.generations, system)
		}
	}
	slices.SortStableFunc(f.generations, func(a, b *System) int { return a.Generation - b.Generation })
	for _, system := range f.generations {
		for i := range system.Declared {
			if d := &system.Declared[i]; f.declared[d.Name] == nil {
				f.then[d.Name] = append(f.then[d.Name], declaredThen{d, system.Generation})
			}
		}
	}
}

// removal is the step from the last generation that declared a VM to the
// first after it that does not.
type removal struct {
	last  declaredThen
	since System
}

// removed proves that a VM was declared and no longer is.
func (f *Facts) removed(vm Raw) (r removal, proven bool) {
	then := f.then[vm]
	if len(then) == 0 {
		return removal{}, false
	}
	r.last = then[len(then)-1]
	newest := f.newestGeneration()
	for i := range f.Systems {
		system := &f.Systems[i]
		switch {
		case system.Kind != SystemGeneration && system.Kind != SystemNewest, system.Fault != "":
		case system.Generation <= r.last.generation, system.Generation > newest:
		case r.since.Generation == 0, system.Generation < r.since.Generation,
			system.Generation == r.since.Generation && r.since.Since.IsZero():
			r.since = *system
		}
	}
	return r, r.since.Generation != 0
}

// rolledBack says why a declaration may be there to return to: the generation
// in use is older than one that declares the VM, or that could not be read.
func (f *Facts) rolledBack(vm Raw) Raw {
	newest := f.newestGeneration()
	if then := f.then[vm]; len(then) > 0 {
		switch last := then[len(then)-1]; {
		case newest == 0:
			return rawf("generation %d declares it, and it is unknown which generation is in use", last.generation)
		case last.generation >= newest:
			return rawf("generation %d declares it, but generation %d is in use: rolled back?", last.generation, newest)
		}
	}
	for i := range f.Systems {
		system := &f.Systems[i]
		if system.Kind == SystemGeneration && system.Fault != "" && newest != 0 && system.Generation > newest {
			return rawf("generation %d, newer than the one in use (%d), could not be read: %s", system.Generation, newest, system.Fault)
		}
	}
	return ""
}

// installedBy is the generation that wrote `current`: the newest one when the
// link was written, where that declared the VM with the runner that the link
// names. Whatever was written before, between or after was not NixOS's; 0: none.
func (f *Facts) installedBy(vm Raw, current *Symlink, removedAt time.Time) int {
	if current == nil || current.Modified.After(removedAt) {
		return 0
	}
	generation := f.generationAt(current.Modified)
	for _, then := range f.then[vm] {
		if then.generation == generation && then.Runner != "" && then.Runner == current.Target {
			return generation
		}
	}
	return 0
}

// generationAt is the number of the newest generation that there was at a time,
// one that cannot be read any more included: what that declared is not known. 0:
// none that is left.
func (f *Facts) generationAt(at time.Time) int {
	generation := 0
	for i := range f.Systems {
		system := &f.Systems[i]
		if system.Kind == SystemGeneration && !system.Since.IsZero() && !system.Since.After(at) {
			generation = max(generation, system.Generation)
		}
	}
	return generation
}

// newestGeneration is the number of the generation that the system profile
// points to; 0 where it is unknown.
func (f *Facts) newestGeneration() int {
	for i := range f.Systems {
		if f.Systems[i].Kind == SystemNewest {
			return f.Systems[i].Generation
		}
	}
	return 0
}

// lostDeclarations says that every declaration went at once, or that it cannot
// be told, where nothing is declared now: an emptied configuration looks the
// same as the removal of every VM.
func (f *Facts) lostDeclarations() Raw {
	if len(f.declared) > 0 {
		return ""
	}
	var last *System
	readable := make(map[int]bool, len(f.generations))
	for _, system := range f.generations {
		readable[system.Generation] = true
		if len(system.Declared) > 0 {
			last = system
		}
	}
	if last == nil {
		return ""
	}
	before := last
	for _, system := range f.generations {
		if len(last.Declared) == 1 && f.cameBack(system, last) {
			before = system
		}
	}
	if len(before.Declared) > 1 {
		return rawf("nothing is declared any more, where generation %d declared %s: did they fall out of the configuration together?",
			before.Generation, Counted(len(before.Declared), "VM"))
	}
	for n := last.Generation + 1; n < f.newestGeneration(); n++ {
		if !readable[n] {
			return rawf("no VM is declared any more, and what generation %d declared could not be read: were they all removed from the configuration by mistake?", n)
		}
	}
	return ""
}

// cameBack reports whether an older generation with several VMs was in use
// again, by a roll-back, after the last one that declared any was made: it
// installed a VM that the last one does not have.
func (f *Facts) cameBack(system, last *System) bool {
	if system.Generation >= last.Generation || len(system.Declared) < 2 {
		return false
	}
	for _, decl := range system.Declared {
		d := f.directories[decl.Name]
		inLast := slices.ContainsFunc(last.Declared, func(l Declaration) bool { return l.Name == decl.Name })
		if d == nil || d.Current == nil || inLast {
			continue
		}
		if d.Current.Target == decl.Runner && f.IsMicrovm(d.Current.UID) && d.Current.Modified.After(last.Since) {
			return true
		}
	}
	return false
}
