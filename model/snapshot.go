package model

import "time"

// Snapshot is what the volumes of a VM were, kept beside the trash with what is
// needed to bring them back.
type Snapshot struct {
	ID   string    `json:"id"` // the operation's, and the item's number
	VM   Raw       `json:"vm"`
	At   time.Time `json:"at"`
	By   Raw       `json:"by"`
	Note Raw       `json:"note,omitempty"`
	// Aside is the id of the snapshot whose copies took the place of these files:
	// they are the volumes that the VM had before. Empty: they are copies.
	Aside string         `json:"aside,omitempty"`
	Files []SnapshotFile `json:"files"`
	// Pending: it is still being made, or a restore is still at work in it.
	Pending bool `json:"pending,omitempty"`
	// Deleting: its deletion was begun, and cannot be taken back.
	Deleting bool `json:"deleting,omitempty"`
}

// SnapshotFile is a volume in a snapshot.
type SnapshotFile struct {
	// Path is where the volume is: below the state directory ("web/data.img"), or
	// absolute.
	Path Raw `json:"path"`
	// Name is that of the file in the snapshot.
	Name     string    `json:"name,omitempty"`
	ID       FileID    `json:"id,omitzero"` // that it had there
	Size     uint64    `json:"size"`
	Bytes    uint64    `json:"bytes"` // on disk
	Modified time.Time `json:"modified,omitzero"`
	// Copy is the file that a restore puts in its place.
	Copy FileID `json:"copy,omitzero"`
	// Absent: nothing was in its place when a restore came.
	Absent bool `json:"absent,omitempty"`
}

// Bytes is what the files of a snapshot take on disk, each for itself: copies
// share what no guest has written to since.
func (s Snapshot) Bytes() uint64 {
	var sum uint64
	for _, file := range s.Files {
		sum += file.Bytes
	}
	return sum
}

// Origin says what its files are.
func (s Snapshot) Origin() Raw {
	if s.Aside == "" {
		return s.Note
	}
	return rawf("before restoring %s", s.Aside)
}

// words identify a snapshot, and what it holds.
func (s *Snapshot) words() Raw {
	return rawf("%s of %s, %s", Counted(len(s.Files), "volume"), s.VM, dayWords(s.At))
}

// NamesOfSnapshots are the IDs of snapshots, with what they are of.
func NamesOfSnapshots(snapshots []Snapshot) []Named {
	var found []Named
	for _, s := range snapshots {
		found = append(found, Named{Raw(s.ID), rawf("%s, %s", s.VM, s.At.Local().Format("2006-01-02 15:04"))})
	}
	return found
}

// snapshotsOf are the snapshots of a VM, the oldest first.
func (i *Inventory) snapshotsOf(vm Raw) []*Snapshot {
	var found []*Snapshot
	for at := range i.Snapshots {
		if i.Snapshots[at].VM == vm {
			found = append(found, &i.Snapshots[at])
		}
	}
	return found
}

// snapshotWith finds a snapshot by its id; nil: there is none.
func (i *Inventory) snapshotWith(id Raw) *Snapshot {
	for at := range i.Snapshots {
		if Raw(i.Snapshots[at].ID) == id {
			return &i.Snapshots[at]
		}
	}
	return nil
}

// snapshotNamed finds a snapshot by its id, or the newest one of a VM.
func (i *Inventory) snapshotNamed(name Raw) (*Snapshot, blocker) {
	if s := i.snapshotWith(name); s != nil {
		return s, blocker{}
	}
	var newest *Snapshot
	for _, s := range i.snapshotsOf(name) {
		if newest == nil || !s.At.Before(newest.At) {
			newest = s
		}
	}
	switch err, failed := i.Facts().faults[SourceSnapshots]; {
	case newest != nil:
		return newest, blocker{}
	case failed:
		return nil, refused("the snapshots could not be read: %s", err)
	}
	if i.VM(name) != nil {
		return nil, blocker{rawf("%s has no snapshots", name), ErrUnknown}
	}
	return nil, blocker{rawf("no snapshot %s, and none of a VM of that name; see microtui snapshots", name), ErrUnknown}
}
