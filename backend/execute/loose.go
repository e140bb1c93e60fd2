package execute

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/network"
	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/backend/process"
	"microtui/model"
)

// deleteLink deletes a TAP or macvtap that no process has open.
func (x *Executor) deleteLink(ctx context.Context, t operation.Task, _ func(model.Raw)) (operation.Done, error) {
	name := t.Step.Ref.Name
	holder, err := holderOf(ctx, name)
	if err != nil {
		return operation.Done{}, err
	}
	if holder != nil {
		return operation.Done{}, fmt.Errorf("%w: process %d (%s) has interface %s open", model.ErrRefused, holder.PID, holder.ProgramName(), name)
	}
	deleted, err := network.Delete(name, t.Step.Stamp.Index, t.Step.Stamp.LinkKind)
	return operation.Done{Unchanged: !deleted}, err
}

// holderOf is the process that has a TAP or macvtap open; nil: none has. Every
// process is looked at anew.
func holderOf(ctx context.Context, name model.Raw) (*model.Process, error) {
	reading := process.New().Read(ctx, process.Question{Taps: []model.Raw{name}})
	for _, fault := range reading.Faults {
		if fault.Source == model.SourceProcesses || fault.Source == model.SourceHolders {
			return nil, fmt.Errorf("find who has interface %s open: %s", name, fault.Error)
		}
	}
	for i := range reading.Processes {
		if slices.Contains(reading.Processes[i].Holds, name) {
			return &reading.Processes[i], nil
		}
	}
	return nil, ctx.Err()
}

func (x *Executor) removeRoot(_ context.Context, t operation.Task, _ func(model.Raw)) (operation.Done, error) {
	removed, err := nix.SystemRoots().RemoveMicrovmRoot(t.Step.Ref.Name, t.Step.Stamp.Target)
	return operation.Done{Unchanged: !removed}, err
}

// endPatience is how long a process may take to end.
const endPatience = 10 * time.Second

// endProcess asks a process to end, and waits for that. It is addressed by a
// descriptor, so that no other one can be hit.
func (x *Executor) endProcess(ctx context.Context, t operation.Task, _ func(model.Raw)) (operation.Done, error) {
	pid := t.Step.Stamp.PID
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return operation.Done{Unchanged: true}, nil
	}
	if err != nil {
		return operation.Done{}, fmt.Errorf("find process %d: %w", pid, err)
	}
	defer unix.Close(fd)
	started, err := process.Started(pid)
	if errors.Is(err, os.ErrNotExist) || err == nil && started != t.Step.Stamp.Started {
		return operation.Done{Unchanged: true}, nil
	}
	if err != nil {
		return operation.Done{}, fmt.Errorf("read process %d: %w", pid, err)
	}
	if err := unix.PidfdSendSignal(fd, unix.SIGTERM, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return operation.Done{}, fmt.Errorf("end process %d: %w", pid, err)
	}
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for until := time.Now().Add(endPatience); time.Now().Before(until) && ctx.Err() == nil; {
		if n, _ := unix.Poll(poll, 100); n > 0 {
			return operation.Done{}, nil
		}
	}
	return operation.Done{}, errors.New("process " + strconv.Itoa(pid) + " does not exit on SIGTERM: kill -9 ends it, but loses what it has not written")
}
