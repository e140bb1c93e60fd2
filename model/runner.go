package model

import "slices"

// Runner is a VM as microvm.nix built it: a folder in the store. Read once:
// it never changes.
type Runner struct {
	Path    Raw  `json:"path"`
	Missing bool `json:"missing,omitempty"` // not there: collected, or never was
	// Trusted: the path is in the store, owned by root and written by nobody
	// else. The host runs its scripts as root.
	Trusted    bool   `json:"trusted"`
	Hypervisor string `json:"hypervisor,omitempty"`
	HostName   Raw    `json:"host_name,omitempty"` // from the store name: never the VM's identity
	System     Raw    `json:"system,omitempty"`    // the guest's toplevel; empty for VMs with a store disk
	Bin        []Raw  `json:"bin,omitempty"`       // names in bin/
	// Program is the hypervisor that microvm-run becomes; empty: not known.
	Program Raw `json:"program,omitempty"`
	// Broken is what of it leads nowhere: scripts ("bin/tap-up") and Program.
	Broken   []Raw          `json:"broken,omitempty"`
	Taps     []Raw          `json:"taps,omitempty"`
	TapFlags []Raw          `json:"tap_flags,omitempty"`
	Macvtaps []MacvtapEntry `json:"macvtaps,omitempty"`
	Shares   []Share        `json:"shares,omitempty"`
	PCI      []Raw          `json:"pci,omitempty"`
	VsockCID *uint32        `json:"vsock_cid,omitempty"`
	Guest    *GuestConfig   `json:"guest,omitempty"` // nil: nothing is known
	// MACs, Volumes and MacvtapOpens are read from the text of microvm-run.
	MACs         []Raw `json:"macs,omitempty"`          // of its interfaces, in their order
	Volumes      []Raw `json:"volumes,omitempty"`       // image files, relative to the VM's directory or absolute
	MacvtapOpens []Raw `json:"macvtap_opens,omitempty"` // interfaces whose /dev/tapN it opens
	// ReadOnlyVolumes are those of Volumes that the guest cannot write
	// (read-only=on, readonly=on, ro=true, is_read_only, ",ro").
	ReadOnlyVolumes []Raw `json:"read_only_volumes,omitempty"`
	// NamedInterfaces are the interfaces that the text of its scripts names
	// beside its lists: ifname= and the like in the hypervisor's options, dev
	// and name of ip(8). NamedPaths are the absolute paths in there, other than
	// those in the store, in /dev, /proc and /sys.
	NamedInterfaces []Raw `json:"named_interfaces,omitempty"`
	NamedPaths      []Raw `json:"named_paths,omitempty"`
	// Unparsed says why the text of microvm-run does not tell all that it names;
	// empty: it does.
	Unparsed Raw `json:"unparsed,omitempty"`
	// Shutdown is what bin/microvm-shutdown does, where there is one.
	Shutdown Shutdown `json:"shutdown,omitzero"`
	// HastyShutdown is what records before Shutdown say of a runner of qemu
	// whose microvm-shutdown does not wait.
	HastyShutdown bool `json:"hasty_shutdown,omitempty"`
}

// Has reports whether bin/ holds a script.
func (r Runner) Has(script Raw) bool {
	for _, name := range r.Bin {
		if name == script {
			return true
		}
	}
	return false
}

// MacvtapEntry is a line of share/microvm/macvtap-interfaces.
type MacvtapEntry struct {
	Name Raw `json:"name"`
	MAC  Raw `json:"mac"`
	Link Raw `json:"link"`
	Mode Raw `json:"mode"`
}

// Share is a virtiofs share of a runner.
type Share struct {
	Tag    Raw `json:"tag"`
	Source Raw `json:"source"` // absolute, or relative to the VM's directory
	Socket Raw `json:"socket"`
}

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
