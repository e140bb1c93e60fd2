package backend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Recorded is a host as it was. It can be looked at as a [Host] can, has always
// the same observation, and takes no orders.
type Recorded struct{ observation model.Observation }

// StandardInput is the path that means what is piped in.
const StandardInput = "-"

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
	if err := model.ReadJSON(text, &head); err != nil {
		return nil, fmt.Errorf("read observation %s: not an observation: %w", path, err)
	}
	if head.Schema == nil {
		return nil, fmt.Errorf("read observation %s: not an observation: it has no schema", path)
	}
	if *head.Schema != model.ObservationSchema {
		return nil, fmt.Errorf("read observation %s: unknown schema %d (expected %d)", path, *head.Schema, model.ObservationSchema)
	}
	r := &Recorded{}
	if err := model.ReadJSON(text, &r.observation); err != nil {
		return nil, fmt.Errorf("read observation %s: not an observation: %w", path, err)
	}
	return r, nil
}

// maxRecord is far above what the largest host writes: 5 KB a VM.
const maxRecord = 64 << 20 // bytes

// readRecord reads a file, or what is piped in, but not one without an end.
func readRecord(path string) ([]byte, error) {
	f, err := openRecord(path)
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

// openRecord opens a regular file. A named pipe that nobody writes to would
// wait for ever, and so would some devices.
func openRecord(path string) (*os.File, error) {
	if path == StandardInput {
		return os.Stdin, nil
	}
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is %s: expected a file, or - for standard input", path, fileKind(info.Mode()))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func fileKind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
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
