package operation

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"microtui/model"
)

// The files of a record, and one beside them all.
const (
	planFile   = "plan.json"
	stepsFile  = "steps.jsonl"
	outputFile = "output"
	spareFile  = "spare"
)

const (
	schema = 1
	// maxFile is more than a plan or its events need, in bytes.
	maxFile = 64 << 20
)

// Folder holds the records of operations, each in a folder of its own.
type Folder struct {
	home string
	// ended are the operations that have ended, by id: their records do not
	// change any more.
	ended *sync.Map
}

// In gives the records below a folder; the program's are in [home.Path].
func In(path string) Folder { return Folder{home: path, ended: new(sync.Map)} }

func (f Folder) operations() string { return filepath.Join(f.home, "operations") }

func (f Folder) path(id, file string) string { return filepath.Join(f.operations(), id, file) }

// recorded is the form of a [Header] on disk.
type recorded struct {
	Schema      int        `json:"schema"`
	ID          string     `json:"id"`
	By          model.Raw  `json:"by"`
	At          time.Time  `json:"at"`
	Plan        model.Plan `json:"plan"`
	Environment []string   `json:"environment,omitempty"`
}

// ids lists what is recorded, the oldest first.
func (f Folder) ids() ([]string, error) {
	names, err := os.ReadDir(f.operations())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("list operations: %w: run as root", model.ErrDenied)
	case err != nil:
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
	if err := checkID(id); err != nil {
		return Header{}, err
	}
	text, err := readFile(f.path(id, planFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Header{}, fmt.Errorf("%w: there is no operation %s; see microtui ops", model.ErrUnknown, id)
	}
	if err != nil {
		return Header{}, readError(id, err)
	}
	var r recorded
	if err := model.ReadJSON(text, &r); err != nil {
		return Header{}, readError(id, err)
	}
	if r.Schema != schema || r.ID != id {
		return Header{}, readError(id, fmt.Errorf("unexpected schema %d or operation %q (expected schema %d)", r.Schema, r.ID, schema))
	}
	return Header{r.ID, r.Plan, r.By, r.At, r.Environment}, nil
}

func checkID(id string) error {
	if !model.ValidOperationID(id) {
		return fmt.Errorf("%w: %q is not an operation ID; see microtui ops", model.ErrUnknown, id)
	}
	return nil
}

func readError(id string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("read operation %s: %w: run as root", id, model.ErrDenied)
	}
	return fmt.Errorf("read operation %s: %w", id, err)
}

// Read is an operation as its record tells of it now: interrupted where it has
// not ended and no process works on it.
func (f Folder) Read(id string) (model.Operation, error) {
	h, err := f.header(id)
	if err != nil {
		return model.Operation{}, err
	}
	file, err := openFile(f.path(id, stepsFile))
	if err != nil {
		return model.Operation{}, readError(id, err)
	}
	defer file.Close()
	// In this order: who asks gives up its claim only when there is an executor,
	// and an executor that ends in between has written its end.
	asked, err := f.isAsked(id)
	if err != nil {
		return model.Operation{}, readError(id, err)
	}
	claimed, err := isClaimed(file)
	if err != nil {
		return model.Operation{}, readError(id, err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return model.Operation{}, readError(id, err)
	}
	events, _ := decode(text)
	return Fold(h, events, claimed || asked && len(text) == 0), nil
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
		if known, ok := f.ended.Load(id); ok {
			all = append(all, known.(model.Operation))
			continue
		}
		o, err := f.Read(id)
		if errors.Is(err, model.ErrUnknown) { // its plan is not there: it never was one
			continue
		}
		if err != nil {
			unread = append(unread, err)
			continue
		}
		if !o.EndedAt.IsZero() {
			f.ended.Store(id, o)
		}
		all = append(all, o)
	}
	return all, errors.Join(unread...)
}

// Output is what programs said during an operation.
func (f Folder) Output(id string) (model.Raw, error) {
	if err := checkID(id); err != nil {
		return "", err
	}
	text, err := readFile(f.path(id, outputFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", readError(id, err)
	}
	return model.Raw(text), nil
}

// HasBegun reports whether the record of an operation holds an event, or cannot
// be looked at.
func (f Folder) HasBegun(id string) bool {
	status, err := os.Lstat(f.path(id, stepsFile))
	return err != nil || status.Size() > 0
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
