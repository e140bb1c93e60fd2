package lock

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Holder says who holds a lock, and what for.
type Holder struct {
	Activity string    `json:"activity"` // "start of db", or an operation's id
	User     string    `json:"user"`     // as far as known
	PID      int       `json:"pid"`
	Since    time.Time `json:"since"`
}

// maxHolder is more than a holder needs, in bytes.
const maxHolder = 4096

// String says it as one line of prose.
func (h Holder) String() string {
	return fmt.Sprintf("%s by %s, process %d, since %s", h.Activity, h.User, h.PID, h.Since.Local().Format(time.TimeOnly))
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

const locksFile = "/proc/locks"

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
