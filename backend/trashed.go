package backend

import (
	"os"

	"microtui/backend/operation"
	"microtui/backend/trash"
	"microtui/model"
)

// trashed is what is in the trash.
type trashed struct {
	entries []model.TrashEntry
	err     error
}

// readTrash lists the trash, which is root's alone.
func readTrash(stateDir model.Raw) trashed {
	if os.Geteuid() != 0 || stateDir == "" {
		return trashed{}
	}
	bin, err := trash.Open(trash.Paths{Record: operation.Home, StateDir: string(stateDir)})
	if err != nil {
		return trashed{err: err}
	}
	entries, err := bin.List()
	return trashed{entries, err}
}
