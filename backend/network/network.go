// Package network reads the host's network links from the kernel: what
// microvm.nix made (TAP, macvtap), the bridges those are ports of, the
// addresses and routes by which packets get further, the neighbours that the
// host knows, and the facts that tell a leftover from somebody else's
// interface. It deletes one by its index.
//
// It is the only importer of netlink. It must not know what a VM is, which
// interface is wanted, or who describes one in a configuration; nor does it
// know who holds a TAP open, which only /proc tells.
package network

import (
	"errors"
	"fmt"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"microtui/model"
)

const (
	// dumpTimeout is how long the kernel may take for one packet of a dump. It
	// waits for rtnl_lock, which another process can hold for a while.
	dumpTimeout = 2 * time.Second
	// dumpAttempts is how often a dump is begun anew when links came or went
	// in the middle of it. One that stays torn is an error: a list that lacks
	// an interface would prove it absent.
	dumpAttempts = 5
)

// Reading is what was found at one time.
type Reading struct {
	Links []model.Link // in the kernel's order
	// Neighbours are the entries with a hardware address, of all links.
	Neighbours []model.Neighbour
}

// Read reads every link of this network namespace. Its cost is one dump of
// links, one of addresses and one of neighbours, one of routes where a TAP is a
// port of no bridge, and one stat for each macvtap. It needs no privileges.
// Links that come with an error are whole; what leads on from them is not.
func Read() (Reading, error) {
	socket, err := open()
	if err != nil {
		return Reading{}, err
	}
	defer socket.Close()
	links, err := readLinks(socket)
	if err != nil {
		return Reading{}, err
	}
	reading := Reading{Links: links}
	if reading.Neighbours, err = readNeighbours(socket); err != nil {
		return reading, err
	}
	return reading, addRoutes(links)
}

// open opens a socket for dumps. Without a group to subscribe to it is a plain
// request socket. It is one of our own, because the library's default waits for
// 60 seconds.
func open() (*nl.NetlinkSocket, error) {
	socket, err := nl.Subscribe(unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	timeout := unix.NsecToTimeval(dumpTimeout.Nanoseconds())
	if err := socket.SetReceiveTimeout(&timeout); err != nil {
		socket.Close()
		return nil, fmt.Errorf("limit netlink socket: %w", err)
	}
	return socket, nil
}

// readLinks lists links with their addresses.
func readLinks(socket *nl.NetlinkSocket) ([]model.Link, error) {
	linkMessages, err := dump(socket, unix.RTM_GETLINK, unix.RTM_NEWLINK, nl.NewIfInfomsg(unix.AF_UNSPEC))
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	addressMessages, err := dump(socket, unix.RTM_GETADDR, unix.RTM_NEWADDR, nl.NewIfAddrmsg(unix.AF_UNSPEC))
	if err != nil {
		return nil, fmt.Errorf("list addresses: %w", err)
	}
	addresses := make(map[int][]model.Raw)
	for _, message := range addressMessages {
		if index, address, ok := parseAddress(message); ok {
			addresses[index] = append(addresses[index], address)
		}
	}
	links := make([]model.Link, 0, len(linkMessages))
	for _, message := range linkMessages {
		link, err := parseLink(message)
		if err != nil {
			return nil, fmt.Errorf("list links: %w", err)
		}
		link.Addresses = addresses[link.Index]
		link.Addressed = len(link.Addresses) > 0
		link.DeviceOwner = deviceOwner(link)
		links = append(links, link)
	}
	return links, nil
}

// dump asks for all objects of a type and retries a torn answer.
// (netlink.HandleOptions.RetryInterrupted came after v1.3.1.)
func dump(socket *nl.NetlinkSocket, ask int, answer uint16, filter nl.NetlinkRequestData) ([][]byte, error) {
	var torn error
	for range dumpAttempts {
		request := nl.NewNetlinkRequest(ask, unix.NLM_F_DUMP)
		request.AddData(filter)
		request.Sockets = map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: socket, Seq: request.Seq}}
		messages, err := request.Execute(unix.NETLINK_ROUTE, answer)
		if !errors.Is(err, netlink.ErrDumpInterrupted) {
			if errors.Is(err, unix.EAGAIN) {
				err = fmt.Errorf("no answer from the kernel within %s", dumpTimeout)
			}
			return messages, err
		}
		torn = err
	}
	return nil, fmt.Errorf("the list kept changing: %w", torn)
}

// deviceOwner is the user who owns the character device of a macvtap; nil for
// other kinds and where there is none. In a container /dev may be that of
// another network namespace, with other interfaces behind the same numbers.
func deviceOwner(link model.Link) *uint32 {
	if link.Kind != "macvtap" {
		return nil
	}
	var status unix.Stat_t
	if err := unix.Lstat(fmt.Sprintf("/dev/tap%d", link.Index), &status); err != nil {
		return nil
	}
	if status.Mode&unix.S_IFMT != unix.S_IFCHR {
		return nil
	}
	return &status.Uid
}
