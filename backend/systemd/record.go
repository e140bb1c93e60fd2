package systemd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"
)

// journalSocket takes entries in the journal's native protocol, to which
// journald adds who sent them: the process, its user, its unit and its login
// session (systemd.io/JOURNAL_NATIVE_PROTOCOL).
const journalSocket = "/run/systemd/journal/socket"

// recordLimit is how long a journald that does not read may hold an entry up.
const recordLimit = time.Second

// Record writes an entry of priority "notice" with some fields besides, under
// the identifier microtui. Names of fields are capital letters, digits and
// underscores. Values may hold any byte: a line break in one begins no other
// field.
func Record(message string, fields map[string]string) error {
	conn, err := net.Dial("unixgram", journalSocket)
	if err != nil {
		return fmt.Errorf("write to journal: %w", err)
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(recordLimit)); err != nil {
		return fmt.Errorf("write to journal: %w", err)
	}
	if _, err := conn.Write(entry(message, fields)); err != nil {
		return fmt.Errorf("write to journal: %w", err)
	}
	return nil
}

func entry(message string, fields map[string]string) []byte {
	var text bytes.Buffer
	add := func(name, value string) {
		if !strings.Contains(value, "\n") {
			fmt.Fprintf(&text, "%s=%s\n", name, value)
			return
		}
		text.WriteString(name + "\n")
		text.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(value))))
		text.WriteString(value + "\n")
	}
	add("MESSAGE", message)
	add("PRIORITY", "5")
	add("SYSLOG_IDENTIFIER", "microtui")
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		add(name, fields[name])
	}
	return text.Bytes()
}
