package execute

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/model"
)

// prepares is what the steps need before any of an item is done.
var prepares = map[model.StepAction]func(x *Executor, ctx context.Context, t operation.Task) error{
	model.StepStop:       (*Executor).setRoomAside,
	model.StepRestart:    (*Executor).setRoomAside,
	model.StepQuarantine: (*Executor).preparePlace,
}

// Prepare implements [operation.World].
func (x *Executor) Prepare(ctx context.Context, t operation.Task) error {
	if prepare := prepares[t.Step.Action]; prepare != nil {
		return prepare(x, ctx, t)
	}
	return nil
}

// Release implements [operation.World].
func (x *Executor) Release(t operation.Task) error {
	switch t.Step.Action {
	case model.StepStop, model.StepRestart:
		x.giveAllRoom(t.VM())
	case model.StepQuarantine:
		_, bin, err := binOf(t.Plan)
		if err != nil {
			return err
		}
		if err := bin.Drop(t.EntryID()); err != nil {
			return err
		}
		letGo(nix.OfTrash(t.EntryID()))
	}
	return nil
}

// preparePlace makes the place in the trash, and holds what is to stay with what
// will lie there.
func (x *Executor) preparePlace(ctx context.Context, t operation.Task) error {
	stateDir, bin, err := binOf(t.Plan)
	if err != nil {
		return err
	}
	entry := t.Entry()
	if moved, err := bin.Moved(entry.ID); moved || err != nil {
		return err
	}
	made, err := bin.Prepare(entry)
	if err != nil {
		return err
	}
	if x.made == nil {
		x.made = make(map[string]bool)
	}
	x.made[entry.ID] = x.made[entry.ID] || made
	_, err = x.holdRunners(ctx, t, stateDir)
	return err
}

// startTakes is what has to be free on the disk of a VM for a start of it, in
// bytes: set-booted makes a link there.
const startTakes = 1 << 20

// setRoomAside makes sure that a VM which is to be stopped can be moved away, or
// started again, whoever fills its disk meanwhile: there is room for the one, and
// for the other. The room is that of files without a name: it ends with this
// process.
func (x *Executor) setRoomAside(_ context.Context, t operation.Task) error {
	if !t.Item.Running || len(x.rooms[t.VM()]) > 0 {
		return nil
	}
	directory := filepath.Join(string(t.Plan.StateDir), string(t.VM()))
	rooms, err := roomsIn(directory)
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENOTDIR), errors.Is(err, unix.ELOOP):
		return nil // without a directory it does not start
	case operation.IsFull(err):
		return fmt.Errorf("%w: the disk of %s is full, and %s could not start again once stopped: %s", model.ErrRefused, directory, t.VM(), model.MakeRoom)
	case errors.Is(err, unix.EROFS):
		return fmt.Errorf("%w: the file system of %s is read-only, and %s could not start again once stopped", model.ErrRefused, directory, t.VM())
	case err != nil:
		return fmt.Errorf("reserve space in %s: %w", directory, err)
	}
	if x.rooms == nil {
		x.rooms = make(map[model.Raw][]*os.File)
	}
	x.rooms[t.VM()] = rooms
	return nil
}

// roomsIn sets room aside twice; none: that file system cannot.
func roomsIn(directory string) (rooms []*os.File, err error) {
	for range 2 {
		room, err := roomIn(directory)
		if err != nil {
			for _, room := range rooms {
				room.Close()
			}
			return nil, err
		}
		if room != nil {
			rooms = append(rooms, room)
		}
	}
	return rooms, nil
}

// roomIn sets room aside on the disk of a directory; nil: that file system
// cannot. Where there is none for others than root, the error is ENOSPC.
func roomIn(directory string) (*os.File, error) {
	folder, err := openDirectory(directory)
	if err != nil {
		return nil, err
	}
	defer unix.Close(folder)
	var disk unix.Statfs_t
	if err := unix.Fstatfs(folder, &disk); err != nil {
		return nil, err
	}
	// A file system that counts no blocks, or inodes, has 0 of them.
	if disk.Blocks > 0 && disk.Bavail*uint64(disk.Bsize) < startTakes || disk.Files > 0 && disk.Ffree == 0 {
		return nil, unix.ENOSPC
	}
	fd, err := unix.Openat(folder, ".", unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EISDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	room := os.NewFile(uintptr(fd), directory)
	if err := unix.Fallocate(fd, unix.FALLOC_FL_KEEP_SIZE, 0, startTakes); err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
		room.Close()
		return nil, err
	}
	return room, nil
}

// giveRoom gives back some of the room that was set aside for a VM, at once: what
// is freed may be used only when it is on disk that it is free. It reports
// whether there was any.
func (x *Executor) giveRoom(vm model.Raw) bool {
	rooms := x.rooms[vm]
	if len(rooms) == 0 {
		return false
	}
	room := rooms[0]
	x.rooms[vm] = rooms[1:]
	disk, err := unix.Openat(unix.AT_FDCWD, room.Name(), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	room.Close()
	if err == nil {
		_ = unix.Syncfs(disk)
		unix.Close(disk)
	}
	return true
}

// giveAllRoom gives back all of it.
func (x *Executor) giveAllRoom(vm model.Raw) {
	for x.giveRoom(vm) {
	}
}
