package network

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"microtui/model"
)

// modeTap is IFF_TAP where a tun device tells its type (IFLA_TUN_TYPE).
const modeTap = 2

// macvtapModes names the modes as ip-link(8) and microvm.nix do.
var macvtapModes = map[uint32]string{
	nl.MACVLAN_MODE_PRIVATE:  "private",
	nl.MACVLAN_MODE_VEPA:     "vepa",
	nl.MACVLAN_MODE_BRIDGE:   "bridge",
	nl.MACVLAN_MODE_PASSTHRU: "passthru",
	nl.MACVLAN_MODE_SOURCE:   "source",
}

// operStates are the states of RFC 2863, spelled as in sysfs.
var operStates = []string{"unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"}

// parseLink reads one RTM_NEWLINK message. It reads the attributes itself,
// because netlink.Link cannot tell an owner that is not set from root, and
// has neither the carrier nor the kernel's name for a kind.
func parseLink(message []byte) (model.Link, error) {
	if len(message) < unix.SizeofIfInfomsg {
		return model.Link{}, fmt.Errorf("message of %d bytes is too short", len(message))
	}
	header := nl.DeserializeIfInfomsg(message)
	attributes, err := nl.ParseRouteAttr(message[unix.SizeofIfInfomsg:])
	if err != nil {
		return model.Link{}, fmt.Errorf("link %d: %w", header.Index, err)
	}
	link := model.Link{Index: int(header.Index), Up: header.Flags&unix.IFF_UP != 0}
	foreignParent := false
	for _, attribute := range attributes {
		foreignParent = foreignParent || attribute.Attr.Type == unix.IFLA_LINK_NETNSID
		if read := linkAttributes[attribute.Attr.Type]; read != nil {
			read(&link, attribute.Value)
		}
	}
	if foreignParent {
		link.Parent = 0 // an index in another network namespace
	}
	if !link.Up {
		link.Carrier = nil // sysfs refuses it then: a leftover of the last time it was up
	}
	return link, nil
}

var linkAttributes = map[uint16]func(*model.Link, []byte){
	unix.IFLA_IFNAME:    func(l *model.Link, b []byte) { l.Name = cString(b) },
	unix.IFLA_ADDRESS:   func(l *model.Link, b []byte) { l.MAC = hardwareAddress(b) },
	unix.IFLA_LINK:      func(l *model.Link, b []byte) { l.Parent = int(number(b)) },
	unix.IFLA_MASTER:    func(l *model.Link, b []byte) { l.Master = int(number(b)) },
	unix.IFLA_CARRIER:   func(l *model.Link, b []byte) { on := number(b) != 0; l.Carrier = &on },
	unix.IFLA_OPERSTATE: func(l *model.Link, b []byte) { l.OperState = operState(number(b)) },
	unix.IFLA_STATS64:   readCounters,
	unix.IFLA_LINKINFO:  readLinkInfo,
}

func readLinkInfo(link *model.Link, info []byte) {
	attributes, err := nl.ParseRouteAttr(info)
	if err != nil {
		return
	}
	var data, portData []byte
	portKind := ""
	for _, attribute := range attributes {
		switch attribute.Attr.Type {
		case unix.IFLA_INFO_KIND:
			link.Kind = string(cString(attribute.Value))
		case unix.IFLA_INFO_DATA:
			data = attribute.Value
		case unix.IFLA_INFO_SLAVE_KIND:
			portKind = string(cString(attribute.Value))
		case unix.IFLA_INFO_SLAVE_DATA:
			portData = attribute.Value
		}
	}
	readData(link, data, kindAttributes[link.Kind])
	if portKind == "bridge" {
		readData(link, portData, readBridgePort)
	}
}

type attributeReader func(*model.Link, syscall.NetlinkRouteAttr)

func readData(link *model.Link, data []byte, read attributeReader) {
	if read == nil {
		return
	}
	attributes, err := nl.ParseRouteAttr(data)
	if err != nil {
		return
	}
	for _, attribute := range attributes {
		read(link, attribute)
	}
}

var kindAttributes = map[string]attributeReader{
	"tun":     readTun,
	"macvtap": readMacvtap,
	"macvlan": readMacvtap,
}

func readTun(link *model.Link, attribute syscall.NetlinkRouteAttr) {
	value := number(attribute.Value)
	switch attribute.Attr.Type {
	case nl.IFLA_TUN_OWNER: // absent where no owner is set
		link.Owner = &value
	case nl.IFLA_TUN_TYPE:
		link.Tap = value == modeTap
	case nl.IFLA_TUN_PERSIST:
		link.Persistent = value != 0
	case nl.IFLA_TUN_VNET_HDR:
		link.VnetHdr = value != 0
	case nl.IFLA_TUN_MULTI_QUEUE:
		link.MultiQueue = value != 0
	}
}

func readMacvtap(link *model.Link, attribute syscall.NetlinkRouteAttr) {
	if attribute.Attr.Type == nl.IFLA_MACVLAN_MODE {
		link.Mode = macvtapModes[number(attribute.Value)]
	}
}

// portStates names the states of a bridge's port as bridge(8) does.
var portStates = []string{"disabled", "listening", "learning", "forwarding", "blocking"}

func readBridgePort(link *model.Link, attribute syscall.NetlinkRouteAttr) {
	value := number(attribute.Value)
	switch attribute.Attr.Type {
	case nl.IFLA_BRPORT_STATE:
		if int(value) < len(portStates) {
			link.PortState = portStates[value]
		}
	case nl.IFLA_BRPORT_MODE:
		link.Hairpin = value == nl.BRIDGE_MODE_HAIRPIN
	}
}

// readCounters takes the bytes from rtnl_link_stats64: packets received and
// sent come first.
func readCounters(link *model.Link, stats []byte) {
	const rxBytes, txBytes, enough = 16, 24, 32
	if len(stats) >= enough {
		link.RxBytes = nl.NativeEndian().Uint64(stats[rxBytes:])
		link.TxBytes = nl.NativeEndian().Uint64(stats[txBytes:])
	}
}

// parseAddress reads one RTM_NEWADDR message: the index of the interface and
// its address with the prefix length, if that is one that others can reach.
func parseAddress(message []byte) (index int, address model.Raw, ok bool) {
	if len(message) < unix.SizeofIfAddrmsg {
		return 0, "", false
	}
	header := nl.DeserializeIfAddrmsg(message)
	attributes, err := nl.ParseRouteAttr(message[unix.SizeofIfAddrmsg:])
	if err != nil {
		return 0, "", false
	}
	var own netip.Addr
	for _, attribute := range attributes {
		switch value, valid := netip.AddrFromSlice(attribute.Value); {
		case !valid:
		case attribute.Attr.Type == unix.IFA_LOCAL, attribute.Attr.Type == unix.IFA_ADDRESS && !own.IsValid():
			own = value // IFA_ADDRESS is the other end's where there is one
		}
	}
	if !own.IsValid() || own.IsLinkLocalUnicast() {
		return 0, "", false
	}
	return int(header.Index), model.Raw(netip.PrefixFrom(own, int(header.Prefixlen)).String()), true
}

func operState(n uint32) string {
	if int(n) < len(operStates) {
		return operStates[n]
	}
	return operStates[0]
}

func hardwareAddress(b []byte) model.Raw {
	return model.Raw(net.HardwareAddr(b).String())
}

func cString(b []byte) model.Raw {
	name, _, _ := strings.Cut(string(b), "\x00")
	return model.Raw(name)
}

// number reads an attribute that is one byte or four; others give 0.
func number(b []byte) uint32 {
	switch len(b) {
	case 1:
		return uint32(b[0])
	case 4:
		return nl.NativeEndian().Uint32(b)
	}
	return 0
}
