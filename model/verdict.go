package model

// judgement is a verdict with its evidence and, in a few words, the note that
// a row shows.
type judgement struct {
	verdict  Verdict
	evidence []Raw
	note     Raw
	removal  *removal
}

func unclear(evidence ...Raw) judgement {
	return judgement{verdict: VerdictUnclear, evidence: evidence, note: "unclear: " + evidence[0]}
}

func kept(evidence ...Raw) judgement {
	return judgement{verdict: VerdictKept, evidence: evidence}
}

// judgeVM says whether a VM is wanted. What shows that it is wanted is asked
// first and needs no other fact; only then does absence count.
func (f *Facts) judgeVM(vm Raw, d *Directory, origin Origin, outside []Process) judgement {
	if evidence := f.wanted(vm, d, origin); len(evidence) > 0 {
		return kept(evidence...)
	}
	if missing := f.missingEvidence(KindVM); len(missing) > 0 {
		return unclear(missing...)
	}
	if mount := f.unmounted(vm); mount != nil {
		return unclear(rawf("%s is not mounted (%s is inactive)", mount.Where, mount.Unit))
	}
	if runsAs, ok := f.aliases[f.nameOf(d, vm)]; ok {
		return unclear(rawf("%s is running from this directory, which was renamed since", UnitName(RoleVM, runsAs)))
	}
	if from, ok := f.runsFrom[vm]; ok {
		return unclear(rawf("%s is running from directory %s, not from its own", UnitName(RoleVM, vm), from))
	}
	if unseen := f.unseenWork(vm, d); d != nil && unseen != "" {
		return unclear(unseen)
	}
	if !ParseName(vm) {
		return unclear("its name is not valid for a unit, so microvm.nix did not create it")
	}
	if reason := f.rolledBack(vm); reason != "" {
		return unclear(reason)
	}
	if d == nil {
		return f.judgeGhost(vm)
	}
	if root := f.rootFor(vm, d); root != "" {
		return unclear(rawf("gcroot link %s suggests it is wanted, but is not as microvm -c or a deployment creates it", root))
	}
	if origin == OriginUndeclared {
		return f.judgeUndeclared(vm, d, outside)
	}
	return f.judgeUnknown(vm, d)
}

// rootFor is a gcroot link that speaks for a VM: it points into its directory,
// or bears its name and points somewhere else altogether.
func (f *Facts) rootFor(vm Raw, d *Directory) Raw {
	for _, name := range []Raw{vm, f.nameOf(d, vm)} {
		if roots := f.roots[name]; len(roots) > 0 {
			return roots[0].Name
		}
		if _, ok := f.otherRoots[name]; ok {
			return name
		}
	}
	return ""
}

func (f *Facts) nameOf(d *Directory, vm Raw) Raw {
	if d == nil {
		return vm
	}
	return d.Name
}

// wanted collects what shows that a VM is kept on purpose.
func (f *Facts) wanted(vm Raw, d *Directory, origin Origin) []Raw {
	var evidence []Raw
	if decl := f.declared[vm]; decl != nil {
		evidence = append(evidence, rawf("declared: %s is in %s", UnitName(RoleInstall, vm), Listed(decl.by)))
	}
	if f.autostart[vm] {
		evidence = append(evidence, "listed in microvm.autostart: microvms.target wants "+UnitName(RoleVM, vm))
	}
	if entry, ok := f.keptAs(Ref{KindVM, vm}, Ref{KindStateDir, f.nameOf(d, vm)}); ok {
		evidence = append(evidence, keepEvidence(entry))
	}
	if d == nil {
		return evidence
	}
	switch origin {
	case OriginImperative:
		evidence = append(evidence, rawf("made with microvm -c: gcroot link %s points to its directory", vm))
	case OriginDeployed:
		evidence = append(evidence, f.deployedEvidence(vm, d))
	case OriginManual:
		evidence = append(evidence, "made by hand or by another tool: no flake, toplevel or gcroot link")
	}
	return evidence
}

func (f *Facts) deployedEvidence(vm Raw, d *Directory) Raw {
	if d.Old != nil {
		return "deployed over SSH: its directory holds a link `old`"
	}
	return rawf("deployed over SSH: a gcroot link points to the directory of %s, which has no flake", vm)
}

// judgeGhost judges a VM that runs without a directory. What its processes
// hold open exists nowhere else any more.
func (f *Facts) judgeGhost(vm Raw) judgement {
	unit := UnitName(RoleVM, vm)
	if reason := f.whyPresent(vm); reason != "" {
		return unclear(rawf("%s is up, and %s", unit, reason))
	}
	if !f.worksInDeleted(vm) {
		return unclear(rawf("%s is up, %s has no directory of that name, and where it is running from is unknown", unit, f.StateDir.Path))
	}
	gone := rawf("its directory was deleted while %s is running", unit)
	if lost := f.holdsDeleted(vm); lost != "" {
		return judgement{verdict: VerdictSuspect, note: "directory deleted while running; stopping loses open files",
			evidence: []Raw{gone, lost}}
	}
	if missing := f.missingEvidence(KindProcess); len(missing) > 0 {
		return unclear(missing...)
	}
	if root := f.rootFor(vm, nil); root != "" {
		return judgement{verdict: VerdictSuspect, note: "directory deleted while running",
			evidence: []Raw{gone, rawf("it was kept on purpose: gcroot link %s", root)}}
	}
	j := judgement{verdict: VerdictOrphan, note: "orphan: its directory was deleted while it is running", evidence: []Raw{
		gone, "none of its units has a deleted file open", "nothing declares it",
	}}
	if r, proven := f.removed(vm); proven {
		j.removal = &r
		j.evidence = append(j.evidence, r.evidence())
	}
	return j
}

// worksInDeleted reports whether a VM's hypervisor works in a directory that
// was deleted, and no process of its unit in one that could not be read.
func (f *Facts) worksInDeleted(vm Raw) bool {
	deleted := false
	for _, p := range f.inUnits[vm] {
		if p.role != RoleVM {
			continue
		}
		if p.Cwd == nil {
			return false
		}
		deleted = deleted || p.Cwd.Deleted
	}
	return deleted
}

// holdsDeleted says which deleted files the processes of a VM's units have open;
// empty: none.
func (f *Facts) holdsDeleted(vm Raw) Raw {
	for _, p := range f.inUnits[vm] {
		if len(p.Deleted) > 0 {
			return rawf("process %d still has %s open: their contents are lost when it stops", p.PID, Listed(p.Deleted))
		}
	}
	if lost := f.losses(vm, nil); len(lost) > 0 {
		return lost[0].Words() + ": its contents are lost when it stops"
	}
	return ""
}

// judgeUndeclared judges a VM whose directory looks as NixOS leaves it. Proof
// needs three things: a generation that declared it and a later one that does
// not; that NixOS was the last to write the directory; and that `current` is
// what a generation installed. Whoever goes on using a VM after its
// declaration is gone changes one of the latter two.
func (f *Facts) judgeUndeclared(vm Raw, d *Directory, outside []Process) judgement {
	r, proven := f.removed(vm)
	looks := f.looksDeclared(d)
	switch {
	case proven:
	case len(f.then[vm]) > 0:
		return judgement{verdict: VerdictSuspect, note: "was declared once, but its removal is not proven",
			evidence: append(looks, rawf("declared in generation %d, but no later generation could be read that proves its removal", r.last.generation))}
	default:
		return judgement{verdict: VerdictSuspect, note: "was declared once, but in no remaining generation",
			evidence: append(looks, "no remaining system generation declares it, so its removal cannot be proven")}
	}
	if against := f.againstProof(vm, d, r); len(against) > 0 {
		return judgement{verdict: VerdictSuspect, note: "no longer declared, but changed by hand since", removal: &r,
			evidence: append([]Raw{r.evidence()}, against...)}
	}
	if len(outside) > 0 {
		return judgement{verdict: VerdictSuspect, note: "no longer declared, but started by hand", removal: &r,
			evidence: []Raw{r.evidence(), rawf("process %d runs it outside systemd, so someone is using it", outside[0].PID)}}
	}
	return judgement{verdict: VerdictOrphan, removal: &r,
		note: rawf("orphan: declared until generation %d", r.last.generation),
		evidence: append([]Raw{r.evidence()}, append(looks,
			f.setWhileDeclared(vm, d, r),
			"it has no gcroot link, autostart or keep list entry")...)}
}

// setWhileDeclared says who set `current`, under which generation that declared
// the VM; empty: nobody that is known to.
func (f *Facts) setWhileDeclared(vm Raw, d *Directory, r removal) Raw {
	if by := f.installedBy(vm, d.Current, r.since.Since); by != 0 {
		return rawf("`current` is what generation %d installed", by)
	}
	if under := f.updatedUnder(vm, d, r.since.Since); under != 0 {
		return rawf("`current` is what microtui switched to while generation %d declared it, with updateFlake", under)
	}
	return ""
}

// evidence tells a removal: "declared in generation 41, gone since generation
// 42 of 3 November 2026".
func (r removal) evidence() Raw {
	text := rawf("declared in generation %d, gone since generation %d", r.last.generation, r.since.Generation)
	if r.since.Since.IsZero() {
		return text
	}
	return text + Raw(r.since.Since.UTC().Format(" of 2 January 2006"))
}

// looksDeclared says in which way a directory looks as NixOS leaves it.
func (f *Facts) looksDeclared(d *Directory) []Raw {
	if d.Toplevel != nil {
		return []Raw{"its directory has the link `toplevel`, which only NixOS creates"}
	}
	return []Raw{"its file `flake` looks written by NixOS: with a newline, in a directory owned by microvm"}
}

// againstProof lists what speaks against NixOS having been the last to write a
// directory.
func (f *Facts) againstProof(vm Raw, d *Directory, r removal) []Raw {
	checks := []struct {
		holds  bool
		reason Raw
	}{
		{d.Toplevel == nil || d.Flake == nil, "its directory has both `toplevel` and `flake`: it changed from one kind to the other"},
		{f.IsMicrovm(d.UID), rawf("its directory belongs to user ID %d, not to microvm", d.UID)},
		{d.Current != nil && f.IsMicrovm(d.Current.UID) || f.switchedHere(vm, d), "`current` does not belong to microvm: NixOS was not the last to set it"},
		{d.Old == nil || f.switchedHere(vm, d), "its directory has `old`, which a deployment leaves, but no recorded update"},
		{!d.hasNew(), "its directory has the link `new`, which a deployment leaves that found nothing new"},
		{d.Flake == nil || f.IsMicrovm(d.Flake.UID), "`flake` does not belong to microvm: NixOS did not write it"},
		{d.Flake == nil || f.flakeAsDeclared(vm, d.Flake), "`flake` is not what a generation declared"},
		{d.Toplevel == nil || f.toplevelAsDeclared(vm, d.Toplevel), "`toplevel` is not what a generation declared"},
		{f.setWhileDeclared(vm, d, r) != "", "`current` is not what any generation installed, or was not written while it was declared"},
	}
	var against []Raw
	for _, check := range checks {
		if !check.holds {
			against = append(against, check.reason)
		}
	}
	return against
}

func (f *Facts) toplevelAsDeclared(vm Raw, toplevel *Symlink) bool {
	for _, then := range f.then[vm] {
		if then.Toplevel == toplevel.Target {
			return true
		}
	}
	return false
}

func (f *Facts) flakeAsDeclared(vm Raw, flake *Flake) bool {
	for _, then := range f.then[vm] {
		if then.Flake == flake.Ref {
			return true
		}
	}
	return false
}

// judgeUnknown says what is missing to place a VM.
func (f *Facts) judgeUnknown(vm Raw, d *Directory) judgement {
	switch {
	case d.Fault != "":
		return unclear(rawf("its directory could not be read: %s", d.Fault))
	case len(d.Strange) > 0:
		return unclear(d.Strange...)
	case d.Flake != nil:
		return unclear("it has a `flake` as microvm -c writes it, but no gcroot link: restored or copied by hand?")
	case len(f.then[vm]) > 0:
		return unclear("a generation declared it, but its directory is not as NixOS leaves it")
	}
	return unclear("nothing shows where it comes from")
}
