package process

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// procStat is what /proc/PID/stat says (proc_pid_stat(5)).
type procStat struct {
	comm    model.Raw
	dead    bool
	kernel  bool
	parent  int
	started uint64 // clock ticks since boot
}

// pfKthread marks a kernel thread in the flags of /proc/PID/stat.
const pfKthread = 0x00200000

// parseStat takes the line apart from its end: the name may hold anything.
func parseStat(text []byte) (procStat, bool) {
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return procStat{}, false
	}
	fields := strings.Fields(string(text[end+1:]))
	const state, parent, flags, started = 0, 1, 6, 19 // fields 3, 4, 9 and 22
	if len(fields) <= started {
		return procStat{}, false
	}
	bits, err := strconv.ParseUint(fields[flags], 10, 64)
	if err != nil {
		return procStat{}, false
	}
	start, err := strconv.ParseUint(fields[started], 10, 64)
	above, _ := strconv.Atoi(fields[parent])
	return procStat{
		comm:    model.Raw(text[open+1 : end]),
		dead:    fields[state] == "Z" || fields[state] == "X",
		kernel:  bits&pfKthread != 0,
		parent:  above,
		started: start,
	}, err == nil
}

// parseCgroup finds the path in the cgroup2 hierarchy in /proc/PID/cgroup, and
// where there is none that in systemd's own (cgroups(7)).
func parseCgroup(text []byte) model.Raw {
	var legacy []byte
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if path, found := bytes.CutPrefix(line, []byte("0::")); found {
			return model.Raw(bytes.TrimSuffix(path, []byte(deletedSuffix)))
		}
		if _, path, found := bytes.Cut(line, []byte(":name=systemd:")); found {
			legacy = path
		}
	}
	return model.Raw(legacy)
}

// inMicrovmUnit reports whether a cgroup is, or is below, that of a unit of
// microvm.nix.
func inMicrovmUnit(cgroup model.Raw) bool {
	for part := range strings.SplitSeq(string(cgroup), "/") {
		if !strings.Contains(part, "microvm") {
			continue
		}
		if _, _, ok := model.ParseUnitName(model.Raw(part)); ok {
			return true
		}
	}
	return false
}

// parseUID finds the effective user in /proc/PID/status.
func parseUID(text []byte) (uint32, bool) {
	_, rest, _ := bytes.Cut(text, []byte("\nUid:"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	fields := strings.Fields(string(line))
	if len(fields) < 2 {
		return 0, false
	}
	uid, err := strconv.ParseUint(fields[1], 10, 32)
	return uint32(uid), err == nil
}

// parseInterface finds the interface in /proc/PID/fdinfo/FD of an open
// /dev/net/tun: a line iff: and its name.
func parseInterface(text []byte) (model.Raw, bool) {
	for line := range bytes.Lines(text) {
		if name, found := bytes.CutPrefix(line, []byte("iff:\t")); found {
			name = bytes.TrimSuffix(name, []byte("\n"))
			return model.Raw(name), len(name) > 0
		}
	}
	return "", false
}

// parseFlags finds the flags of an open file in /proc/PID/fdinfo/FD, in octal:
// whether it is open for writing, or as a mere handle.
func parseFlags(text []byte) (writes, handle bool) {
	for line := range bytes.Lines(text) {
		number, found := bytes.CutPrefix(line, []byte("flags:"))
		if !found {
			continue
		}
		flags, err := strconv.ParseUint(string(bytes.TrimSpace(number)), 8, 64)
		handle = err == nil && flags&unix.O_PATH != 0
		return err == nil && !handle && flags&unix.O_ACCMODE != unix.O_RDONLY, handle
	}
	return false, false
}

// parseMacvtap takes the path of a macvtap's character device apart: N of
// /dev/tapN is the index of its interface.
func parseMacvtap(path []byte) (device string, ok bool) {
	number, found := bytes.CutPrefix(path, []byte("/dev/tap"))
	if !found || len(number) == 0 || len(number) > 10 {
		return "", false
	}
	for _, c := range number {
		if c < '0' || c > '9' {
			return "", false
		}
	}
	return "tap" + string(number), true
}

// parseCgroupMount finds where the cgroup2 tree is mounted, in the format of
// proc_pid_mountinfo(5). On a hybrid host that is /sys/fs/cgroup/unified.
func parseCgroupMount(text string) string {
	mounts, _ := filesystem.ParseMounts(text)
	for _, m := range mounts {
		if m.Type == "cgroup2" && m.Root == "/" {
			return m.Point
		}
	}
	return ""
}

// parseCPU finds what cpu.stat says of the time used; a line that is not there
// is unknown.
func parseCPU(text []byte) (usage, user, system *uint64) {
	return parseLine(text, "usage_usec "), parseLine(text, "user_usec "), parseLine(text, "system_usec ")
}

// parseLine finds the number of the line that begins with a key.
func parseLine(text []byte, key string) *uint64 {
	for line := range bytes.Lines(text) {
		number, found := bytes.CutPrefix(line, []byte(key))
		if !found {
			continue
		}
		if n, err := strconv.ParseUint(string(bytes.TrimSpace(number)), 10, 64); err == nil {
			return &n
		}
	}
	return nil
}

// parseIO adds up what io.stat says was read and written, over all devices.
func parseIO(text []byte) (read, written uint64) {
	for field := range bytes.FieldsSeq(text) {
		key, number, _ := bytes.Cut(field, []byte("="))
		n, err := strconv.ParseUint(string(number), 10, 64)
		switch {
		case err != nil:
		case string(key) == "rbytes":
			read += n
		case string(key) == "wbytes":
			written += n
		}
	}
	return read, written
}

// parseFrozen reads cgroup.events (cgroup-v2, "Core Interface Files").
func parseFrozen(text []byte) bool {
	for line := range bytes.Lines(text) {
		if string(bytes.TrimSpace(line)) == "frozen 1" {
			return true
		}
	}
	return false
}

// parseOOMKills finds oom_kill in memory.events.
func parseOOMKills(text []byte) (uint64, bool) {
	for line := range bytes.Lines(text) {
		if number, found := bytes.CutPrefix(line, []byte("oom_kill ")); found {
			n, err := strconv.ParseUint(string(bytes.TrimSpace(number)), 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}

// parseResident finds the pages that a process has in memory in
// /proc/PID/statm.
func parseResident(text []byte) (pages uint64, ok bool) {
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseUint(fields[1], 10, 64)
	return pages, err == nil
}
