package systemd

import (
	"strings"

	"microtui/backend/unitfile"
)

// capabilityNames are those of linux/capability.h, by number.
var capabilityNames = strings.Fields(`CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL
	CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN
	CAP_NET_RAW CAP_IPC_LOCK CAP_IPC_OWNER CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT
	CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_NICE CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE
	CAP_AUDIT_WRITE CAP_AUDIT_CONTROL CAP_SETFCAP CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM
	CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE`)

// capabilities is a set of them, a bit each.
type capabilities uint64

var allCapabilities = capabilities(1)<<len(capabilityNames) - 1

// assign does what systemd does with an assignment to a set that begins as
// initial: the first one replaces it, as an empty one does, the others add to
// it, or with a ~ take from it.
func (c *capabilities) assign(value string, initial capabilities) {
	value, inverts := strings.CutPrefix(value, "~")
	var named capabilities
	for _, word := range unitfile.Words(value) {
		for number, name := range capabilityNames {
			if strings.EqualFold(word, name) {
				named |= 1 << number
			}
		}
	}
	switch fresh := named == 0 || *c == initial; {
	case fresh && inverts:
		*c = allCapabilities &^ named
	case fresh:
		*c = named
	case inverts:
		*c &^= named
	default:
		*c |= named
	}
}

func (c capabilities) names() []string {
	names := []string{}
	for number, name := range capabilityNames {
		if c&(1<<number) != 0 {
			names = append(names, name)
		}
	}
	return names
}
