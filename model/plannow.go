package model

import (
	"fmt"
	"slices"
	"strings"
)

// Now is the present value of a fact about a step's thing; empty: it has none.
// What cannot be told is worded "unknown: …", which is never the value that a
// plan was made with: nothing is removed on facts that could not be read.
func (i Inventory) Now(s Step, fact Fact) Raw {
	read := valueOf[fact]
	if read == nil {
		return unknownAs + "there is no such fact"
	}
	return read(i.subject(s))
}

// unknownAs begins the value of a fact that cannot be told.
const unknownAs = "unknown: "

func isUnknown(value Raw) bool { return strings.HasPrefix(string(value), unknownAs) }

// subject is a step's thing, with the VM that it belongs to or once did.
type subject struct {
	*Facts
	i   *Inventory
	ref Ref
	vm  Raw
	dir *Directory // of that VM; nil: it has none
}

func (i *Inventory) subject(s Step) subject {
	t := subject{Facts: i.Facts(), i: i, ref: s.Ref, vm: s.VM}
	switch {
	case t.vm != "":
	case s.Ref.Kind == KindVM || s.Ref.Kind == KindStateDir:
		t.vm = s.Ref.Name
	case s.Ref.Kind == KindUnit:
		_, t.vm, _ = ParseUnitName(s.Ref.Name)
	case s.Ref.Kind == KindGCRoot:
		t.vm, _, _ = t.rootTarget(t.root(s.Ref.Name))
	}
	t.dir = t.directories[t.vm]
	return t
}

// valueOf words each fact.
var valueOf = map[Fact]func(subject) Raw{
	FactDeclared:   subject.declaredBy,
	FactKept:       subject.keptBy,
	FactVerdict:    subject.verdict,
	FactState:      func(t subject) Raw { return Raw(t.readState(t.vm, t.dir, t.outside(t.dir)).state) },
	FactInvocation: func(t subject) Raw { return Raw(t.units[t.vm][RoleVM].Invocation()) },
	FactDirectory:  subject.directory,
	FactCurrent:    func(t subject) Raw { return t.target(func(d *Directory) *Symlink { return d.Current }) },
	FactOld:        func(t subject) Raw { return t.target(func(d *Directory) *Symlink { return d.Old }) },
	FactFlake:      subject.flake,
	FactMount:      subject.mount,
	FactUsed:       func(t subject) Raw { return firstOf(t.i.usedBy(t.dir).owners(), t.absent(SourceStorage)) },
	FactIndex:      func(t subject) Raw { return t.link(func(l *Link) Raw { return rawf("%d", l.Index) }) },
	FactLinkKind:   func(t subject) Raw { return t.link(func(l *Link) Raw { return Raw(l.Kind) }) },
	FactOwner:      func(t subject) Raw { return t.link(ownerOf) },
	FactHeld:       subject.held,
	FactTarget:     func(t subject) Raw { return firstOf(t.root(t.ref.Name), t.absent(SourceGCRoots)) },
	FactUnit:       subject.unit,
	FactProcess:    subject.process,
	FactEntry:      subject.entry,
	FactPlace:      subject.place,
	FactName:       func(t subject) Raw { return firstOf(t.i.nameBlocker(t.vm).why, freeName) },
	FactSystem:     subject.newestSystem,
	FactVolumes:    subject.volumes,
	FactSnapshot:   subject.snapshot,
	FactLosses:     subject.losses,
}

// absent words the lack of something: whether it is missing, or could not be
// seen because a source failed.
func (t subject) absent(sources ...Source) Raw {
	for _, source := range sources {
		if err, failed := t.faults[source]; failed {
			return unknownAs + firstOf(err, "could not be read")
		}
	}
	return ""
}

func (t subject) declaredBy() Raw {
	if decl := t.declared[t.vm]; decl != nil {
		return joined(decl.by)
	}
	if reasons := t.whyDeclarationUncertain(); len(reasons) > 0 {
		return unknownAs + reasons[0]
	}
	return ""
}

// whyDeclarationUncertain says why a VM that no system declares may be
// declared.
func (f *Facts) whyDeclarationUncertain() []Raw {
	var reasons []Raw
	if err, failed := f.faults[SourceSystems]; failed {
		reasons = append(reasons, rawf("%s could not be read: %s", SourceSystems, err))
	}
	return append(reasons, f.whySystemsUnread()...)
}

func joined(names []Raw) Raw {
	words := make([]string, len(names))
	for at, name := range names {
		words[at] = string(name)
	}
	return Raw(strings.Join(words, ", "))
}

func (t subject) keptBy() Raw {
	refs := []Ref{t.ref}
	if t.vm != "" {
		refs = append(refs, Ref{KindVM, t.vm}, Ref{KindStateDir, t.vm})
	}
	if entry, ok := t.keptAs(refs...); ok {
		return keepEvidence(entry)
	}
	if t.ref.Kind == KindVM && t.vm != "" {
		if why := t.keptWithStop(); why != "" {
			return why
		}
	}
	return t.absent(SourceKeep)
}

// verdict is that of the thing itself; of a VM's directory, the VM's.
func (t subject) verdict() Raw {
	for at := range t.i.Leftovers {
		if l := &t.i.Leftovers[at]; l.Ref == t.ref {
			return Raw(l.Verdict)
		}
	}
	if vm := t.i.VM(t.vm); vm != nil {
		return Raw(vm.Verdict)
	}
	return ""
}

func (t subject) link(what func(*Link) Raw) Raw {
	if link := t.links[t.ref.Name]; link != nil {
		return what(link)
	}
	return t.absent(SourceNetwork)
}

func ownerOf(l *Link) Raw {
	if owner := l.owner(); owner != nil {
		return rawf("%d", *owner)
	}
	return ""
}

func (t subject) held() Raw {
	link := t.links[t.ref.Name]
	if holders := t.holders[t.ref.Name]; len(holders) > 0 {
		return joined(processWords(holders))
	}
	if unseen := t.absent(SourceHolders, SourceProcesses); unseen != "" {
		return unseen
	}
	if link != nil && link.Carrier != nil && *link.Carrier && link.Kind == "tun" {
		return "somebody: its carrier is on"
	}
	return ""
}

func processWords(processes []*Process) []Raw {
	words := make([]Raw, len(processes))
	for at, p := range processes {
		words[at] = rawf("process %d (%s)", p.PID, p.ProgramName())
	}
	return words
}

// root is the target of the gcroot link of a name; empty: there is none.
func (f *Facts) root(name Raw) Raw {
	at := slices.IndexFunc(f.GCRoots, func(r GCRoot) bool { return r.Name == name })
	if at < 0 {
		return ""
	}
	return f.GCRoots[at].Target
}

// unit is a unit's active state; an inactive one is nothing at all.
func (t subject) unit() Raw {
	at := slices.IndexFunc(t.Units, func(u Unit) bool { return u.Name == t.ref.Name })
	if at < 0 {
		return t.absent(SourceSystemd)
	}
	if active := t.Units[at].Active; active != "inactive" {
		return Raw(active)
	}
	return ""
}

func (t subject) process() Raw {
	for at := range t.Processes {
		if p := &t.Processes[at]; fmt.Sprint(p.PID) == string(t.ref.Name) {
			return rawf("%d", p.Started)
		}
	}
	return t.absent(SourceProcesses)
}

func (t subject) entry() Raw {
	e := t.i.inTrash(t.ref.Name)
	switch {
	case e == nil:
		return t.absent(SourceTrash)
	case e.Missing:
		return "missing"
	}
	return e.Directory.words()
}

func (i *Inventory) inTrash(id Raw) *TrashEntry {
	at := slices.IndexFunc(i.Trash, func(e TrashEntry) bool { return Raw(e.ID) == id })
	if at < 0 {
		return nil
	}
	return &i.Trash[at]
}

// place says whether the path that an entry of the trash had is free.
func (t subject) place() Raw {
	e := t.i.inTrash(t.ref.Name)
	if e == nil {
		return t.absent(SourceTrash)
	}
	if taken := t.takenFrom(e); taken != "" {
		return taken
	}
	return firstOf(t.absent(SourceStateDir), "free")
}

// takenFrom says what is in the way of a directory that comes back; empty:
// nothing that can be seen.
func (f *Facts) takenFrom(e *TrashEntry) Raw {
	rest, ok := f.below(e.From)
	switch mount := f.unmounted(e.Name); {
	case !ok || rest != string(e.Name):
		return rawf("%s is not in %s", e.From, f.StateDir.Path)
	case mount != nil:
		return rawf("%s is not mounted (%s is inactive)", mount.Where, mount.Unit)
	case !f.StateDir.Exists:
		return rawf("%s is not there", f.StateDir.Path)
	case f.directories[e.Name] != nil:
		return rawf("%s already exists", e.From)
	case f.others[e.Name] != nil:
		return rawf("%s already exists (%s)", e.From, f.others[e.Name].Type)
	}
	return ""
}

// losses names what is lost with a VM's processes, by process and descriptor.
func (t subject) losses() Raw {
	var all []Raw
	for _, loss := range t.i.Losses(t.vm) {
		all = append(all, rawf("%s (process %d, descriptor %d)", loss.Path, loss.Process, loss.FD))
	}
	return joined(all)
}

func (t subject) newestSystem() Raw {
	for at := range t.Systems {
		if t.Systems[at].Kind == SystemNewest {
			return t.Systems[at].Path
		}
	}
	return t.absent(SourceSystems)
}
