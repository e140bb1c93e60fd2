package trash

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Remains is the error of a deletion that left something: what is left, and why
// each of it is. Everything else is gone.
type Remains struct {
	Left []Left
	// More: it was given up after so many; there may be more.
	More bool
}

// Left is something that could not be deleted.
type Left struct {
	Path model.Raw // below the directory that is deleted
	Err  error
}

// Error names the first of what is left, on one line.
func (r *Remains) Error() string {
	const most = 3
	var parts []string
	for _, left := range r.Left[:min(most, len(r.Left))] {
		parts = append(parts, fmt.Sprintf("%s: %v", left.Path, left.Err))
	}
	switch rest := len(r.Left) - len(parts); {
	case r.More:
		parts = append(parts, fmt.Sprintf("and more than %d others", rest))
	case rest > 0:
		parts = append(parts, fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(parts, "; ")
}

// Unwrap gives the single errors.
func (r *Remains) Unwrap() []error {
	all := make([]error, len(r.Left))
	for i := range r.Left {
		all[i] = r.Left[i].Err
	}
	return all
}

// Delete deletes the directory of an entry for good, and forgets the entry. It
// tells from time to time how many bytes that has freed and how many entries
// are gone; what is held open, or has names elsewhere, frees nothing.
//
// It crosses no mount and no subvolume and follows no link. What cannot be
// deleted does not keep the rest: the error is then, or wraps, a [*Remains],
// and the entry stays, marked as begun. So it does when ctx ends. Calling it
// again goes on. From the first call on the directory cannot be put back.
func (t Trash) Delete(ctx context.Context, id string, tell func(freed uint64, entries int)) (freed uint64, err error) {
	e, err := t.load(id, false)
	if isAbsent(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer e.close()
	switch {
	case e.at == nil && e.recorded() && e.record.Place == "":
		return 0, refusef("%s was not moved to the trash", e.record.From)
	case e.at == nil:
		return 0, e.drop()
	case !e.recorded():
		return 0, refusef("%s has no record, so it is unknown what it is", e.place())
	}
	root, err := e.openForDeletion()
	if err != nil {
		return 0, err
	}
	r, err := newRemoval(root, tell)
	if err != nil {
		return 0, err
	}
	if err := r.run(ctx); err != nil {
		return r.freed, fmt.Errorf("delete %s: %w", e.place(), err)
	}
	if err := unix.Unlinkat(e.at.fd, e.name, unix.AT_REMOVEDIR); err != nil && !isAbsent(err) {
		return r.freed, fmt.Errorf("delete %s: %w", e.place(), err)
	}
	err = e.at.sync()
	e.at = nil
	return r.freed + e.what.Allocated, joined(err, e.drop())
}

// openForDeletion opens the directory and marks its deletion as begun, once it
// is clear that it is the right one and that nothing is mounted in it.
func (e *entry) openForDeletion() (folder, error) {
	right, err := e.isMeant()
	if err != nil {
		return folder{}, err
	}
	if !right {
		return folder{}, stalef("%s is not the directory that was moved there", e.place())
	}
	if e.name == stateName {
		if err := e.finish(); err != nil {
			return folder{}, err
		}
	}
	fd, err := openat2(e.at.fd, e.name, inside)
	if err != nil {
		return folder{}, fmt.Errorf("open %s: %w", e.place(), err)
	}
	root := folder{fd, string(e.place())}
	if err := checkMounts(fd); err != nil {
		root.close()
		return folder{}, err
	}
	if e.name == deletingName {
		return root, nil
	}
	err = unix.Renameat2(e.at.fd, e.name, e.at.fd, deletingName, unix.RENAME_NOREPLACE)
	if err == nil {
		e.name = deletingName
		root.path = string(e.place())
		err = e.at.sync()
	}
	if err != nil {
		root.close()
		return folder{}, fmt.Errorf("mark %s as being deleted: %w", e.place(), err)
	}
	return root, nil
}

// Clear deletes a folder of ours with all that is in it, as [Trash.Delete] does
// with a directory: others may have filled it. One that is not there is cleared
// already.
func Clear(ctx context.Context, path string) error {
	parent, err := openPath(filepath.Dir(path))
	if isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer parent.close()
	own, err := parent.openOwn(filepath.Base(path), recordMode, false)
	if isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	r, err := newRemoval(own, func(uint64, int) {})
	if err != nil {
		return err
	}
	if err := r.run(ctx); err != nil {
		return fmt.Errorf("delete %s: %w", path, err)
	}
	if err := unix.Unlinkat(parent.fd, filepath.Base(path), unix.AT_REMOVEDIR); err != nil && !isAbsent(err) {
		return fmt.Errorf("delete %s: %w", path, err)
	}
	return nil
}
