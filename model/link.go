package model

// Link is a network interface. A pointer is nil where the fact is unknown or
// the kind has none.
type Link struct {
	Index int    `json:"index"`
	Name  Raw    `json:"name"`
	Kind  string `json:"kind"` // rtnetlink's: "tun", "macvtap", "bridge", "veth"; empty for hardware
	// Tap is set for a tun device in TAP mode.
	Tap        bool    `json:"tap,omitempty"`
	Owner      *uint32 `json:"owner,omitempty"` // of a tun device (IFLA_TUN_OWNER)
	Persistent bool    `json:"persistent,omitempty"`
	VnetHdr    bool    `json:"vnet_hdr,omitempty"`
	MultiQueue bool    `json:"multi_queue,omitempty"`
	// DeviceOwner owns /dev/tapINDEX of a macvtap.
	DeviceOwner *uint32 `json:"device_owner,omitempty"`
	MAC         Raw     `json:"mac,omitempty"`
	Mode        string  `json:"mode,omitempty"`   // of a macvtap or macvlan: "bridge", "private", "vepa", "passthru", "source"
	Parent      int     `json:"parent,omitempty"` // index of the link it sits on (IFLA_LINK)
	Master      int     `json:"master,omitempty"` // index of the bridge it is a port of
	Up          bool    `json:"up"`
	Carrier     *bool   `json:"carrier,omitempty"` // a TAP's is on while a process has it open; unreadable while it is down
	OperState   string  `json:"oper_state,omitempty"`
	Addressed   bool    `json:"addressed,omitempty"` // has an address other than link-local
	Addresses   []Raw   `json:"addresses,omitempty"` // those, with their prefix lengths: "192.0.2.1/24"
	// Routed: a route of the main table leads out of it (RTA_OIF), other than
	// those of link-local and multicast addresses. It is looked for where a TAP
	// is a port of nothing, and taken for granted on a router with too many
	// routes to read.
	Routed bool `json:"routed,omitempty"`
	// PortState is a bridge port's state, as `bridge link` names it
	// (IFLA_BRPORT_STATE): "disabled", "listening", "learning", "forwarding",
	// "blocking".
	PortState string `json:"port_state,omitempty"`
	// Hairpin: the bridge sends back what comes in over this port.
	Hairpin bool   `json:"hairpin,omitempty"`
	RxBytes uint64 `json:"rx_bytes"` // as the kernel counts them: of a TAP, what the guest sent
	TxBytes uint64 `json:"tx_bytes"`
}

// Netdev is an interface that something else on the host describes: a
// .netdev file of networkd, a NAME-netdev.service of NixOS's scripted
// networking, or a unit of the host whose commands make it, or wait for it.
type Netdev struct {
	// Name is empty where the unit makes interfaces and its text does not tell
	// which ones.
	Name Raw `json:"name"`
	By   Raw `json:"by"` // the file or the unit
}

// Neighbour is an entry of the kernel's neighbour tables (`ip neighbour`).
type Neighbour struct {
	Link  int    `json:"link"` // index
	MAC   Raw    `json:"mac"`
	IP    Raw    `json:"ip"`
	State string `json:"state,omitempty"` // "reachable", "stale", "permanent", …
}
