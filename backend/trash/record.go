package trash

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// newName is the file that becomes the record.
const newName = recordName + ".new"

// maxRecord is more than a record needs, in bytes: its evidence is prose.
const maxRecord = 1 << 20

// errBad is for a record that this program did not write so.
var errBad = errors.New("not a record of microtui")

// write makes an entry, of the trash or a snapshot, the record in its folder. It
// is the old one or the new one, whole, whenever the machine stops, and on disk
// when this returns.
func (f folder) write(record any) error {
	text, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("write %s/%s: %w", f.path, recordName, err)
	}
	if err := f.writeNew(append(text, '\n')); err != nil {
		return fmt.Errorf("write %s/%s: %w", f.path, recordName, err)
	}
	if err := unix.Renameat(f.fd, newName, f.fd, recordName); err != nil {
		return fmt.Errorf("write %s/%s: %w", f.path, recordName, err)
	}
	return f.sync()
}

func (f folder) writeNew(text []byte) error {
	if len(text) > maxRecord {
		return fmt.Errorf("%d bytes for one directory", len(text))
	}
	fd, err := f.openNew()
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), newName)
	_, err = file.Write(text)
	if err == nil {
		err = file.Truncate(int64(len(text)))
	}
	if err == nil {
		err = file.Sync()
	}
	return joined(err, file.Close())
}

// openNew opens the file that becomes the record, with the room that is set
// aside in it.
func (f folder) openNew() (fd int, err error) {
	return unix.Openat(f.fd, newName, unix.O_WRONLY|unix.O_CREAT|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0o600)
}

// read reads the record of an entry. Where there is none, the error is ENOENT.
func (f folder) read(id string) (model.TrashEntry, error) {
	e, err := f.parse()
	if err != nil {
		return model.TrashEntry{}, err
	}
	return e, f.checked(e, id)
}

func (f folder) parse() (e model.TrashEntry, err error) {
	err = f.parseInto(&e)
	return e, err
}

func (f folder) parseInto(record any) error {
	text, err := f.readFile(recordName)
	if err != nil {
		return fmt.Errorf("read %s/%s: %w", f.path, recordName, err)
	}
	if err := json.Unmarshal(text, record); err != nil {
		return fmt.Errorf("read %s/%s: %w: %w", f.path, recordName, errBad, err)
	}
	return nil
}

// checked checks what paths are made of, in a record that was read.
func (f folder) checked(e model.TrashEntry, id string) error {
	if err := f.fits(e, id); err != nil {
		return fmt.Errorf("read %s/%s: %w: %w", f.path, recordName, errBad, err)
	}
	return nil
}

// readIn reads the record of an entry beside the directories of a state
// directory. That may have been another path when it was written: on another
// host, or before a mount was moved.
func (f folder) readIn(stateDir, id string) (model.TrashEntry, error) {
	e, err := f.parse()
	if err != nil {
		return model.TrashEntry{}, err
	}
	was := string(e.From)
	e.From = model.Raw(filepath.Join(stateDir, string(e.Name)))
	if e.Place != "" {
		e.Place = f.place()
	}
	for at := range e.Roots {
		if rest, ok := filesystem.Below(was, string(e.Roots[at].Target)); ok {
			e.Roots[at].Target = e.From + model.Raw(rest)
		}
	}
	return e, f.checked(e, id)
}

func (f folder) readFile(name string) ([]byte, error) {
	fd, err := unix.Openat(f.fd, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), name)
	defer file.Close()
	st, err := statFD(fd)
	if err != nil {
		return nil, err
	}
	if !st.Is(unix.S_IFREG) || int(st.UID) != os.Geteuid() || st.Mode&0o022 != 0 {
		return nil, fmt.Errorf("%w: not a file that only root can write", errBad)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxRecord+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxRecord {
		return nil, fmt.Errorf("%w: larger than %d bytes", errBad, maxRecord)
	}
	return text, nil
}

// fits checks what paths are made of.
func (f folder) fits(e model.TrashEntry, id string) error {
	from, name := string(e.From), string(e.Name)
	switch {
	case e.ID != id:
		return fmt.Errorf("it belongs to %q", e.ID)
	case !isName(name) || !isClean(from) || filepath.Base(from) != name || filepath.Dir(from) == "/":
		return fmt.Errorf("%q cannot come from %q", name, from)
	case e.Directory == model.FileID{}:
		return errors.New("it names no directory")
	case e.Place != "" && e.Place != f.place() && e.Place != besidePlace(e):
		return fmt.Errorf("%q is not in the trash", e.Place)
	}
	return nil
}

// place is where the entry's directory is when it could be renamed to there.
func (f folder) place() model.Raw { return model.Raw(filepath.Join(f.path, stateName)) }

// besidePlace is where it is otherwise.
func besidePlace(e model.TrashEntry) model.Raw {
	return model.Raw(filepath.Join(stateDirOf(e), besideName, e.ID, stateName))
}

// stateDirOf is the folder that a directory was taken from: the state directory
// may be configured to be another one since.
func stateDirOf(e model.TrashEntry) string { return filepath.Dir(string(e.From)) }
