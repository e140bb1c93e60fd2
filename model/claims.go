package model

import (
	"slices"
	"strings"
)

// Claims is the table of who names what: verdicts, plans, the preflight of a
// start and the doctor ask it, and none makes its own. It is made once for an
// inventory, and only read.
type Claims struct {
	all     []Claim
	by      index[Thing]
	of      index[Raw]         // by VM
	names   index[Raw]         // interfaces, by name
	through map[FileID][]int32 // by the entry of the state directory that a path leads through
	above   []int32            // paths of folders that the state directory is in
	unseen  []int32            // paths that could not be followed
}

// On are the claims of a thing.
func (c *Claims) On(t Thing) []Claim { return c.at(c.by.of(t)) }

// Named are the claims of interfaces of a name, in whatever network namespace.
func (c *Claims) Named(name Raw) []Claim { return c.at(c.names.of(name)) }

// Of are the claims of a VM.
func (c *Claims) Of(vm Raw) []Claim { return c.at(c.of.of(vm)) }

func (c *Claims) at(index []int32) []Claim {
	if len(index) == 0 {
		return nil
	}
	found := make([]Claim, len(index))
	for n, at := range index {
		found[n] = c.all[at]
	}
	return found
}

// Contested visits the things of a kind that more than one claim is about, in
// the order in which that was first so.
func (c *Claims) Contested(kind ThingKind, visit func(Thing, []Claim)) {
	seen := make(map[Thing]bool)
	for i := range c.all {
		thing := c.all[i].Thing
		if thing.Kind != kind || !c.by.repeats(int32(i)) || seen[thing] {
			continue
		}
		seen[thing] = true
		visit(thing, c.On(thing))
	}
}

// Into are the claims of paths that lead through or end at an entry of the
// state directory, and Above those of folders that the state directory is in.
func (c *Claims) Into(entry FileID) []Claim {
	if entry == (FileID{}) {
		return nil
	}
	return c.at(c.through[entry])
}

// Above are the claims of folders that the state directory is, or is in.
func (c *Claims) Above() []Claim { return c.at(c.above) }

// Unseen are the claims of paths that could not be followed.
func (c *Claims) Unseen() []Claim { return c.at(c.unseen) }

// add adds a claim, unless the same claimant made it by the same name and the
// same paper already.
func (c *Claims) add(claim Claim) {
	known := false
	c.by.each(claim.Thing, func(at int32) bool {
		have := &c.all[at]
		known = have.By == claim.By && have.Paper == claim.Paper && have.As == claim.As && have.Of == claim.Of
		return !known
	})
	if known {
		return
	}
	at := int32(len(c.all))
	c.all = append(c.all, claim)
	c.by.add(claim.Thing, at)
	if claim.Thing.Kind == ThingInterface {
		c.names.add(claim.Thing.Name, at)
	}
	if claim.By.VM != "" {
		c.of.add(claim.By.VM, at)
	}
	for _, entry := range claim.Way.Through {
		c.through[entry] = append(c.through[entry], at)
	}
	if claim.above {
		c.above = append(c.above, at)
	}
	if claim.Unseen != "" && !claim.Way.Remote {
		c.unseen = append(c.unseen, at)
	}
}

// Claims are those of everything on the host.
func (i *Inventory) Claims() *Claims {
	if i.facts == nil {
		return i.shownClaims()
	}
	return i.facts.claims
}

// byOthers are the claims of VMs other than one.
func byOthers(claims []Claim, vm Raw) []Claim {
	return slices.DeleteFunc(claims, func(c Claim) bool { return c.By.VM == vm })
}

// lowered is an address as addresses are compared.
func lowered(mac Raw) Raw { return Raw(strings.ToLower(string(mac))) }
