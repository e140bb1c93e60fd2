package model

import "slices"

// GuestConfig is what a runner gives its guest beside disks, interfaces and
// virtiofs shares: from the command in microvm-run, or the file of settings
// that it names, and share/microvm/usb-devices. A nil or an empty list is what
// none of them names.
type GuestConfig struct {
	Memory      *uint64      `json:"memory_bytes,omitempty"` // as configured, at start
	VCPUs       *uint32      `json:"vcpus,omitempty"`        // at start
	USB         []Raw        `json:"usb,omitempty"`          // "vendorid=0x…,productid=0x…"
	NineP       []NineP      `json:"nine_p,omitempty"`
	Forwards    []Forward    `json:"forwards,omitempty"`
	Credentials []Credential `json:"credentials,omitempty"`
}

// IsZero reports whether nothing is known.
func (c *GuestConfig) IsZero() bool {
	return c.Memory == nil && c.VCPUs == nil && len(c.USB)+len(c.NineP)+len(c.Forwards)+len(c.Credentials) == 0
}

// NineP is a share that the hypervisor itself serves, over 9p.
type NineP struct {
	Tag      Raw  `json:"tag"`
	Source   Raw  `json:"source"`
	ReadOnly bool `json:"read_only,omitempty"`
}

// Forward is a port of the host that leads into the guest, by the hypervisor's
// own network (user): "tcp", "127.0.0.1:2222", ":22".
type Forward struct {
	Protocol  Raw `json:"protocol"`
	HostPort  Raw `json:"host"`  // an address may be missing: any
	GuestPort Raw `json:"guest"` // likewise: the only one
}

// Credential is one that systemd in the guest finds. File is where the host
// has it; empty: it is part of the command itself, which is not repeated.
type Credential struct {
	Name Raw `json:"name"`
	File Raw `json:"file,omitempty"`
}

// Registers reports whether a runner makes its VM known to systemd-machined.
func (r Runner) Registers() bool { return slices.Contains(r.Bin, "microvm-register") }
