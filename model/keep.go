package model

import "time"

// KeepEntry is a name on the keep list: never an orphan.
type KeepEntry struct {
	Kind Kind      `json:"kind"`
	Name Raw       `json:"name"`
	Note Raw       `json:"note,omitempty"`
	By   Raw       `json:"by,omitempty"`
	At   time.Time `json:"at,omitzero"`
}

// Keeps is the entry of the keep list that keeps a VM, or its directory.
func (i Inventory) Keeps(name Raw) (KeepEntry, bool) {
	return i.Facts().keptAs(Ref{KindVM, name}, Ref{KindStateDir, name})
}

// DropCommand is the command that takes an entry off the keep list.
func (k KeepEntry) DropCommand() Raw {
	if k.Kind == KindVM {
		return "microtui keep --drop " + shellWord(k.Name)
	}
	return rawf("microtui keep --drop --kind %s %s", k.Kind, shellWord(k.Name))
}

// KeptKinds are the kinds of things that can be on the keep list.
var KeptKinds = []Kind{KindVM, KindStateDir, KindTap, KindMacvtap, KindGCRoot, KindUnit}

// keptAs finds the first of some addresses that is on the keep list.
func (f *Facts) keptAs(refs ...Ref) (KeepEntry, bool) {
	for _, ref := range refs {
		if entry, ok := f.keep[ref]; ok {
			return entry, true
		}
	}
	return KeepEntry{}, false
}

func keepEvidence(entry KeepEntry) Raw {
	if entry.Note == "" {
		return "on the keep list"
	}
	return "on the keep list: " + entry.Note
}

// keeps is the evidence that a thing of a VM is on the keep list by itself;
// empty: it is not.
func (f *Facts) keeps(kind Kind, name Raw) Raw {
	if entry, ok := f.keptAs(Ref{kind, name}); ok {
		return keepEvidence(entry)
	}
	return ""
}

// keptBlocker blocks what would stop something that is kept: a unit, or an
// interface that goes with the stop. (What else of a VM is kept is left alone.)
func (p *purging) keptBlocker() blocker {
	if !p.stops {
		return blocker{}
	}
	for _, unit := range p.ownUnits() {
		if why := p.keeps(KindUnit, unit.Name); why != "" && (unit.IsUp() || unit.AwaitsStart()) {
			return refused("%s, which would be stopped, is %s: %s first", unit.Name, why, KeepEntry{Kind: KindUnit, Name: unit.Name}.DropCommand())
		}
	}
	for _, own := range p.interfaces() {
		if why := p.keeps(Kind(own.Type), own.Name); why != "" && p.goesWithStop(own) {
			return refused("interface %s, which is deleted when it stops, is %s: %s first", own.Name, why, KeepEntry{Kind: Kind(own.Type), Name: own.Name}.DropCommand())
		}
	}
	return blocker{}
}

// keptWithStop says that something is kept which the stop of a VM would take
// away; empty: nothing is.
func (t subject) keptWithStop() Raw {
	p, _ := t.i.purging(t.vm, PurgeOptions{})
	return p.keptBlocker().why
}
