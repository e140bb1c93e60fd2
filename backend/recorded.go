package backend

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"microtui/model"
)

// Recorded is a host as it was: it has the methods of [Host] and always the
// same observation.
type Recorded struct{ observation model.Observation }

// Replay opens an observation that `microtui observe --json` wrote.
func Replay(path string) (*Recorded, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read observation: %w", err)
	}
	// The schema comes first: another one may well not fit the fields.
	var head struct {
		Schema *int `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("read observation %s: %w", path, err)
	}
	if head.Schema == nil {
		return nil, fmt.Errorf("read observation %s: it says no schema: not an observation", path)
	}
	if *head.Schema != model.ObservationSchema {
		return nil, fmt.Errorf("read observation %s: schema %d, known is %d", path, *head.Schema, model.ObservationSchema)
	}
	r := &Recorded{}
	if err := json.Unmarshal(text, &r.observation); err != nil {
		return nil, fmt.Errorf("read observation %s: %w", path, err)
	}
	return r, nil
}

// Observe gives the recorded observation.
func (r *Recorded) Observe(ctx context.Context) (model.Observation, error) {
	return r.observation, ctx.Err()
}

// Watch gives the recorded observation once and closes the channel when ctx
// ends.
func (r *Recorded) Watch(ctx context.Context, _ time.Duration) <-chan model.Observation {
	once := make(chan model.Observation, 1)
	once <- r.observation
	context.AfterFunc(ctx, func() { close(once) })
	return once
}

// Refresh does nothing: what was recorded does not change.
func (r *Recorded) Refresh() {}

// Close does nothing.
func (r *Recorded) Close() {}

// Act refuses every order.
func (r *Recorded) Act(_ context.Context, order model.Order) <-chan model.Progress {
	news := make(chan model.Progress, 1)
	refused := model.Refused(model.ErrRefused, onlyRecorded)
	news <- model.Progress{Order: order, Since: r.observation.At, Outcome: &refused}
	close(news)
	return news
}

// Cancel refuses.
func (r *Recorded) Cancel(context.Context, model.Raw) error {
	return fmt.Errorf("%w: %s", model.ErrRefused, onlyRecorded)
}

const onlyRecorded = "this is a recorded observation, not a host"
