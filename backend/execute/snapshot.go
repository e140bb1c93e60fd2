package execute

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"microtui/backend/operation"
	"microtui/backend/process"
	"microtui/backend/trash"
	"microtui/model"
)

// snapshotsOf are the snapshots for the VMs of a plan.
func snapshotsOf(plan model.Plan) (trash.Snapshots, error) {
	stateDir, err := filepath.EvalSymlinks(string(plan.StateDir))
	if err != nil {
		return trash.Snapshots{}, fmt.Errorf("find %s: %w", plan.StateDir, err)
	}
	return trash.OpenSnapshots(stateDir)
}

// checkSnapshot looks whether volumes can be copied: there is room, and nobody
// has them open.
func (x *Executor) checkSnapshot(ctx context.Context, plan model.Plan, _ model.Item, step model.Step) error {
	all, err := snapshotsOf(plan)
	if err != nil {
		return err
	}
	if err := all.Check(step.Volumes); err != nil {
		return err
	}
	return unused(ctx, all, step.Volumes)
}

// checkRevert looks whether the files of a snapshot can take the place of the
// volumes.
func (x *Executor) checkRevert(ctx context.Context, plan model.Plan, _ model.Item, step model.Step) error {
	all, err := snapshotsOf(plan)
	if err != nil {
		return err
	}
	id := string(step.Ref.Name)
	if err := all.CheckCopies(id); err != nil {
		return err
	}
	present, err := all.Volumes(id)
	if err != nil {
		return err
	}
	return unused(ctx, all, present)
}

// unused refuses where somebody uses one of some volumes.
func unused(ctx context.Context, all trash.Snapshots, volumes []model.SnapshotFile) error {
	for _, volume := range volumes {
		if volume.Absent {
			continue
		}
		if err := fileUnused(ctx, all.Where(volume.Path), volume.ID); err != nil {
			return err
		}
	}
	return nil
}

// fileUnused refuses where somebody uses a file.
func fileUnused(ctx context.Context, path string, id model.FileID) error {
	user, err := lastingUser(ctx, path, id, func(process.Holder) (bool, error) { return false, nil })
	if err != nil {
		return err
	}
	if user != nil {
		return inUse(model.Raw(path), *user)
	}
	if loop := loopOf(path); loop != "" {
		return fmt.Errorf("%w: %s is in use: %s shows it; losetup -d %s first", model.ErrRefused, path, loop, loop)
	}
	return nil
}

// asked asks who uses a file for as long as an operation goes on.
func asked(ctx context.Context) trash.Unused {
	return func(path string, id model.FileID) error { return fileUnused(ctx, path, id) }
}

// loopOf is the loop device that shows a file; empty: none does.
func loopOf(path string) string {
	devices, _ := filepath.Glob("/sys/block/loop*/loop/backing_file")
	for _, device := range devices {
		shown, err := os.ReadFile(device)
		if err == nil && strings.TrimSuffix(string(shown), "\n") == path {
			return "/dev/" + strings.Split(device, "/")[3]
		}
	}
	return ""
}

// snapshot copies the volumes of a VM.
func (x *Executor) snapshot(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	all, err := snapshotsOf(t.Plan)
	if err != nil {
		return operation.Done{}, err
	}
	if err := unused(ctx, all, t.Step.Volumes); err != nil {
		return operation.Done{}, err
	}
	_, err = all.Take(ctx, t.Snapshot(), func() error { return unused(ctx, all, t.Step.Volumes) }, copied(tell))
	return operation.Done{Result: model.Raw(t.EntryID()), Note: "snapshot " + model.Raw(t.EntryID())}, err
}

// revert puts what a snapshot holds in the place of a VM's volumes.
func (x *Executor) revert(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	all, err := snapshotsOf(t.Plan)
	if err != nil {
		return operation.Done{}, err
	}
	aside, err := all.Revert(ctx, string(t.Step.Ref.Name), t.Snapshot(), asked(ctx), copied(tell))
	if err != nil {
		return operation.Done{}, err
	}
	done := operation.Done{Result: model.Raw(t.EntryID())}
	if len(aside.Files) > 0 {
		done.Note = "the volumes that were there are snapshot " + model.Raw(aside.ID)
	}
	return done, nil
}

// copied tells how far copies are. Those that share their blocks take no time.
func copied(tell func(model.Raw)) func(done, of uint64) {
	const every = 256 << 20
	last := uint64(0)
	return func(done, of uint64) {
		if done-last >= every {
			last = done
			tell(model.Raw(fmt.Sprintf("%s of %s copied", model.FormatBytes(done), model.FormatBytes(of))))
		}
	}
}

// forget deletes a snapshot for good.
func (x *Executor) forget(_ context.Context, t operation.Task, _ func(model.Raw)) (operation.Done, error) {
	all, err := snapshotsOf(t.Plan)
	if err != nil {
		return operation.Done{}, err
	}
	freed, err := all.Delete(string(t.Step.Ref.Name))
	return operation.Done{Freed: freed}, err
}

// taken reports whether a snapshot was finished.
func taken(t operation.Task) (bool, error) {
	all, err := snapshotsOf(t.Plan)
	if err != nil {
		return false, err
	}
	return all.Whole(t.EntryID())
}

// reverted reports whether anything of a snapshot is in the place of a volume.
func reverted(t operation.Task) (bool, error) {
	all, err := snapshotsOf(t.Plan)
	if err != nil {
		return false, err
	}
	return all.Reverted(t.EntryID())
}

func dropSnapshot(t operation.Task) error {
	all, err := snapshotsOf(t.Plan)
	if err != nil {
		return err
	}
	return all.Drop(t.EntryID())
}

func unrevert(ctx context.Context, t operation.Task) error {
	all, err := snapshotsOf(t.Plan)
	if err != nil {
		return err
	}
	return all.Unrevert(t.EntryID(), asked(ctx))
}

// sweepSnapshots ends what operations left half done of snapshots.
func (x *Executor) sweepSnapshots(header operation.Header) error {
	all, err := snapshotsOf(header.Plan)
	if err != nil {
		return err
	}
	return all.Sweep(x.isOver)
}
