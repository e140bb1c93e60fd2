package model

import (
	"fmt"
	"slices"
	"time"
)

// Sighting says since when a thing has been seen as a proven leftover, each time
// that somebody looked.
type Sighting struct {
	Kind Kind `json:"kind"`
	Name Raw  `json:"name"`
	// Is tells it from another one of its name, and outlives a reboot.
	Is    string    `json:"is,omitempty"`
	Since time.Time `json:"since"`
}

// Ref is the address of what was seen.
func (s Sighting) Ref() Ref { return Ref{s.Kind, s.Name} }

// Sight is what is seen as a leftover now. What was seen the last time keeps its
// time; what was not, or is another thing of that name, begins anew, and so does
// what was seen in the future: somebody set the clock back.
func Sight(i Inventory, before []Sighting) []Sighting {
	seen := []Sighting{}
	for _, now := range orphansSeen(i) {
		at := slices.IndexFunc(before, func(b Sighting) bool { return b.Ref() == now.Ref() && b.Is == now.Is })
		if at >= 0 && before[at].Since.Before(now.Since) {
			now.Since = before[at].Since
		}
		seen = append(seen, now)
	}
	return seen
}

func orphansSeen(i Inventory) (seen []Sighting) {
	at := i.At.UTC().Truncate(time.Second)
	for _, vm := range i.VMs {
		if vm.Verdict != VerdictOrphan {
			continue
		}
		is := ""
		if vm.Directory != nil {
			is = fmt.Sprint(vm.Directory.ID.Ino) // a device's number is another one after a reboot
		}
		seen = append(seen, Sighting{KindVM, vm.Name, is, at})
	}
	for _, l := range i.Leftovers {
		if l.Verdict == VerdictOrphan {
			seen = append(seen, Sighting{l.Ref.Kind, l.Ref.Name, lastingIdentity(l.Stamp), at})
		}
	}
	return seen
}

// lastingIdentity is what of a stamp does not change while the thing is there.
func lastingIdentity(s Stamp) string {
	switch {
	case s.Index != 0:
		return fmt.Sprint(s.Index)
	case s.Target != "":
		return string(s.Target)
	case s.PID != 0:
		return fmt.Sprintf("%d %d", s.PID, s.Started)
	case s.File.Ino != 0:
		return fmt.Sprint(s.File.Ino)
	}
	return ""
}
