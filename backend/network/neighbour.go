package network

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"microtui/model"
)

// neighbourStates names the states of an entry (NUD_* in linux/neighbour.h) as
// ip-neighbour(8) does. Those that are not here tell of nobody: nothing has
// answered yet, or nothing need, as with multicast.
var neighbourStates = map[uint16]string{
	netlink.NUD_REACHABLE: "reachable",
	netlink.NUD_STALE:     "stale",
	netlink.NUD_DELAY:     "delay",
	netlink.NUD_PROBE:     "probe",
	netlink.NUD_FAILED:    "failed",
	netlink.NUD_PERMANENT: "permanent",
}

// readNeighbours lists the neighbour tables. An entry that comes or goes
// meanwhile may be missed, as it would be a moment later.
func readNeighbours(socket *nl.NetlinkSocket) ([]model.Neighbour, error) {
	messages, err := dump(socket, unix.RTM_GETNEIGH, unix.RTM_NEWNEIGH, &netlink.Ndmsg{Family: unix.AF_UNSPEC})
	if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
		return nil, fmt.Errorf("list neighbours: %w", err)
	}
	var neighbours []model.Neighbour
	for _, message := range messages {
		if n, ok := parseNeighbour(message); ok {
			neighbours = append(neighbours, n)
		}
	}
	return neighbours, nil
}

// parseNeighbour reads one RTM_NEWNEIGH message.
func parseNeighbour(message []byte) (n model.Neighbour, ok bool) {
	const size = 12 // struct ndmsg
	if len(message) < size {
		return n, false
	}
	n.Link = int(nl.NativeEndian().Uint32(message[4:]))
	n.State = neighbourStates[nl.NativeEndian().Uint16(message[8:])]
	attributes, err := nl.ParseRouteAttr(message[size:])
	if err != nil {
		return n, false
	}
	for _, attribute := range attributes {
		switch attribute.Attr.Type {
		case netlink.NDA_DST:
			if ip, valid := netip.AddrFromSlice(attribute.Value); valid {
				n.IP = model.Raw(ip.String())
			}
		case netlink.NDA_LLADDR:
			n.MAC = hardwareAddress(attribute.Value)
		}
	}
	return n, n.State != "" && n.IP != "" && n.MAC != ""
}
