package operation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// decode reads events. What an executor that was killed has half written ends
// them.
func decode(text []byte) []Event {
	var events []Event
	for line := range bytes.Lines(text) {
		var e Event
		if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &e) != nil {
			break
		}
		events = append(events, e)
	}
	return events
}

// Journal is the open record of an operation: whoever has it is the one that
// works on it.
type Journal struct {
	mu     sync.Mutex
	file   *os.File
	output *os.File
	wrote  int
}

// maxOutput is how much of a program's output is kept, in bytes.
const maxOutput = 4 << 20

// Open opens the record of an operation for its executor. Where another one
// works on it the error wraps [model.ErrBusy].
func (f Folder) Open(id string) (Header, *Journal, error) {
	h, err := f.header(id)
	if err != nil {
		return Header{}, nil, err
	}
	file, err := os.OpenFile(f.path(id, stepsFile), os.O_RDWR|unix.O_NOFOLLOW, 0)
	if err != nil {
		return Header{}, nil, fmt.Errorf("open operation %s: %w", id, err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		return Header{}, nil, fmt.Errorf("%w: another process works on operation %s", model.ErrBusy, id)
	}
	output, err := os.OpenFile(f.path(id, outputFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		output = nil // what it says is lost, which stops nothing
	}
	return h, &Journal{file: file, output: output}, nil
}

// Events implements [Record]. What was half written is cut off.
func (j *Journal) Events() ([]Event, error) {
	text, err := io.ReadAll(io.LimitReader(io.NewSectionReader(j.file, 0, maxFile), maxFile))
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	whole := int64(bytes.LastIndexByte(text, '\n') + 1)
	if err := j.file.Truncate(whole); err != nil {
		return nil, fmt.Errorf("mend record: %w", err)
	}
	// Cutting gave the room back that was set aside.
	_ = unix.Fallocate(int(j.file.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, max(reserved, 2*whole))
	if _, err := j.file.Seek(whole, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return decode(text), nil
}

// Append implements [Record].
func (j *Journal) Append(e Event) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(text, '\n')); err != nil {
		return err
	}
	if e.Kind == EventDoing {
		return nil // its loss harms nothing
	}
	return j.file.Sync()
}

// Output keeps a line that a program said.
func (j *Journal) Output(line model.Raw) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.output != nil && j.wrote < maxOutput {
		n, _ := j.output.WriteString(string(line) + "\n")
		j.wrote += n
	}
}

// Close ends the work. The room that was set aside is given back.
func (j *Journal) Close() {
	if status, err := j.file.Stat(); err == nil {
		_ = j.file.Truncate(status.Size())
	}
	j.file.Close()
	if j.output != nil {
		j.output.Close()
	}
}
