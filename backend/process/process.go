// Package process reads from /proc and the cgroup tree what the processes of
// VMs use and hold: CPU time and memory of each unit, which hypervisors run,
// where they work, who has a TAP interface open, and what a virtiofsd serves.
//
// It knows how the kernel shows processes and what microvm.nix calls its own.
// It must not know which of them are wanted. It changes nothing. Processes
// come and go while it reads; that is no error.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
	"microtui/model/order"
)

// Question says what is asked about.
type Question struct {
	Units      []model.Unit // whose cgroups are read
	StateDir   model.Raw
	MicrovmUID *uint32 // whose processes are searched for TAPs; nil: unknown
	// Taps are interfaces whose holder is wanted. Where one is not found among
	// the processes of VMs, every process is searched.
	Taps []model.Raw
	// Anew: everything is looked at, however short ago it was.
	Anew bool
}

// Reading is what was found at one time.
type Reading struct {
	Processes []model.Process // by process id
	Usage     []model.Usage   // in the order of the units asked for
	Faults    []model.Fault
}

// Reader reads the processes again and again. A process that has settled is
// looked at anew only now and then (see [known.settled]), so that the cost is
// that of what changed; a new Reader looks at everything. It is for one
// goroutine at a time.
type Reader struct {
	table  map[int]*known
	round  uint // counts readings, to find what is gone
	state  stateDir
	groups cgroups
	buf    []byte // for directory entries, and files of the cgroup tree
	text   []byte // for a file in /proc, or a link
	whole  []byte // for a long file in /proc
}

// New returns a reader.
func New() *Reader {
	return &Reader{
		table: make(map[int]*known),
		buf:   make([]byte, 64<<10),
		text:  make([]byte, unix.PathMax),
		whole: make([]byte, 64<<10),
	}
}

// Read answers a question. Who holds a TAP is a fault where it cannot be seen,
// which is so without root.
func (r *Reader) Read(ctx context.Context, ask Question) Reading {
	return r.read(ctx, ask, time.Now(), sinceBoot())
}

// Again reads the figures of some units again, of which was is what the last Read
// found. complete is false where something more than figures has changed.
func (r *Reader) Again(units []model.Unit, was map[model.Raw]model.Usage) (usage []model.Usage, complete bool) {
	return r.groups.again(units, was, r.buf, time.Now())
}

func (r *Reader) read(ctx context.Context, ask Question, now time.Time, boot time.Duration) Reading {
	var reading Reading
	s := scan{Reader: r, ask: ask, now: now, boot: boot}
	err := s.processes(ctx)
	if err != nil {
		reading.fault(model.SourceProcesses, fmt.Errorf("read processes: %w", err))
	}
	if err := s.blind(); err != nil {
		reading.fault(model.SourceHolders, err)
	}
	reading.Processes = s.report()
	reading.Usage, err = r.groups.read(ctx, ask.Units, r.buf, now)
	if err != nil {
		reading.fault(model.SourceUsage, fmt.Errorf("read cgroups: %w", err))
	}
	return reading
}

func (r *Reading) fault(source model.Source, err error) {
	text := strings.ReplaceAll(err.Error(), "\n", " ")
	r.Faults = append(r.Faults, model.Fault{Source: source, Error: model.Raw(text)})
}

// scan is one reading.
type scan struct {
	*Reader
	ask   Question
	now   time.Time
	boot  time.Duration // since the machine booted
	proc  int           // /proc, open
	moved bool          // something in the state directory came or went
}

// processes goes over all processes: first cheaply, then over the open files
// of those that may hold a TAP.
func (s *scan) processes(ctx context.Context) error {
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(proc)
	s.proc = proc
	s.moved = s.state.changed(s.ask.StateDir, s.now)
	s.round++
	err = eachProcess(s.proc, s.buf, func(pid int, inode uint64) error {
		k := s.table[pid]
		if k == nil || k.inode != inode {
			k = &known{inode: inode}
			s.table[pid] = k
		}
		k.round = s.round
		if k.due(pid, s) {
			s.examine(pid, k)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for pid, k := range s.table {
		if k.round != s.round || k.gone {
			delete(s.table, pid)
		}
	}
	return s.holders(ctx)
}

// holders looks at the open files of the processes that concern VMs, and of
// all others while the holder of a TAP that was asked for is not found.
func (s *scan) holders(ctx context.Context) error {
	mine := func(k *known) bool {
		return k.concerns || s.ask.MicrovmUID != nil && k.owner == *s.ask.MicrovmUID
	}
	for pid, k := range s.table {
		if mine(k) && k.filesDue(pid, s, filesAge) {
			s.readFiles(pid, k)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if s.allHeld() {
		return nil
	}
	for pid, k := range s.table {
		if !mine(k) && k.filesDue(pid, s, othersFilesAge) {
			s.readFiles(pid, k)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (s *scan) allHeld() bool {
	held := make(map[model.Raw]bool)
	for _, k := range s.table {
		for _, name := range k.Holds {
			held[name] = true
		}
	}
	return !slices.ContainsFunc(s.ask.Taps, func(name model.Raw) bool { return !held[name] })
}

// blind says why holders may have been missed.
func (s *scan) blind() error {
	if os.Geteuid() != 0 {
		return errors.New("only root can see which process holds an interface")
	}
	for pid, k := range s.table {
		if k.denied != "" {
			return fmt.Errorf("a process that holds an interface may have been missed: process %d %s", pid, k.denied)
		}
	}
	return nil
}

// report lists the processes that concern a VM.
func (s *scan) report() []model.Process {
	var found []model.Process
	watchers := s.watchers()
	for pid, k := range s.table {
		if !k.concerns && len(k.Holds) == 0 {
			continue
		}
		p := k.Process
		p.PID = pid
		if watchers[pid] {
			p.Serves = nil
		}
		found = append(found, p)
	}
	order.By(found, func(a, b *model.Process) int { return a.PID - b.PID })
	return found
}

// stateDir is the state directory as it was at the last reading.
type stateDir struct {
	paths []string // as it was asked for, and with links resolved; with a slash at the end
	stamp unix.StatxTimestamp
	inode uint64
	at    time.Time
}

// changed reports whether an entry of the state directory may have come, gone
// or been renamed since the last reading: the directory's own times tell, but
// no finer than the kernel's tick.
func (d *stateDir) changed(path model.Raw, now time.Time) bool {
	const tick = 100 * time.Millisecond
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, string(path), 0, unix.STATX_BASIC_STATS, &st)
	if err != nil {
		st = unix.Statx_t{}
	}
	before := *d
	d.paths = d.paths[:0:0]
	if path != "" {
		d.paths = append(d.paths, strings.TrimRight(string(path), "/")+"/")
		if real, err := filepath.EvalSymlinks(string(path)); err == nil && real+"/" != d.paths[0] {
			d.paths = append(d.paths, real+"/")
		}
	}
	d.stamp, d.inode, d.at = st.Ctime, st.Ino, now
	settled := before.at.Sub(time.Unix(before.stamp.Sec, int64(before.stamp.Nsec))) > tick
	return !settled || before.stamp != d.stamp || before.inode != d.inode || !slices.Equal(before.paths, d.paths)
}

// holds reports whether a path is below the state directory.
func (d *stateDir) holds(path []byte) bool {
	return slices.ContainsFunc(d.paths, func(dir string) bool {
		return len(path) > len(dir) && string(path[:len(dir)]) == dir
	})
}
