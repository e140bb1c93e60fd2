package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// UnitOf is the service in whose cgroup a process is; empty: it is in none, or
// has ended.
func UnitOf(pid int) (model.Raw, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cgroup")
	if gone(err) == nil && err != nil {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find the unit of process %d: %w", pid, err)
	}
	for part := range strings.SplitSeq(string(parseCgroup(text)), "/") {
		if strings.HasSuffix(part, ".service") {
			return model.Raw(part), nil
		}
	}
	return "", nil
}

// In finds the processes that are in the cgroups of some units.
func In(units ...model.Raw) ([]Holder, error) {
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("find the processes of units: %w", err)
	}
	defer unix.Close(proc)
	var found []Holder
	buf := make([]byte, 4<<10)
	err = eachProcess(proc, make([]byte, 64<<10), func(pid int, _ uint64) error {
		unit, err := UnitOf(pid)
		if err == nil && slices.Contains(units, unit) {
			found = append(found, Holder{PID: pid, Program: programOf(proc, pid, buf), How: "runs in " + unit})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find the processes of units: %w", err)
	}
	return found, nil
}

// Started is when a process began, in clock ticks since the machine booted: with
// its number, its identity. The error is [fs.ErrNotExist] where it has ended.
func Started(pid int) (uint64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if errors.Is(err, unix.ESRCH) {
		return 0, fs.ErrNotExist
	}
	if err != nil {
		return 0, err
	}
	stat, ok := parseStat(text)
	if !ok {
		return 0, fmt.Errorf("/proc/%d/stat is malformed", pid)
	}
	return stat.started, nil
}
