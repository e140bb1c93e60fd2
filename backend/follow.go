package backend

import (
	"context"
	"time"

	"microtui/backend/execute"
	"microtui/backend/operation"
	"microtui/model"
)

const (
	// followEvery is how often a record is looked at for news.
	followEvery = 100 * time.Millisecond
	// readEvery is how many looks at a record that does not change may pass until
	// it is read all the same: nobody may work on it any more.
	readEvery = 5
)

// Follow tells of an operation: as it stands, then with each change, until it
// is over or ctx ends. The channel holds the newest only, and is closed without
// any where there is no such operation, or it cannot be read.
func (h *Host) Follow(ctx context.Context, id string) <-chan model.Operation {
	news := make(chan model.Operation, 1)
	ctx, cancel := context.WithCancel(ctx)
	closed := context.AfterFunc(h.life, cancel)
	h.acts.Go(func() {
		defer close(news)
		defer cancel()
		defer closed()
		h.follow(ctx, id, news)
	})
	return news
}

func (h *Host) follow(ctx context.Context, id string, news chan model.Operation) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var last operation.Mark
	var since time.Time // of looks after which nobody is sure
	for looks := 0; ; looks++ {
		if mark := h.records.Mark(id); mark != last || looks%readEvery == 0 {
			o, unsure, err := h.lookedAt(ctx, id)
			if err != nil {
				return
			}
			switch {
			case !unsure:
				since = time.Time{}
			case since.IsZero():
				since = time.Now()
			}
			if unsure && time.Since(since) < execute.Patience {
				o.State = model.OperationRunning
			}
			if mark != last || o.State != model.OperationRunning {
				last = mark
				replace(news, o)
			}
			if o.State != model.OperationRunning {
				h.Refresh()
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
