package process

import (
	"encoding/binary"
	"errors"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// known is what is known of a process from one reading to the next. It is the
// same process as long as its folder in /proc has the same inode: the kernel
// drops that with the process (proc_flush_pid).
type known struct {
	model.Process
	inode    uint64
	round    uint
	kernel   bool // a kernel thread: never of interest
	gone     bool // a zombie, or vanished
	concerns bool
	inUnit   bool // in the cgroup of one of microvm.nix's units
	parent   int
	owner    uint32 // of its folder in /proc: the effective user, mostly
	examined time.Time
	files    time.Time // when its open files were last read
	denied   string    // why its open files could not be seen
}

// What a process is changes in its first moments, when it is forked, moved to
// a cgroup, given a user and replaced by another program. After youth it is
// looked at again every so often, spread by its number.
const (
	youth          = 10 * time.Second
	examineAge     = 20 * time.Second
	filesAge       = 30 * time.Second
	othersFilesAge = 10 * time.Second
	ticks          = 100 // USER_HZ, of the start time in /proc/PID/stat
)

func (k *known) settled(s *scan) bool {
	started := time.Duration(k.Started) * (time.Second / ticks)
	return !k.examined.IsZero() && s.boot-started > youth
}

func (k *known) due(pid int, s *scan) bool {
	if k.kernel {
		return false
	}
	return !k.settled(s) || k.concerns && (s.moved || s.ask.Anew) || s.now.Sub(k.examined) > spread(examineAge, pid)
}

func (k *known) filesDue(pid int, s *scan, age time.Duration) bool {
	if k.kernel {
		return false
	}
	return !k.settled(s) || k.files.IsZero() || k.concerns && (s.moved || s.ask.Anew) || s.now.Sub(k.files) > spread(age, pid)
}

// spread lengthens an age by up to itself, so that not all is due at once.
func spread(age time.Duration, pid int) time.Duration {
	const parts = 16
	return age + age*time.Duration(pid%parts)/parts
}

func sinceBoot() time.Duration {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) != nil {
		return 0
	}
	return time.Duration(now.Nano())
}

// eachProcess lists /proc once. It takes the entries apart itself, since their
// inodes are wanted too (struct linux_dirent64, getdents64(2)).
func eachProcess(proc int, buf []byte, visit func(pid int, inode uint64) error) error {
	const nameAt = 19
	for {
		n, err := unix.ReadDirent(proc, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			return err
		}
		for rest := buf[:n]; len(rest) > nameAt; {
			length := int(binary.NativeEndian.Uint16(rest[16:]))
			if length <= nameAt || length > len(rest) {
				return errors.New("malformed directory entry")
			}
			if pid := parsePID(rest[nameAt:length]); pid > 0 {
				if err := visit(pid, binary.NativeEndian.Uint64(rest)); err != nil {
					return err
				}
			}
			rest = rest[length:]
		}
	}
}

// parsePID reads a number that ends with a zero byte; 0: it is none.
func parsePID(name []byte) int {
	pid := 0
	for i, c := range name {
		switch {
		case c == 0 && i > 0:
			return pid
		case c < '0' || c > '9' || pid > 1<<30:
			return 0
		}
		pid = pid*10 + int(c-'0')
	}
	return pid
}

// file is the name of a process's file below /proc.
func file(pid int, name string) string { return strconv.Itoa(pid) + "/" + name }
