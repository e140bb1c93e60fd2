package demo

import (
	"fmt"
	"slices"

	"microtui/backend/operation"
	"microtui/model"
)

// snapshot is a copy of a VM's volumes.
type snapshot struct {
	model.Snapshot
	files []model.File // as the directory had them
}

func (h *Host) observedSnapshots() []model.Snapshot {
	var all []model.Snapshot
	for _, s := range h.snapshots {
		all = append(all, s.Snapshot)
	}
	return all
}

func (h *Host) snapshotWith(id string) *snapshot {
	at := slices.IndexFunc(h.snapshots, func(s *snapshot) bool { return s.ID == id })
	if at < 0 {
		return nil
	}
	return h.snapshots[at]
}

func (h *Host) dropSnapshot(id string) {
	h.snapshots = slices.DeleteFunc(h.snapshots, func(s *snapshot) bool { return s.ID == id })
}

// keepVolumes makes a snapshot of volumes as they are.
func (h *Host) keepVolumes(made model.Snapshot, d *directory, volumes []model.SnapshotFile) {
	kept := &snapshot{Snapshot: made}
	kept.Files = nil
	for _, volume := range volumes {
		at := d.volumeAt(volume.Path)
		if at < 0 {
			continue
		}
		file := d.files[at]
		kept.files = append(kept.files, file)
		kept.Files = append(kept.Files, model.SnapshotFile{
			Path: volume.Path, ID: volume.ID, Size: file.Size, Bytes: file.Allocated, Modified: file.Modified,
		})
	}
	if len(kept.Files) > 0 {
		h.snapshots = append(h.snapshots, kept)
	}
}

// volumeAt is where among a directory's files a volume is; -1: it has none there.
func (d *directory) volumeAt(path model.Raw) int {
	return slices.IndexFunc(d.files, func(f model.File) bool { return d.name+"/"+f.Name == path })
}

func (h *Host) applySnapshot(t operation.Task) (operation.Done, error) {
	d := h.dir(t.VM())
	switch {
	case h.snapshotWith(t.EntryID()) != nil:
		return unchanged, nil
	case d == nil:
		return operation.Done{}, fmt.Errorf("%w: %s has no directory", model.ErrStale, t.VM())
	}
	for _, volume := range t.Step.Volumes {
		if d.volumeAt(volume.Path) < 0 {
			return operation.Done{}, fmt.Errorf("%w: %s is on another file system than %s", model.ErrRefused, volume.Path, stateDir)
		}
	}
	h.keepVolumes(t.Snapshot(), d, t.Step.Volumes)
	return operation.Done{Result: model.Raw(t.EntryID()), Note: model.Raw("snapshot " + t.EntryID())}, nil
}

func (h *Host) applyRevert(t operation.Task) (operation.Done, error) {
	from, d := h.snapshotWith(string(t.Step.Ref.Name)), h.dir(t.VM())
	switch {
	case h.snapshotWith(t.EntryID()) != nil:
		return unchanged, nil
	case from == nil || d == nil:
		return operation.Done{}, fmt.Errorf("%w: snapshot %s, or its VM, is gone", model.ErrStale, t.Step.Ref.Name)
	}
	h.keepVolumes(t.Snapshot(), d, from.Files)
	d.files = slices.Clone(d.files) // who has seen it keeps what he saw
	for n, file := range from.Files {
		if at := d.volumeAt(file.Path); at >= 0 {
			d.files[at] = from.files[n]
		} else {
			d.files = append(d.files, from.files[n])
		}
	}
	return operation.Done{Result: model.Raw(t.EntryID()), Note: model.Raw("the volumes that were there are snapshot " + t.EntryID())}, nil
}

func (h *Host) applyForget(t operation.Task) (operation.Done, error) {
	s := h.snapshotWith(string(t.Step.Ref.Name))
	if s == nil {
		return unchanged, nil
	}
	h.dropSnapshot(s.ID)
	return operation.Done{Freed: s.Bytes()}, nil
}
