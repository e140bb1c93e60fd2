package process

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
	"microtui/model/order"
)

// Holder is a process that uses a directory, or something in it.
type Holder struct {
	PID     int
	Program model.Raw // as people know it: see [model.ProgramName]
	// How it does, with the path as the process sees it: "works in /x",
	// "has /x/disk.img open", "maps /x/lib.so", "runs /x/bin/tool", "has / as
	// its root", "has /x mounted".
	How model.Raw
}

// programOf names the program of a process; empty: it is gone.
func programOf(proc, pid int, buf []byte) model.Raw {
	text, err := readAt(proc, file(pid, "comm"), buf)
	if err != nil {
		return ""
	}
	comm := model.Raw(bytes.TrimSuffix(text, []byte("\n")))
	line, _ := readAt(proc, file(pid, "cmdline"), buf)
	argv0, _, _ := bytes.Cut(line, []byte{0})
	return model.ProgramName(comm, model.Raw(argv0))
}

// Using finds the processes, other than this one, that use a directory or
// anything below it: work in it, have it as their root or mounted, run, map or
// have open a file of it. path is its present one, without links. One use is
// told of each process.
//
// A process in a mount namespace of its own names its files by paths of its
// own (virtiofsd has what it serves as its root). What it has mounted tells
// then: the kernel says of each mount which part of a file system it shows.
//
// Root alone can see that of all processes; otherwise the error wraps
// [model.ErrDenied]. Who opens something while this looks may be missed.
func Using(ctx context.Context, path string, id model.FileID) ([]Holder, error) {
	found, err := findUsers(ctx, path, id)
	if err != nil {
		return nil, fmt.Errorf("find processes using %s: %w", path, err)
	}
	order.By(found, func(a, b *Holder) int { return a.PID - b.PID })
	return found, nil
}

func findUsers(ctx context.Context, path string, id model.FileID) ([]Holder, error) {
	wanted, err := newWanted(path, id)
	if err != nil {
		return nil, err
	}
	defer unix.Close(wanted.proc)
	var pids []int
	err = eachProcess(wanted.proc, make([]byte, 64<<10), func(pid int, _ uint64) error {
		if pid != os.Getpid() {
			pids = append(pids, pid)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// All of the time is spent in the kernel, in which processors do not hinder
	// each other.
	var (
		found []Holder
		fault error
		mu    sync.Mutex
		all   sync.WaitGroup
	)
	parts := min(runtime.GOMAXPROCS(0), 4)
	for part := range parts {
		all.Go(func() {
			mine, err := newUsing(wanted).among(ctx, pids, part, parts)
			mu.Lock()
			defer mu.Unlock()
			found = append(found, mine...)
			if err != nil {
				fault = err
			}
		})
	}
	all.Wait()
	return found, fault
}

// wanted is the directory whose users are looked for.
type wanted struct {
	proc   int // /proc, open
	path   string
	inMaps string // the path as /proc/PID/maps has it: line breaks are escaped there
	id     model.FileID
	spot   filesystem.Spot
	own    string // this process's mount namespace
}

func newWanted(path string, id model.FileID) (*wanted, error) {
	if !filepath.IsAbs(path) || filepath.Clean(path) != path || path == "/" || id == (model.FileID{}) {
		return nil, fmt.Errorf("%q is not the path of a directory", path)
	}
	w := &wanted{path: path, inMaps: strings.ReplaceAll(path, "\n", `\012`), id: id}
	var err error
	if w.spot, err = spotOf(w.path); err != nil {
		return nil, err
	}
	if w.own, err = os.Readlink("/proc/self/ns/mnt"); err != nil {
		return nil, err
	}
	w.proc, err = unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return w, err
}
