package model

import "time"

// TrashEntry is a directory in the trash with what is needed to bring it
// back. It is written before the directory is moved.
type TrashEntry struct {
	ID        string `json:"id"` // the operation's, and the item's number: "20261103-120411-a1b2.1"
	Name      Raw    `json:"name"`
	Kind      Kind   `json:"kind"` // vm or state_dir
	From      Raw    `json:"from"` // the path that it had
	Directory FileID `json:"directory"`
	// Subvolume is the UUID of the btrfs subvolume that the directory is, 32
	// hexadecimal digits; empty: it is none.
	Subvolume Raw       `json:"subvolume,omitempty"`
	Place     Raw       `json:"place"` // the path that it has in the trash
	PurgedAt  time.Time `json:"purged_at"`
	// ExpiresAt is when clean-up offers to delete it; zero: never by itself.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	By        Raw       `json:"by"`
	Bytes     *uint64   `json:"bytes"` // on disk; nil: unknown
	Data      bool      `json:"data"`  // holds data that exists nowhere else
	Ran       bool      `json:"ran,omitempty"`
	Origin    Origin    `json:"origin,omitempty"`
	Evidence  []Raw     `json:"evidence,omitempty"`
	// Roots are the gcroot links that pointed into it.
	Roots []GCRoot `json:"roots,omitempty"`
	// Runners are the store paths that stay rooted while it is here.
	Runners []Raw `json:"runners,omitempty"`
	// Missing: the record is there, the directory is not.
	Missing bool `json:"missing,omitempty"`
	// Aside: a restore put it here, to bring an older one back into its place.
	Aside bool `json:"aside,omitempty"`
	// Deleting: its deletion was begun. What is left of it cannot be brought
	// back; deleting it again goes on.
	Deleting bool `json:"deleting,omitempty"`
}

// TrashKeeps is how long what holds no data stays in the trash.
const TrashKeeps = 7 * 24 * time.Hour

// words say what an entry of the trash holds.
func (e *TrashEntry) words() Raw {
	return rawf("the trash has one that was purged %s: %s, %s", dayWords(e.PurgedAt), bytesWords(e.Bytes), dataWords(e.Data))
}

func bytesWords(bytes *uint64) Raw {
	if bytes == nil {
		return "of unknown size"
	}
	return Raw(FormatBytes(*bytes))
}

func dataWords(data bool) Raw {
	if data {
		return "with data"
	}
	return "without data"
}

func dayWords(at time.Time) Raw { return Raw(at.UTC().Format("2006-01-02 15:04 UTC")) }

// isTakenByDirectory reports whether all that is in the way of an entry of the
// trash is a directory at its place.
func (f *Facts) isTakenByDirectory(e *TrashEntry) bool {
	rest, ok := f.below(e.From)
	return ok && rest == string(e.Name) && f.unmounted(e.Name) == nil && f.StateDir.Exists && f.directories[e.Name] != nil
}

// older are the directories in the trash that a VM had before the one that it
// has now, with data. One that a restore put there was chosen to be.
func (f *Facts) older(vm Raw) []TrashEntry {
	var found []TrashEntry
	for at := range f.Trash {
		e := &f.Trash[at]
		if e.Name == vm && e.Data && !e.Missing && !e.Deleting && !e.Aside && f.isTakenByDirectory(e) {
			found = append(found, *e)
		}
	}
	return found
}

// olderConflicts are about the data that a start leaves in the trash.
func (v *VM) olderConflicts() []Conflict {
	var found []Conflict
	for at := range v.Older {
		e := &v.Older[at]
		found = append(found, Conflict{ConflictOlder, rawf("%s; to restore it: microtui restore %s", e.words(), e.ID), ""})
	}
	return found
}
