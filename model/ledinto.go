package model

import (
	"slices"
	"strings"
)

// leadsIn is what leads into a directory of the state directory that is
// another's: claims of VMs whose files are in there.
type leadsIn struct {
	into   []Claim // of paths that lead there
	above  []Claim // of folders that it is in
	unseen []Claim // of paths that may lead anywhere
}

// leadsInto asks the table who else has files in a directory. What a proven
// leftover names counts for nothing: wanted says which VMs do.
func (f *Facts) leadsInto(d *Directory, wanted func(vm Raw) bool) leadsIn {
	if d == nil {
		return leadsIn{}
	}
	others := func(claims []Claim) []Claim {
		return slices.DeleteFunc(claims, func(c Claim) bool {
			return c.By.VM == "" || c.By.VM == d.Name || f.directoryOf(c.By.VM) == d || !wanted(c.By.VM)
		})
	}
	return leadsIn{others(f.claims.Into(d.ID)), others(f.claims.Above()), others(f.claims.Unseen())}
}

// evidence says of each claimant what leads there; empty: nothing does.
func (l leadsIn) evidence() []Raw {
	var evidence, said []Raw
	add := func(c Claim, text Raw) {
		if by := c.By.VM + "\n" + c.As; !slices.Contains(said, by) {
			said, evidence = append(said, by), append(evidence, text)
		}
	}
	for _, c := range l.into {
		add(c, rawf("%s of %s is in its directory (according to %s)", c.words(), c.By.VM, c.where()))
	}
	for _, c := range l.above {
		add(c, rawf("%s of %s contains its directory (according to %s)", c.words(), c.By.VM, c.where()))
	}
	for _, c := range l.unseen {
		add(c, rawf("where %s of %s is could not be determined: %s", c.words(), c.By.VM, c.Unseen))
	}
	return evidence
}

// cautions are about what may be in a directory and is not seen to be.
func (l leadsIn) cautions() []Raw { return leadsIn{above: l.above, unseen: l.unseen}.evidence() }

// keepUsed takes back that a VM is a leftover where the directory that it left
// behind is in use: by whoever is none, and by whoever is kept for that.
func (f *Facts) keepUsed(vms []VM) {
	leftover := make(map[Raw]bool)
	for i := range vms {
		leftover[vms[i].Name] = vms[i].Verdict == VerdictOrphan
	}
	wanted := func(vm Raw) bool { return !leftover[vm] }
	for changed := true; changed; {
		changed = false
		for i := range vms {
			vm := &vms[i]
			if vm.Verdict != VerdictOrphan {
				continue
			}
			if leads := f.leadsInto(vm.Directory, wanted); leads.hold(vm) {
				leftover[vm.Name], changed = false, true
			}
		}
	}
}

// hold puts what leads into a VM's directory in the place of its verdict, and
// reports whether anything does.
func (l leadsIn) hold(vm *VM) bool {
	evidence := l.evidence()
	if len(evidence) == 0 {
		return false
	}
	vm.Verdict = VerdictUnclear
	note := "unclear: " + evidence[0]
	if len(l.into) > 0 {
		vm.Verdict = VerdictSuspect
		note = rawf("no longer declared, but %s uses its directory", l.owners())
	}
	vm.Evidence = append(evidence, vm.Evidence...)
	vm.Notes = append([]Raw{note}, slices.DeleteFunc(slices.Clone(vm.Notes), func(n Raw) bool { return strings.HasPrefix(string(n), "orphan: ") })...)
	return true
}

// owners names who has files there: "shop's volume /srv/x.img".
func (l leadsIn) owners() Raw {
	var words []Raw
	for _, c := range l.into {
		if text := rawf("%s's %s", c.By.VM, c.words()); !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	return Raw(Listed(words))
}
