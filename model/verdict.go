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
func (f *facts) judgeVM(vm Raw, d *Directory, origin Origin) judgement {
	if evidence := f.wanted(vm, d, origin); len(evidence) > 0 {
		return kept(evidence...)
	}
	if doubts := f.doubts(KindVM); len(doubts) > 0 {
		return unclear(doubts...)
	}
	if mount := f.unmounted(vm); mount != nil {
		return unclear(rawf("%s is not mounted (%s is inactive)", mount.Where, mount.Unit))
	}
	if runsAs, ok := f.aliases[f.nameOf(d, vm)]; ok {
		return unclear(rawf("%s runs from this directory, which was renamed since", UnitName(RoleVM, runsAs)))
	}
	if !ParseName(vm) {
		return unclear("its name can be no unit's: microvm.nix did not make it")
	}
	if d == nil {
		return f.judgeGhost(vm)
	}
	if origin == OriginUndeclared {
		return f.judgeUndeclared(vm, d)
	}
	return f.judgeUnknown(vm, d)
}

func (f *facts) nameOf(d *Directory, vm Raw) Raw {
	if d == nil {
		return vm
	}
	return d.Name
}

// wanted collects what shows that a VM is kept on purpose.
func (f *facts) wanted(vm Raw, d *Directory, origin Origin) []Raw {
	var evidence []Raw
	if decl := f.declared[vm]; decl != nil {
		evidence = append(evidence, rawf("declared: %s is in %s", UnitName(RoleInstall, vm), list(decl.by)))
	}
	if f.autostart[vm] {
		evidence = append(evidence, "microvm.autostart names it: microvms.target wants "+UnitName(RoleVM, vm))
	}
	if entry, ok := f.keep[Ref{KindVM, vm}]; ok {
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
		evidence = append(evidence, "made by hand or by another tool: neither flake nor toplevel nor gcroot link")
	}
	return evidence
}

func keepEvidence(entry KeepEntry) Raw {
	if entry.Note == "" {
		return "on the keep list"
	}
	return "on the keep list: " + entry.Note
}

func (f *facts) deployedEvidence(vm Raw, d *Directory) Raw {
	if d.Old != nil {
		return "deployed over SSH: its directory holds a link `old`"
	}
	return rawf("deployed over SSH: a gcroot link points to the directory of %s, which has no flake", vm)
}

// judgeGhost judges a VM that runs without a directory.
func (f *facts) judgeGhost(vm Raw) judgement {
	unit := UnitName(RoleVM, vm)
	deleted := false
	for _, p := range f.inUnit[unit] {
		switch {
		case p.Cwd == nil || !p.Cwd.Deleted:
			continue
		case len(p.Deleted) > 0:
			return judgement{verdict: VerdictSuspect,
				evidence: []Raw{
					rawf("its directory was deleted while %s runs", unit),
					rawf("process %d still has %s open: their content is lost when it stops", p.PID, list(p.Deleted)),
				},
				note: "directory deleted while it runs; stopping loses open files"}
		}
		deleted = true
	}
	if !deleted {
		return unclear(rawf("%s is up, %s has no directory of that name, and where it runs from is unknown", unit, f.StateDir.Path))
	}
	j := judgement{verdict: VerdictOrphan, note: "orphan: its directory was deleted while it runs", evidence: []Raw{
		rawf("its directory was deleted while %s runs, and no file of it is open", unit),
		"nothing declares it",
	}}
	if r, _, proven := f.removed(vm); proven {
		j.removal = &r
		j.evidence = append(j.evidence, r.evidence())
	}
	return j
}

// judgeUndeclared judges a VM whose directory looks as NixOS leaves it. Proof
// needs three things: a generation that declared it and a later one that does
// not; that NixOS was the last to write the directory; and that `current` is
// what a generation installed. Whoever goes on using a VM after its
// declaration is gone changes one of the latter two.
func (f *facts) judgeUndeclared(vm Raw, d *Directory) judgement {
	r, rolledBack, proven := f.removed(vm)
	if rolledBack {
		return unclear(rawf("generation %d declares it, which is newer than the one in use (%d): a roll-back?",
			r.last.generation, f.newestGeneration()))
	}
	looks := f.looksDeclared(d)
	if !proven {
		return judgement{verdict: VerdictSuspect, note: "was declared once, no generation knows it",
			evidence: append(looks, "no generation of the system that is left declares it, so its removal cannot be proven")}
	}
	if against := f.againstProof(vm, d); len(against) > 0 {
		return judgement{verdict: VerdictSuspect, note: "no longer declared, but changed by hand since", removal: &r,
			evidence: append([]Raw{r.evidence()}, against...)}
	}
	return judgement{verdict: VerdictOrphan, removal: &r,
		note: rawf("orphan: declared until generation %d", r.last.generation),
		evidence: append([]Raw{r.evidence()}, append(looks,
			rawf("`current` is what generation %d installed", f.installedBy(vm, d)),
			"no gcroot link, autostart or keep entry names it")...)}
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
func (f *facts) looksDeclared(d *Directory) []Raw {
	if d.Toplevel != nil {
		return []Raw{"its directory holds the link `toplevel`, which only NixOS makes"}
	}
	return []Raw{"its file `flake` is as NixOS writes it: with a newline, in a directory of user microvm"}
}

// againstProof lists what speaks against NixOS having been the last to write a
// directory.
func (f *facts) againstProof(vm Raw, d *Directory) []Raw {
	checks := []struct {
		holds bool
		else_ Raw
	}{
		{d.Toplevel == nil || d.Flake == nil, "its directory holds `toplevel` as well as `flake`: it changed its kind"},
		{f.isMicrovm(d.UID), rawf("its directory belongs to user id %d, not to microvm", d.UID)},
		{d.Current != nil && f.isMicrovm(d.Current.UID), "`current` does not belong to microvm: NixOS was not the last to set it"},
		{d.Flake == nil || f.isMicrovm(d.Flake.UID), "`flake` does not belong to microvm: NixOS did not write it"},
		{d.Flake == nil || f.flakeAsDeclared(vm, d.Flake), "`flake` is not what a generation declared"},
		{f.installedBy(vm, d) != 0, "`current` is not what any generation installed"},
	}
	var against []Raw
	for _, check := range checks {
		if !check.holds {
			against = append(against, check.else_)
		}
	}
	return against
}

// installedBy is the generation whose runner `current` points to; 0: none.
func (f *facts) installedBy(vm Raw, d *Directory) int {
	generation := 0
	for _, then := range f.then[vm] {
		if d.Current != nil && then.Runner != "" && then.Runner == d.Current.Target {
			generation = then.generation
		}
	}
	return generation
}

func (f *facts) flakeAsDeclared(vm Raw, flake *Flake) bool {
	for _, then := range f.then[vm] {
		if then.Flake == flake.Ref {
			return true
		}
	}
	return false
}

// judgeUnknown says what is missing to place a VM.
func (f *facts) judgeUnknown(vm Raw, d *Directory) judgement {
	switch {
	case d.Fault != "":
		return unclear(rawf("its directory could not be read: %s", d.Fault))
	case len(d.Strange) > 0:
		return unclear(d.Strange...)
	case d.Flake != nil:
		return unclear("it has a `flake` as microvm -c writes it, but no gcroot link: restored, or taken over by hand?")
	case len(f.then[vm]) > 0:
		return unclear("a generation declared it, but its directory is not as NixOS leaves it")
	}
	return unclear("nothing says where it comes from")
}
