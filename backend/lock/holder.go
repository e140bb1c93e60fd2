package lock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Holder says who holds a lock, and what for.
type Holder struct {
	Doing string    `json:"doing"` // "start of db", or an operation's id
	User  string    `json:"user"`  // as far as known
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

// maxHolder is more than a holder needs, in bytes.
const maxHolder = 4096

// String says it as one line of prose.
func (h Holder) String() string {
	return fmt.Sprintf("%s by %s, process %d, since %s", h.Doing, h.User, h.PID, h.Since.Local().Format(time.TimeOnly))
}

func (h Holder) encode() ([]byte, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("write lock: %w", err)
	}
	if len(text) > maxHolder {
		return nil, fmt.Errorf("write lock: %d bytes of holder information", len(text))
	}
	return text, nil
}

func readHolder(file *os.File) (Holder, bool) {
	text := make([]byte, maxHolder)
	n, _ := file.ReadAt(text, 0)
	var holder Holder
	if json.Unmarshal(text[:n], &holder) != nil {
		return Holder{}, false
	}
	return holder, true
}

// Holder says who holds a VM's lock; nil: nobody. It looks the lock up among
// the kernel's and does not take it: that could refuse somebody who wants it in
// this moment.
func (l Locks) Holder(vm model.Raw) (*Holder, error) {
	folder, err := l.openExisting()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	file, err := openFile(folder, fileName(vm), unix.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	pid, err := HolderOf(file)
	if err != nil || pid == 0 {
		return nil, err
	}
	if holder, ok := readHolder(file); ok && holder.PID == pid {
		return &holder, nil
	}
	return &Holder{Doing: "a change of " + string(vm), User: "somebody", PID: pid, Since: time.Now()}, nil
}

const locksFile = "/proc/locks"

// HolderOf is the process that holds a flock on a file; 0: nobody does. It does
// not take the lock to find out.
func HolderOf(file *os.File) (int, error) {
	var status unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &status); err != nil {
		return 0, fmt.Errorf("stat %s: %w", file.Name(), err)
	}
	locks, err := os.ReadFile(locksFile)
	if err != nil {
		return 0, fmt.Errorf("read locks: %w", err)
	}
	pid, _ := HolderIn(locks, status.Dev, status.Ino)
	return pid, nil
}

// HolderIn finds who holds a lock on a file in the text of /proc/locks
// (proc_locks(5)): lines like
//
//	3: FLOCK  ADVISORY  WRITE 812 00:1a:1234 0 EOF
//
// with device numbers in hexadecimal. A process that waits for a lock has
// "->" in front of the type and holds nothing.
func HolderIn(locks []byte, device, inode uint64) (pid int, held bool) {
	file := fmt.Sprintf("%02x:%02x:%d", unix.Major(device), unix.Minor(device), inode)
	for line := range strings.Lines(string(locks)) {
		var number, kind, mode, access, place string
		if n, _ := fmt.Sscan(line, &number, &kind, &mode, &access, &pid, &place); n == 6 && kind != "->" && place == file {
			return pid, true
		}
	}
	return 0, false
}
