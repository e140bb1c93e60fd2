package model

import (
	"slices"
	"strings"
)

// gcrootFolder holds the gcroot links of microvm.nix.
const gcrootFolder = "/nix/var/nix/gcroots/microvm"

// wantedBy are the facts that show whether somebody wants a VM: each step that
// takes something of it away rests on them.
var wantedBy = []Fact{FactDeclared, FactKept, FactSystem}

// rests are the facts under a step of a purge. What an earlier step of the
// same purge changes is none of them; those of a proven orphan rest on that
// proof as well, since it is all the consent there is.
func (p *purging) rests(s Step, on ...Fact) Step {
	return p.i.resting(s, append(slices.Clone(wantedBy), on...)...)
}

func (p *purging) proof() []Fact {
	if p.proven() {
		return []Fact{FactVerdict}
	}
	return nil
}

// stopSteps stop it, if anything of it is up. One that crashes in a loop has
// another invocation every few seconds.
func (p *purging) stopSteps() []Step {
	if !p.stops {
		return nil
	}
	step := Step{Action: StepStop, Ref: Ref{KindVM, p.name}, VM: p.name}
	if p.dir != nil { // without one it never starts again
		step.Undo = "microtui start " + p.name
	}
	rests := append(p.proof(), FactState, FactLosses)
	if p.isRunning() && p.isSteady() {
		step.Stamp.Invocation = p.units[p.name][RoleVM].Invocation()
		rests = append(rests, FactInvocation)
	}
	return []Step{p.rests(step, rests...)}
}

// directorySteps take the directory away: from now on nothing can start.
func (p *purging) directorySteps() []Step {
	if p.dir == nil || p.mount {
		return nil
	}
	step := Step{
		Action: StepQuarantine, Ref: Ref{KindStateDir, p.name}, VM: p.name,
		Stamp: Stamp{File: p.dir.ID}, Undo: "microtui restore " + p.name, Bytes: p.dir.Bytes,
	}
	rests := append(p.proof(), FactDirectory, FactCurrent, FactMount, FactUsed)
	if !p.stops {
		rests = append(rests, FactState)
	}
	if !p.PurgeOptions.Now {
		return []Step{p.rests(step, rests...)}
	}
	step.Bytes = nil // they are freed by what follows
	forGood := Step{Action: StepDelete, Ref: step.Ref, VM: p.name, Stamp: step.Stamp, Bytes: p.dir.Bytes}
	return []Step{p.rests(step, rests...), p.rests(forGood)}
}

// linkSteps delete its interfaces, as far as they are there and nobody else's,
// and say which are left alone. Those of one that is being restarted are made
// anew all the time: which ones there are to delete is not known before.
func (p *purging) linkSteps() (steps []Step, left []Raw) {
	if own := p.interfaces(); len(own) > 0 && p.failed(SourceNetwork) {
		left = append(left, rawf("interfaces: they could not be read: %s", p.faults[SourceNetwork]))
	}
	for _, own := range p.interfaces() {
		link := own.Device
		switch {
		case link == nil:
			continue
		case !p.isSteady() && !p.goesWithStop(own):
			left = append(left, rawf("interface %s: each start recreates it; if it remains, clean-up removes it", own.Name))
			continue
		case !p.isSteady():
			continue
		}
		if why := p.notItsOwn(link); why != "" {
			if !p.goesWithStop(own) {
				left = append(left, rawf("interface %s: %s", own.Name, why))
			}
			continue
		}
		step := deleteLink(link)
		step.VM = p.name
		if p.stops {
			steps = append(steps, p.rests(step, FactIndex, FactLinkKind, FactOwner))
		} else {
			steps = append(steps, p.rests(step, FactIndex, FactLinkKind, FactOwner, FactHeld))
		}
	}
	return steps, left
}

func deleteLink(link *Link) Step {
	kind, _ := link.guestKind()
	return Step{
		Action: StepDeleteLink, Ref: Ref{kind, link.Name}, Harmless: true, // a start makes it anew
		Stamp: Stamp{Index: link.Index, LinkKind: link.Kind, Owner: link.owner()},
	}
}

// notItsOwn says why an interface that a VM claims is not deleted with it: by
// the rules for leftover ones, but for its own claim and its own processes.
func (p *purging) notItsOwn(link *Link) Raw {
	kind, ok := link.guestKind()
	owner, holders := link.owner(), p.holdersElsewhere(link.Name)
	switch {
	case p.keeps(kind, link.Name) != "":
		return p.keeps(kind, link.Name)
	case !ok:
		return "it is neither a TAP nor a macvtap"
	case owner == nil || !p.IsMicrovm(*owner):
		return "it does not belong to user microvm"
	case p.described(link.Name) != "":
		return "defined by " + p.described(link.Name)
	case kind == KindTap && !link.Persistent:
		return "it is not persistent: it disappears with the process that opened it"
	case len(holders) > 0:
		return joined(processWords(holders)) + " has it open"
	case !p.stops && link.Kind == "tun" && link.Carrier != nil && *link.Carrier:
		return "its carrier is on, so a process has it open"
	case len(p.missingEvidence(kind)) > 0:
		return p.missingEvidence(kind)[0]
	case p.claimedByOther(link.Name) != "":
		return "also claimed by " + p.claimedByOther(link.Name)
	}
	unread := slices.DeleteFunc(slices.Clone(p.unreadClaims(owned{})), func(vm Raw) bool { return vm == p.name })
	if len(unread) > 0 {
		return rawf("%s may claim it too", Listed(unread))
	}
	return ""
}

// holdersElsewhere are the processes that have an interface open and do not end
// when the VM stops.
func (p *purging) holdersElsewhere(link Raw) []*Process {
	return slices.DeleteFunc(slices.Clone(p.holders[link]), func(holder *Process) bool {
		_, vm, ok := holder.Unit()
		return ok && vm == p.name && p.stops
	})
}

// claimedByOther is who else names an interface, whatever says so.
func (p *purging) claimedByOther(link Raw) Raw {
	for _, c := range byOthers(p.namedBy(link), p.name) {
		return c.By.VM
	}
	return ""
}

// rootSteps remove the gcroot links into its directory, but for those that are
// kept.
func (p *purging) rootSteps() (steps []Step, left []Raw) {
	for _, root := range p.roots[p.name] {
		if why := p.keeps(KindGCRoot, root.Name); why != "" {
			left = append(left, rawf("gcroot link %s: %s", root.Name, why))
			continue
		}
		step := removeRoot(root.GCRoot)
		step.VM = p.name
		steps = append(steps, p.rests(step, FactTarget))
	}
	return steps, left
}

func removeRoot(root GCRoot) Step {
	return Step{
		Action: StepRemoveRoot, Ref: Ref{KindGCRoot, root.Name}, Stamp: Stamp{Target: root.Target},
		Undo: rawf("ln -s %s %s", shellWord(root.Target), shellWord(gcrootFolder+"/"+root.Name)),
	}
}

// shellWord writes a text so that a shell takes it as one word.
func shellWord(text Raw) Raw {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%=,", r)
	}
	if text != "" && !strings.ContainsFunc(string(text), func(r rune) bool { return !plain(r) }) {
		return text
	}
	return Raw("'" + strings.ReplaceAll(string(text), "'", `'\''`) + "'")
}

// resetSteps clear the failed states of its units: those that are there, and
// those that the stop may leave. (A runner without microvm-shutdown ends
// failed after any stop.) Which units of one that is restarted are up at this
// moment says nothing.
func (p *purging) resetSteps() (steps []Step, left []Raw) {
	for _, unit := range append(p.ownUnits(), p.units[p.name][RoleInstall]) {
		switch {
		case unit == nil:
		case p.keeps(KindUnit, unit.Name) != "":
			if unit.Active == "failed" {
				left = append(left, rawf("the failed state of %s: %s", unit.Name, p.keeps(KindUnit, unit.Name)))
			}
		case unit.Active == "failed" && !p.stops:
			steps = append(steps, p.i.resting(resetFailed(unit, p.name), FactUnit))
		case unit.Active == "failed", p.stops && (unit.IsUp() || !p.isSteady()):
			steps = append(steps, p.i.resting(resetFailed(unit, p.name)))
		}
	}
	return steps, left
}

func resetFailed(unit *Unit, vm Raw) Step {
	return Step{Action: StepResetFailed, Ref: Ref{KindUnit, unit.Name}, VM: vm, Harmless: true}
}
