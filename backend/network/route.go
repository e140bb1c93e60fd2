package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"microtui/model"
)

// maxRoutes is how many routes are read. A router that knows the whole
// Internet has a million, and a host that asks for them every two seconds does
// nothing else.
const maxRoutes = 32 << 10

// addRoutes says of the TAPs that are no port of anything which ones routes
// lead to. Where there are too many routes to read, all of them may.
func addRoutes(links []model.Link) error {
	loose := make(map[int]*model.Link)
	for at := range links {
		if link := &links[at]; link.Tap && link.Master == 0 {
			loose[link.Index] = link
		}
	}
	if len(loose) == 0 {
		return nil
	}
	all, err := eachRoute(func(message []byte) {
		for _, index := range parseRoute(message) {
			if link := loose[index]; link != nil {
				link.Routed = true
			}
		}
	})
	if err != nil {
		return fmt.Errorf("list routes: %w", err)
	}
	for _, link := range loose {
		link.Routed = link.Routed || !all
	}
	return nil
}

// eachRoute visits the unicast routes of the main table, and reports whether
// those were all. A route may be visited twice: a torn list is read again.
func eachRoute(visit func(message []byte)) (all bool, err error) {
	for range dumpAttempts {
		all, err = someRoutes(visit)
		if !errors.Is(err, netlink.ErrDumpInterrupted) {
			return all, err
		}
	}
	return false, err
}

func someRoutes(visit func(message []byte)) (all bool, err error) {
	socket, err := open()
	if err != nil {
		return false, err
	}
	defer socket.Close()
	// The kernel looks at the table that is asked for only where it is to be
	// strict (since Linux 4.20).
	_ = unix.SetsockoptInt(socket.GetFd(), unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)
	request := nl.NewNetlinkRequest(unix.RTM_GETROUTE, unix.NLM_F_DUMP)
	request.AddData(&nl.RtMsg{RtMsg: unix.RtMsg{Family: unix.AF_UNSPEC, Table: unix.RT_TABLE_MAIN, Type: unix.RTN_UNICAST}})
	request.Sockets = map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: socket, Seq: request.Seq}}
	count := 0
	err = request.ExecuteIter(unix.NETLINK_ROUTE, unix.RTM_NEWROUTE, func(message []byte) bool {
		visit(message)
		if count++; count >= maxRoutes {
			socket.Close() // else the rest would be read all the same
		}
		return count < maxRoutes
	})
	if count >= maxRoutes {
		return false, nil
	}
	return true, err
}

// parseRoute reads one RTM_NEWROUTE message: the links that a route leads out
// of. Those to link-local and multicast addresses lead nowhere: the kernel
// makes them for each interface.
func parseRoute(message []byte) []int {
	if len(message) < unix.SizeofRtMsg {
		return nil
	}
	header := nl.DeserializeRtMsg(message)
	attributes, err := nl.ParseRouteAttr(message[unix.SizeofRtMsg:])
	if err != nil || header.Type != unix.RTN_UNICAST {
		return nil
	}
	table, links := uint32(header.Table), []int(nil)
	for _, attribute := range attributes {
		switch attribute.Attr.Type {
		case unix.RTA_TABLE:
			table = number(attribute.Value)
		case unix.RTA_DST:
			to, _ := netip.AddrFromSlice(attribute.Value)
			if to.IsLinkLocalUnicast() || to.IsMulticast() {
				return nil
			}
		case unix.RTA_OIF:
			links = append(links, int(number(attribute.Value)))
		case unix.RTA_MULTIPATH:
			links = append(links, parseNextHops(attribute.Value)...)
		}
	}
	if table != unix.RT_TABLE_MAIN {
		return nil
	}
	return links
}

// parseNextHops takes struct rtnexthop apart, one after the other: its length
// comes first, the index of its link last.
func parseNextHops(hops []byte) []int {
	var links []int
	for len(hops) >= unix.SizeofRtNexthop {
		length := int(binary.NativeEndian.Uint16(hops))
		if length < unix.SizeofRtNexthop || length > len(hops) {
			break
		}
		links = append(links, int(int32(binary.NativeEndian.Uint32(hops[4:]))))
		hops = hops[min(len(hops), (length+unix.RTA_ALIGNTO-1)&^(unix.RTA_ALIGNTO-1)):]
	}
	return links
}
