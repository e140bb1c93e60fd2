package operation

import (
	"context"
	"log/slog"
	"maps"
	"slices"

	"microtui/model"
)

// prepare makes what the steps of the items need. An item that finds no room is
// left alone, and told of; where none does, nothing is to be done, and the error
// says why.
func (r *run) prepare(ctx context.Context) error {
	without := make(map[int]error)
	for item := range r.Plan.Items {
		if err := r.prepareItem(ctx, item); err != nil {
			without[item] = err
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case len(without) == len(r.Plan.Items):
		return without[0]
	}
	for _, item := range slices.Sorted(maps.Keys(without)) {
		if err := r.skip(item, model.Raw(without[item].Error())); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) prepareItem(ctx context.Context, item int) error {
	for step := range r.Plan.Items[item].Steps {
		if err := r.world.Prepare(ctx, r.task(item, step)); err != nil {
			return err
		}
	}
	return nil
}

// prepareAgain makes anew what ended with the executor before. Without it an
// operation that is too far to be taken back goes on all the same.
func (r *run) prepareAgain(ctx context.Context) {
	for item, steps := range r.now().Steps {
		for step, was := range steps {
			if was.Over() {
				continue
			}
			if err := r.world.Prepare(ctx, r.task(item, step)); err != nil {
				slog.Warn("prepare again", "operation", r.ID, "error", err)
			}
		}
	}
}

// release gives back what was prepared for steps that were never begun. What
// stays costs a little room.
func (r *run) release() {
	for item := range r.Plan.Items {
		for step := range r.Plan.Items[item].Steps {
			if r.wasAtWork(item, step) {
				continue
			}
			if err := r.world.Release(r.task(item, step)); err != nil {
				slog.Warn("release what was prepared", "operation", r.ID, "error", err)
			}
		}
	}
}
