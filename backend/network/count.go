package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// What a question for the counters of one link looks like, and its answer
// (rtnetlink(7), struct if_stats_msg and struct rtnl_link_stats64).
const (
	statsMessage   = 12 // struct if_stats_msg
	onlyLinkStats  = 1  // IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64)
	linkStats      = 1  // IFLA_STATS_LINK_64
	rxBytesAt      = 2 * 8
	txBytesAt      = 3 * 8
	longestAnswer  = 4 << 10
	attributeStart = unix.SizeofNlMsghdr + statsMessage
)

// Count reads the counters of some links, by their index: some microseconds and
// no garbage for each, where [Read] takes everything apart that the kernel knows
// of all. A link that is gone has none.
func Count(indexes []int) ([]model.LinkCount, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	defer unix.Close(fd)
	limit := unix.NsecToTimeval(dumpTimeout.Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit); err != nil {
		return nil, fmt.Errorf("limit netlink socket: %w", err)
	}
	counts := make([]model.LinkCount, 0, len(indexes))
	question, answer := make([]byte, attributeStart), make([]byte, longestAnswer)
	for at, index := range indexes {
		ask(question, uint32(at+1), uint32(index))
		if err := unix.Sendto(fd, question, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
			return nil, fmt.Errorf("ask for counters: %w", err)
		}
		n, err := unix.Read(fd, answer)
		for errors.Is(err, unix.EINTR) {
			n, err = unix.Read(fd, answer)
		}
		if err != nil {
			return nil, fmt.Errorf("read counters: %w", err)
		}
		if count, ok := counted(answer[:n]); ok {
			count.Index = index
			counts = append(counts, count)
		}
	}
	return counts, nil
}

func ask(question []byte, number, index uint32) {
	header := (*unix.NlMsghdr)(unsafe.Pointer(&question[0]))
	*header = unix.NlMsghdr{Len: uint32(len(question)), Type: unix.RTM_GETSTATS, Flags: unix.NLM_F_REQUEST, Seq: number}
	body := question[unix.SizeofNlMsghdr:]
	binary.NativeEndian.PutUint32(body[4:], index)
	binary.NativeEndian.PutUint32(body[8:], onlyLinkStats)
}

// counted takes an answer apart.
func counted(answer []byte) (model.LinkCount, bool) {
	if len(answer) < attributeStart || binary.NativeEndian.Uint16(answer[4:]) != unix.RTM_NEWSTATS {
		return model.LinkCount{}, false
	}
	rest := answer[attributeStart:]
	if len(rest) < unix.SizeofNlAttr+txBytesAt+8 || binary.NativeEndian.Uint16(rest[2:]) != linkStats {
		return model.LinkCount{}, false
	}
	stats := rest[unix.SizeofNlAttr:]
	return model.LinkCount{
		RxBytes: binary.NativeEndian.Uint64(stats[rxBytesAt:]),
		TxBytes: binary.NativeEndian.Uint64(stats[txBytesAt:]),
	}, true
}
