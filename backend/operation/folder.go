package operation

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/lock"
	"microtui/model"
)

// Home is where the program keeps what has to survive: records of operations,
// the trash, the keep list.
const Home = "/var/lib/microtui"

const (
	planFile   = "plan.json"
	stepsFile  = "steps.jsonl"
	outputFile = "output"
	spareFile  = "spare"
	schema     = 1
	// reserved is set aside on the disk for the events of an operation when it
	// is recorded, so that a disk that is full cannot stop it half-way.
	reserved = 256 << 10
	// spare is set aside for the record of an operation that is to make room on
	// a disk that is full.
	spare = 1 << 20
	// kept is how many operations are remembered.
	kept = 200
	// maxFile is more than a plan or its events need, in bytes.
	maxFile = 64 << 20
	// starting is how long an operation may take from its record to its begin.
	starting = 30 * time.Second
)

// Folder holds the records of operations, each in a folder of its own.
type Folder struct{ home string }

// In gives the records below a folder; the program's are in [Home].
func In(home string) Folder { return Folder{home} }

func (f Folder) path(id, file string) string { return filepath.Join(f.home, "operations", id, file) }

// recorded is the form of a [Header] on disk.
type recorded struct {
	Schema      int        `json:"schema"`
	ID          string     `json:"id"`
	By          model.Raw  `json:"by"`
	At          time.Time  `json:"at"`
	Plan        model.Plan `json:"plan"`
	Environment []string   `json:"environment,omitempty"`
}

// Create records what is asked for, on disk when it returns, with room for its
// events. Nothing is done yet.
func (f Folder) Create(request model.Request) (Header, error) {
	if err := f.makeHome(); err != nil {
		return Header{}, err
	}
	h := Header{ID: newID(time.Now()), Plan: request.Plan, By: request.By, At: time.Now().UTC(), Environment: request.Environment}
	err := f.write(h)
	if errors.Is(err, unix.ENOSPC) && os.Remove(filepath.Join(f.home, spareFile)) == nil {
		f.remove(h.ID)
		err = f.write(h)
	}
	if err != nil {
		f.remove(h.ID)
		return Header{}, fmt.Errorf("record operation: %w", err)
	}
	f.setAside()
	f.forgetOld()
	return h, nil
}

func newID(now time.Time) string {
	var random [2]byte
	_, _ = rand.Read(random[:]) // never fails, since Go 1.24
	return fmt.Sprintf("%s-%x", now.UTC().Format("20060102-150405"), random)
}

// makeHome makes the folders and checks that nobody else can write to them.
func (f Folder) makeHome() error {
	for _, path := range []string{f.home, filepath.Join(f.home, "operations")} {
		if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("record operation: %w", err)
		}
		if err := isOurs(path); err != nil {
			return err
		}
	}
	return nil
}

func (f Folder) write(h Header) error {
	if err := os.Mkdir(f.path(h.ID, ""), 0o700); err != nil {
		return err
	}
	text, err := json.MarshalIndent(recorded{schema, h.ID, h.By, h.At, h.Plan, h.Environment}, "", "\t")
	if err != nil {
		return err
	}
	if err := writeSynced(f.path(h.ID, stepsFile), nil, reserved); err != nil {
		return err
	}
	// The plan last: a folder without one is no operation yet.
	if err := writeSynced(f.path(h.ID, planFile), append(text, '\n'), 0); err != nil {
		return err
	}
	return errors.Join(syncFolder(f.path(h.ID, "")), syncFolder(filepath.Join(f.home, "operations")))
}

// setAside makes the file that is given up when the disk is full. That it
// cannot be made matters only then.
func (f Folder) setAside() {
	if _, err := os.Lstat(filepath.Join(f.home, spareFile)); errors.Is(err, fs.ErrNotExist) {
		if writeSynced(filepath.Join(f.home, spareFile), nil, spare) != nil {
			os.Remove(filepath.Join(f.home, spareFile))
		}
	}
}

// remove takes away the record of an operation. Each file is named: nothing
// else is ever removed here.
func (f Folder) remove(id string) {
	for _, file := range []string{planFile, stepsFile, outputFile} {
		os.Remove(f.path(id, file))
	}
	os.Remove(f.path(id, ""))
}

// forgetOld removes the oldest records of operations that have ended.
func (f Folder) forgetOld() {
	ids, err := f.ids()
	if err != nil {
		return
	}
	for n := 0; n < len(ids)-kept; n++ {
		if o, err := f.Read(ids[n]); err == nil && !o.EndedAt.IsZero() {
			f.remove(ids[n])
		}
	}
}

// ids lists what is recorded, the oldest first.
func (f Folder) ids() ([]string, error) {
	names, err := os.ReadDir(filepath.Join(f.home, "operations"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list operations: %w", err)
	}
	var ids []string
	for _, name := range names {
		if model.ValidOperationID(name.Name()) {
			ids = append(ids, name.Name())
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// header reads what was recorded before an operation began.
func (f Folder) header(id string) (Header, error) {
	if !model.ValidOperationID(id) {
		return Header{}, fmt.Errorf("%w: %q is no operation's id; see microtui ops", model.ErrUnknown, id)
	}
	text, err := readFile(f.path(id, planFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Header{}, fmt.Errorf("%w: there is no operation %s; see microtui ops", model.ErrUnknown, id)
	}
	if err != nil {
		return Header{}, fmt.Errorf("read operation %s: %w", id, err)
	}
	var r recorded
	if err := json.Unmarshal(text, &r); err != nil {
		return Header{}, fmt.Errorf("read operation %s: %w", id, err)
	}
	if r.Schema != schema || r.ID != id {
		return Header{}, fmt.Errorf("read operation %s: schema %d of %s, known is %d", id, r.Schema, r.ID, schema)
	}
	return Header{r.ID, r.Plan, r.By, r.At, r.Environment}, nil
}

// Read is an operation as its record tells of it now.
func (f Folder) Read(id string) (model.Operation, error) {
	h, err := f.header(id)
	if err != nil {
		return model.Operation{}, err
	}
	// Asked before the events are read: an executor that ends in between has
	// written its end.
	alive := f.isAlive(id, h.At)
	text, err := readFile(f.path(id, stepsFile))
	if err != nil {
		return model.Operation{}, fmt.Errorf("read operation %s: %w", id, err)
	}
	return Fold(h, decode(text), alive), nil
}

// isAlive reports whether an executor works on an operation, or is about to.
func (f Folder) isAlive(id string, recorded time.Time) bool {
	file, err := os.Open(f.path(id, stepsFile))
	if err != nil {
		return false
	}
	defer file.Close()
	if pid, err := lock.HolderOf(file); err != nil || pid != 0 {
		return true
	}
	status, err := file.Stat()
	return err == nil && status.Size() == 0 && time.Since(recorded) < starting
}

// List gives the operations, the newest first. One whose record cannot be
// read is left out, and the error names it.
func (f Folder) List() ([]model.Operation, error) {
	ids, err := f.ids()
	if err != nil {
		return nil, err
	}
	var all []model.Operation
	var unread []error
	for _, id := range slices.Backward(ids) {
		o, err := f.Read(id)
		if errors.Is(err, model.ErrUnknown) { // its plan is not there: it never was one
			continue
		}
		if err != nil {
			unread = append(unread, err)
			continue
		}
		all = append(all, o)
	}
	return all, errors.Join(unread...)
}

// Output is what programs said during an operation.
func (f Folder) Output(id string) (model.Raw, error) {
	if !model.ValidOperationID(id) {
		return "", fmt.Errorf("%w: %q is no operation's id; see microtui ops", model.ErrUnknown, id)
	}
	text, err := readFile(f.path(id, outputFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return model.Raw(text), err
}

// Mark tells whether a record has changed.
type Mark struct {
	size  int64
	since time.Time
}

// Mark is the present mark of an operation's record.
func (f Folder) Mark(id string) Mark {
	status, err := os.Lstat(f.path(id, stepsFile))
	if err != nil {
		return Mark{}
	}
	return Mark{status.Size(), status.ModTime()}
}
