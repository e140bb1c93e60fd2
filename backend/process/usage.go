package process

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// cgroups reads the figures of units from the cgroup2 tree.
type cgroups struct {
	root  string // where it is mounted; empty: not found yet
	paths map[model.Raw]groupPaths
}

// groupPaths are a unit's files, kept so as not to build them each time, and
// what is read from them only now and then.
type groupPaths struct {
	group                      model.Raw
	invocation                 string
	cpu, memory, procs, events string
	state                      string // cgroup.events
	disk                       string // io.stat
	oomKills                   *uint64
	diskRead, diskWritten      *uint64
	read                       time.Time // when the events were last read
}

// eventsAge is how long a count of kills is good: whoever is killed mostly ends
// his unit's invocation with that.
const eventsAge = 20 * time.Second

var errNoTree = errors.New("no cgroup2 tree is mounted")

// read reads the figures of every unit that has a cgroup. A cgroup that is
// gone gives none.
func (c *cgroups) read(ctx context.Context, units []model.Unit, buf []byte, now time.Time) ([]model.Usage, error) {
	if c.root == "" {
		text, err := os.ReadFile("/proc/self/mountinfo")
		if err != nil {
			return nil, err
		}
		if c.root = parseCgroupMount(string(text)); c.root == "" {
			return nil, errNoTree
		}
	}
	usage := make([]model.Usage, 0, len(units))
	paths := make(map[model.Raw]groupPaths, len(c.paths))
	folders := groupsOf{root: c.root}
	for i := range units {
		if err := ctx.Err(); err != nil {
			return usage, err
		}
		unit := &units[i]
		files := c.pathsOf(unit, &folders)
		if files.group == "" {
			if unit.IsUp() {
				paths[unit.Name] = files // so that it is not looked for again
			}
			continue
		}
		if now.Sub(files.read) > spread(eventsAge, i) {
			files.readEvents(buf, now)
			files.readDisk(buf)
		}
		if figures, ok := readGroup(files, buf); ok {
			figures.Unit, figures.OOMKills, figures.Frozen = unit.Name, files.oomKills, files.isFrozen(buf)
			figures.DiskRead, figures.DiskWritten = files.diskRead, files.diskWritten
			usage = append(usage, figures)
		}
		paths[unit.Name] = files
	}
	c.paths = paths
	return usage, nil
}

// again reads the figures of some of the units that were read before. complete is
// false where one of them has no cgroup any more, or was frozen or thawed.
func (c *cgroups) again(units []model.Unit, was map[model.Raw]model.Usage, buf []byte, now time.Time) (usage []model.Usage, complete bool) {
	for i := range units {
		name := units[i].Name
		files, known := c.paths[name]
		before, used := was[name]
		if !known || files.group == "" {
			continue
		}
		if now.Sub(files.read) > spread(eventsAge, i) {
			files.readEvents(buf, now)
			files.readDisk(buf)
			c.paths[name] = files
		}
		figures, ok := readGroup(files, buf)
		figures.Unit, figures.OOMKills, figures.Frozen = name, files.oomKills, files.isFrozen(buf)
		figures.DiskRead, figures.DiskWritten = files.diskRead, files.diskWritten
		if !ok || !used || figures.Frozen != before.Frozen {
			return nil, false
		}
		usage = append(usage, figures)
	}
	return usage, true
}

// pathsOf gives the files of a unit; none where it has no cgroup. That of one
// that systemd was not asked about is looked for in the tree.
func (c *cgroups) pathsOf(unit *model.Unit, folders *groupsOf) groupPaths {
	p := unit.Known()
	kept, known := c.paths[unit.Name]
	known = known && kept.invocation == p.Invocation
	group := p.ControlGroup
	switch {
	case p.Brief && !unit.IsUp():
	case p.Brief && known:
		return kept
	case p.Brief:
		group = folders.group(unit.Name)
	case known && kept.group == group:
		return kept
	}
	if !strings.HasPrefix(string(group), "/") {
		return groupPaths{invocation: p.Invocation}
	}
	folder := c.root + string(group)
	return groupPaths{
		group: group, invocation: p.Invocation,
		cpu: folder + "/cpu.stat", memory: folder + "/memory.current",
		procs: folder + "/cgroup.procs", events: folder + "/memory.events", state: folder + "/cgroup.events",
		disk: folder + "/io.stat",
	}
}

// isFrozen reports whether a cgroup is frozen, by itself or with one above it.
// (systemd's FreezerState outlives what was frozen.)
func (p groupPaths) isFrozen(buf []byte) bool {
	text, err := readAt(unix.AT_FDCWD, p.state, buf)
	return err == nil && parseFrozen(text)
}

// readEvents counts what the kernel killed in a cgroup for want of memory.
func (p *groupPaths) readEvents(buf []byte, now time.Time) {
	p.oomKills, p.read = nil, now
	text, err := readAt(unix.AT_FDCWD, p.events, buf)
	if err != nil {
		return // the memory controller is not in the cgroup2 tree
	}
	if n, ok := parseOOMKills(text); ok {
		p.oomKills = &n
	}
}

// readDisk reads what was read from and written to disks, where that is counted.
func (p *groupPaths) readDisk(buf []byte) {
	p.diskRead, p.diskWritten = nil, nil
	text, err := readAt(unix.AT_FDCWD, p.disk, buf)
	if err != nil {
		return // the io controller is off
	}
	read, written := parseIO(text)
	p.diskRead, p.diskWritten = &read, &written
}

func readGroup(files groupPaths, buf []byte) (model.Usage, bool) {
	var figures model.Usage
	text, err := readAt(unix.AT_FDCWD, files.cpu, buf)
	if err != nil {
		return figures, false
	}
	figures.CPUUsec, figures.CPUUserUsec, figures.CPUSystemUsec = parseCPU(text)
	text, err = readAt(unix.AT_FDCWD, files.memory, buf)
	if err == nil {
		if n, err := strconv.ParseUint(string(bytes.TrimSpace(text)), 10, 64); err == nil {
			figures.Memory = &n
		}
		return figures, true
	}
	if errors.Is(err, unix.ENOENT) {
		figures.Memory = sumResident(files.procs, buf)
		figures.FromProcesses = figures.Memory != nil
	}
	return figures, true
}

// sumResident adds up what the processes of a cgroup have in memory, where the
// memory controller is not in the cgroup2 tree. It is their resident set:
// pages that two of them share count twice. (The proportional set of
// smaps_rollup is exact, but walks all page tables of a guest's memory.)
func sumResident(procs string, buf []byte) *uint64 {
	text, err := readAt(unix.AT_FDCWD, procs, buf)
	if err != nil || len(text) == len(buf) {
		return nil // gone, or more processes than can be summed up
	}
	var sum uint64
	small := make([]byte, 128)
	for pid := range bytes.FieldsSeq(text) {
		statm, err := readAt(unix.AT_FDCWD, "/proc/"+string(pid)+"/statm", small)
		if err != nil {
			continue
		}
		if pages, ok := parseResident(statm); ok {
			sum += pages * uint64(os.Getpagesize())
		}
	}
	return &sum
}
