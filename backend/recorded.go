package backend

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"microtui/model"
)

// Recorded is a host as it was. It can be looked at as a [Host] can, has always
// the same observation, and takes no orders.
type Recorded struct{ observation model.Observation }

// Replay opens an observation that `microtui observe --json` wrote.
func Replay(path string) (*Recorded, error) {
	text, err := readRecord(path)
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

// maxRecord is far above what the largest host writes: 5 KB a VM.
const maxRecord = 64 << 20 // bytes

// readRecord reads a file or a pipe, but not one without an end.
func readRecord(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxRecord:
		return nil, fmt.Errorf("%s: more than %d MB: not an observation", path, maxRecord>>20)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, fmt.Errorf("%s: it is empty", path)
	}
	return text, nil
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
