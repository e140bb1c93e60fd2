package operation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"microtui/backend/home"
	"microtui/model"
)

// decode reads events, and tells how much of the text they are. What cannot be
// read ends them: an executor that was killed has half written it.
func decode(text []byte) (events []Event, whole int) {
	for line := range bytes.Lines(text) {
		var e Event
		if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &e) != nil {
			break
		}
		events = append(events, e)
		whole += len(line)
	}
	return events, whole
}

// Journal is the open record of an operation: whoever has it is the one that
// works on it.
type Journal struct {
	mu     sync.Mutex
	file   *os.File
	spare  string // see [Folder.spare]
	size   int64  // of the events that are whole
	ended  bool
	output *os.File
	wrote  int
}

// maxOutput is how much of a program's output is kept, in bytes.
const maxOutput = 4 << 20

// Open opens the record of an operation for its executor. Where another one
// works on it the error wraps [model.ErrBusy]; where others than root could
// have written it, [model.ErrRefused].
func (f Folder) Open(id string) (Header, *Journal, error) {
	h, err := f.header(id)
	if err != nil {
		return Header{}, nil, err
	}
	err = home.Check(f.home, home.Mode)
	for _, path := range []string{f.operations(), f.path(id, "")} {
		if err == nil {
			err = home.Check(path, home.ClosedMode)
		}
	}
	if err != nil {
		return Header{}, nil, fmt.Errorf("open operation %s: %w", id, err)
	}
	file, err := openClaimed(f.path(id, stepsFile))
	if err != nil {
		return Header{}, nil, fmt.Errorf("open operation %s: %w", id, err)
	}
	output, err := os.OpenFile(f.path(id, outputFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		output = nil // what programs say is lost, which stops nothing
	}
	return h, &Journal{file: file, spare: f.spare(), output: output}, nil
}

// Events implements [Record]. What was half written is cut off: what is
// appended would otherwise be part of it.
func (j *Journal) Events() ([]Event, error) {
	text, err := io.ReadAll(io.NewSectionReader(j.file, 0, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	events, whole := decode(text)
	j.size = int64(whole)
	if whole < len(text) {
		if err := j.mend(); err != nil {
			return nil, fmt.Errorf("repair record: %w", err)
		}
	}
	return events, nil
}

// mend cuts off what is not whole, and sets the room aside again that cutting
// gives back.
func (j *Journal) mend() error {
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	_ = setAside(j.file, max(reserved, 2*j.size)) // without, it may find the disk full
	return j.file.Sync()
}

// Append implements [Record].
func (j *Journal) Append(e Event) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	j.mu.Lock()
	defer j.mu.Unlock()
	err = j.write(text, e.Kind)
	if IsFull(err) && os.Remove(j.spare) == nil { // some need room for what was set aside, too
		_ = unix.Syncfs(int(j.file.Fd()))
		err = j.write(text, e.Kind)
	}
	if err != nil {
		return err
	}
	j.size += int64(len(text))
	j.ended = e.Kind == EventEnd
	return nil
}

func (j *Journal) write(text []byte, kind EventKind) error {
	if _, err := j.file.WriteAt(text, j.size); err != nil {
		return err
	}
	if kind == EventDoing { // the loss of news harms nothing
		return nil
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

// Close ends the work. Of an operation that has ended, the room that was set
// aside is given back.
func (j *Journal) Close() {
	if j.ended {
		_ = j.file.Truncate(j.size)
	}
	j.file.Close()
	if j.output != nil {
		j.output.Close()
	}
}
