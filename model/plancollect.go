package model

import (
	"slices"
	"time"
)

// CollectOrphans is what a periodic clean-up does about proven leftovers.
type CollectOrphans string

// What a periodic clean-up can do.
const (
	CollectReport CollectOrphans = "report"     // tell of them
	CollectClean  CollectOrphans = "clean"      // remove what holds no data and does not run
	CollectData   CollectOrphans = "clean-data" // directories with data, too: into the trash
)

// CollectPolicy says what a periodic clean-up may do.
type CollectPolicy struct {
	Trash   bool // deletes what has been in the trash for long enough
	Orphans CollectOrphans
	Grace   time.Duration // for so long a thing has to have been a leftover
	Most    int           // so many leftovers a run
}

// DefaultCollectPolicy is what holds where nothing is configured: leftovers are
// only reported.
var DefaultCollectPolicy = CollectPolicy{Trash: true, Orphans: CollectReport, Grace: 7 * 24 * time.Hour, Most: 5}

// PlanCollect is the clean-up that nobody watches: what a policy lets it do of
// [PlanCleanUp], with everything that keeps a person from it, and more. What it
// leaves has the reason in its place. seen are the leftovers as of now.
func PlanCollect(i Inventory, seen []Sighting, policy CollectPolicy) Plan {
	p := PlanCleanUp(i, CleanUpOptions{Data: policy.Orphans == CollectData})
	p.Items = slices.Clone(p.Items)
	left := policy.Most
	for at := range p.Items {
		item := &p.Items[at]
		switch {
		case item.Ref.Kind == KindTrash:
			item.Unticked = item.trashStays(policy)
		default:
			item.Unticked = item.staysAtCollect(p.SafetyWarning, seen, policy, i.At)
			if item.Unticked == "" {
				if left--; left < 0 {
					item.Unticked = rawf("no more than %d are removed a run (gc.most)", policy.Most)
				}
			}
		}
		item.Ticked = item.Unticked == ""
	}
	return p
}

// trashStays says why an entry that has expired is not deleted.
func (i *Item) trashStays(policy CollectPolicy) Raw {
	switch {
	case !policy.Trash:
		return "the trash is left alone (gc.trash)"
	case i.Data && !i.Undoable():
		return "holds data"
	}
	return ""
}

// staysAtCollect says why a leftover is not removed; empty: it is. So many
// leftovers at once that a mistake is likelier keep all of them.
func (i *Item) staysAtCollect(warning Raw, seen []Sighting, policy CollectPolicy, now time.Time) Raw {
	at := slices.IndexFunc(seen, func(s Sighting) bool { return s.Ref() == i.Ref })
	switch {
	case policy.Orphans != CollectClean && policy.Orphans != CollectData:
		return "leftovers are only reported (gc.orphans)"
	case warning != "":
		return warning
	case i.Unticked != "":
		return i.Unticked
	case i.Loses || i.ConfirmWord != "" || !i.Undoable():
		return "it cannot be undone"
	case at < 0 || now.IsZero():
		return "since when it has been a leftover is unknown"
	case now.Sub(seen[at].Since) < policy.Grace:
		return rawf("a leftover since %s: it is kept for %s (gc.grace)", seen[at].Since.UTC().Format(time.DateTime), policy.Grace)
	}
	return ""
}

// Withheld is the plan with nothing ticked, since something speaks against all of
// it; an empty reason changes nothing.
func (p Plan) Withheld(why Raw) Plan {
	if why == "" {
		return p
	}
	p.Items = slices.Clone(p.Items)
	for at := range p.Items {
		p.Items[at].Ticked, p.Items[at].Unticked = false, why
	}
	p.Refused = append(slices.Clone(p.Refused), Blocked{Ref{Kind: KindHost}, why, ErrRefused})
	return p
}
