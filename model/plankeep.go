package model

// keeps is the evidence that a thing of a VM is on the keep list by itself;
// empty: it is not.
func (f *facts) keeps(kind Kind, name Raw) Raw {
	if entry, ok := f.keptAs(Ref{kind, name}); ok {
		return keepEvidence(entry)
	}
	return ""
}

// keptBar bars what would stop something that is kept: a unit, or an interface
// that goes with the stop. (What else of a VM is kept is left alone.)
func (p *purging) keptBar() bar {
	if !p.stops {
		return bar{}
	}
	for _, unit := range p.ownUnits() {
		if why := p.keeps(KindUnit, unit.Name); why != "" && (unit.isUp() || unit.awaitsStart()) {
			return refused("%s, which would be stopped, is %s: microtui keep --drop %s first", unit.Name, why, shellWord(unit.Name))
		}
	}
	for _, own := range p.interfaces() {
		if why := p.keeps(Kind(own.Type), own.Name); why != "" && p.goesWithStop(own) {
			return refused("interface %s, which goes when it stops, is %s: microtui keep --drop %s first", own.Name, why, shellWord(own.Name))
		}
	}
	return bar{}
}

// keptWithStop says that something is kept which the stop of a VM would take
// away; empty: nothing is.
func (t subject) keptWithStop() Raw {
	p, _ := t.i.purging(t.vm, PurgeOptions{})
	return p.keptBar().why
}
