package trash

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"microtui/model"
	"microtui/model/order"
)

// List tells of all entries, by time. Bytes are as recorded: nothing is
// measured. An entry whose directory is gone is marked Missing, one whose
// deletion was begun Deleting. Entries whose directory never got there are left
// out: [Trash.Drop] forgets them.
//
// Entries that cannot be read are told of by the error, and do not hide the
// others: they come with it.
func (t Trash) List() ([]model.TrashEntry, error) {
	ids, faults := t.ids()
	var entries []model.TrashEntry
	for _, id := range ids {
		entry, err := t.describe(id)
		if err != nil {
			faults = append(faults, err)
		} else if entry != nil {
			entries = append(entries, *entry)
		}
	}
	order.By(entries, func(a, b *model.TrashEntry) int {
		return cmp.Or(a.PurgedAt.Compare(b.PurgedAt), strings.Compare(a.ID, b.ID))
	})
	return entries, joined(faults...)
}

// ids are those of all entries, each once: of those in the program's folder and
// of those beside the other directories, whose records may be all that is left.
func (t Trash) ids() (ids []string, faults []error) {
	for _, open := range []func() (folder, error){
		func() (folder, error) { return t.open(false) },
		func() (folder, error) { return openAllBeside(t.paths.StateDir, false) },
	} {
		all, err := open()
		if isAbsent(err) {
			continue
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		names, err := all.names()
		all.close()
		if err != nil {
			faults = append(faults, err)
		}
		ids = append(ids, names...)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return !isID(id) }), faults
}

// names lists a folder.
func (f folder) names() ([]string, error) {
	var all []string
	buf := make([]byte, 16<<10)
	for {
		names, err := readNames(f.fd, buf)
		if err != nil {
			return all, fmt.Errorf("list %s: %w", f.path, err)
		}
		if len(names) == 0 {
			return all, nil
		}
		all = append(all, names...)
	}
}

// describe reads one entry; nil: there is nothing to tell of.
func (t Trash) describe(id string) (*model.TrashEntry, error) {
	e, err := t.load(id, false)
	if isAbsent(err) {
		return nil, nil // gone since
	}
	if err != nil {
		return nil, err
	}
	defer e.close()
	switch {
	case e.at == nil && e.record.Place == "":
		return nil, nil
	case !e.recorded():
		return nil, fmt.Errorf("%s has no record, so it is unknown where it belongs", e.place())
	case e.at == nil:
		e.record.Missing = true
		return &e.record, nil
	}
	right, err := e.isMeant()
	if err != nil {
		return nil, err
	}
	e.record.Place, e.record.Deleting = e.place(), e.name == deletingName
	if !right {
		// Nobody agreed to the purge of this one.
		e.record.ExpiresAt, e.record.Data, e.record.Bytes = time.Time{}, true, nil
		e.record.Evidence = append(e.record.Evidence, "this is not the directory that was to be moved: it was moved by mistake and must be restored")
	}
	return &e.record, nil
}
