package backend

import (
	"os"

	"microtui/backend/home"
	"microtui/backend/trash"
	"microtui/model"
)

// trashed is what lies in the trash, and beside it: the copy of the keep list,
// and the snapshots.
type trashed struct {
	entries []model.TrashEntry
	err     error
	keep    []model.KeepEntry
	keepErr error

	snapshots    []model.Snapshot
	snapshotsErr error
}

// readTrash lists the trash and the snapshots, which are root's alone, and reads
// the copy of the keep list.
func readTrash(stateDir model.Raw) trashed {
	var found trashed
	if stateDir == "" {
		return found
	}
	found.keep, found.keepErr = readKeepCopy(string(stateDir))
	if os.Geteuid() != 0 {
		return found
	}
	bin, err := trash.Open(trash.Paths{Record: home.Path, StateDir: string(stateDir)})
	if err != nil {
		found.err = err
		return found
	}
	found.entries, found.err = bin.List()
	all, err := trash.OpenSnapshots(string(stateDir))
	if err != nil {
		found.snapshotsErr = err
		return found
	}
	found.snapshots, found.snapshotsErr = all.List()
	return found
}
