package model

import "strings"

// Nearest is which of some names is written most like one that there is not;
// empty: none is much like it.
func Nearest(name string, known []string) string {
	best, least := "", 2+len(name)/4
	for _, candidate := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance is how many letters have to be added, taken away, changed, or
// exchanged with the next to make one word of the other.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// NearestVM is the VM whose name is written most like one that there is not;
// empty: none is much like it.
func (i *Inventory) NearestVM(name Raw) Raw {
	names := make([]string, len(i.VMs))
	for at := range i.VMs {
		names[at] = string(i.VMs[at].Name)
	}
	return Raw(Nearest(string(name), names))
}

// InsteadOf says what to do about a name that nothing has: "did you mean web?",
// or else where the names are listed.
func (i *Inventory) InsteadOf(name, list Raw) Raw {
	if nearest := i.NearestVM(name); nearest != "" {
		return rawf("did you mean %s?", nearest)
	}
	return list
}

// unknownVM says that there is no VM of a name, and which could be meant.
func (i *Inventory) unknownVM(name Raw) blocker {
	if nearest := i.NearestVM(name); nearest != "" {
		return blocker{rawf("unknown VM: %s; did you mean %s?", name, nearest), ErrUnknown}
	}
	return blocker{rawf("unknown VM: %s", name), ErrUnknown}
}
