package backend

import (
	"context"
	"time"

	"microtui/backend/statedir"
	"microtui/model"
)

// sizesBudget is how long a single observation waits for the sizes of VM
// directories. They are measured off the way of a refresh; a host that is
// watched has them at the next one.
const sizesBudget = 500 * time.Millisecond

// addSizes fills in the sizes that were not yet measured when the state
// directory was read.
func (h *Host) addSizes(ctx context.Context, o *model.Observation) {
	ctx, cancel := context.WithTimeout(ctx, sizesBudget)
	defer cancel()
	if !lacksSizes(o.StateDir) || h.directory.Wait(ctx) != nil {
		return
	}
	again, err := h.flights.directory.read(ctx, func(ctx context.Context) statedir.Reading {
		return h.directory.Read(ctx, o.StateDir.Path, nil)
	})
	if err != nil {
		return
	}
	sizes := make(map[model.FileID]*uint64, len(again.StateDir.Directories))
	for _, d := range again.StateDir.Directories {
		sizes[d.ID] = d.Bytes
	}
	for i := range o.StateDir.Directories {
		d := &o.StateDir.Directories[i]
		d.Bytes = sizes[d.ID]
	}
}

func lacksSizes(dir model.StateDir) bool {
	for _, d := range dir.Directories {
		if d.Bytes == nil && d.ID != (model.FileID{}) {
			return true
		}
	}
	return false
}
