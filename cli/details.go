package cli

import (
	"time"

	"microtui/model"
)

// details is what the JSON of show adds to a VM.
type details struct {
	HostName     *model.Raw         `json:"host_name"`
	RunningSince *time.Time         `json:"running_since"`
	DeclaredBy   []model.Raw        `json:"declared_by"`
	Declared     *model.Declaration `json:"declared"`
	Directory    *directoryEntry    `json:"directory"`
	Units        []unitEntry        `json:"units"`
	Shares       []model.Share      `json:"shares"`
	Volumes      []volumeEntry      `json:"volumes"`
	Guest        *guestEntry        `json:"guest"` // null: its runner could not be read
	OutsidePIDs  []int              `json:"outside_pids"`
}

// guestEntry is what the runner of what runs, or would start, gives its guest.
// A null, and what a list lacks, is what its files do not say.
type guestEntry struct {
	MemoryBytes *uint64           `json:"memory_bytes"` // as configured
	VCPUs       *uint32           `json:"vcpus"`
	VsockCID    *uint32           `json:"vsock_cid"`
	PCIDevices  []model.Raw       `json:"pci_devices"`
	USBDevices  []model.Raw       `json:"usb_devices"`
	NinePShares []ninePEntry      `json:"nine_p_shares"`
	Forwards    []model.Forward   `json:"forwarded_ports"`
	Credentials []credentialEntry `json:"credentials"`
	Machined    bool              `json:"registers_with_machined"`
}

type ninePEntry struct {
	Tag      model.Raw `json:"tag"`
	Source   model.Raw `json:"source"`
	ReadOnly bool      `json:"read_only"`
}

type credentialEntry struct {
	Name model.Raw  `json:"name"`
	File *model.Raw `json:"file"` // null: it is part of the command
}

func newGuestEntry(r *model.Runner) *guestEntry {
	if r == nil {
		return nil
	}
	config := r.Guest
	if config == nil {
		config = &model.GuestConfig{}
	}
	return &guestEntry{
		MemoryBytes: config.Memory, VCPUs: config.VCPUs, VsockCID: r.VsockCID,
		PCIDevices: orEmpty(r.PCI), USBDevices: orEmpty(config.USB), NinePShares: convert(config.NineP, func(n model.NineP) ninePEntry { return ninePEntry(n) }),
		Forwards: orEmpty(config.Forwards), Credentials: convert(config.Credentials, func(c model.Credential) credentialEntry { return credentialEntry{c.Name, orNull(c.File)} }), Machined: r.Registers(),
	}
}

type directoryEntry struct {
	Name     model.Raw  `json:"name"`
	UID      uint32     `json:"uid"`
	GID      uint32     `json:"gid"`
	Mode     uint32     `json:"mode"`
	Current  *model.Raw `json:"current"`
	Booted   *model.Raw `json:"booted"`
	Old      *model.Raw `json:"old"`
	Toplevel *model.Raw `json:"toplevel"`
	Flake    *model.Raw `json:"flake"`
	Bytes    *uint64    `json:"bytes"` // on disk
	Error    *model.Raw `json:"error"` // it could not be read
}

type unitEntry struct {
	Name      model.Raw  `json:"name"`
	Role      model.Role `json:"role"`
	Active    string     `json:"active"`
	Sub       string     `json:"sub"`
	Job       *string    `json:"job"`
	Result    *string    `json:"result"`
	Restarts  *uint32    `json:"restarts"`
	MainPID   *int       `json:"main_pid"`
	ActiveAt  *time.Time `json:"active_at"` // when it last became active
	ControlIn *model.Raw `json:"control_group"`
}

type volumeEntry struct {
	Path       model.Raw  `json:"path"`
	SizeBytes  *uint64    `json:"size_bytes"`
	Bytes      *uint64    `json:"bytes"` // on disk
	ModifiedAt *time.Time `json:"modified_at"`
}

func newDetails(vm model.VM) *details {
	return &details{
		HostName: orNull(vm.HostName), RunningSince: moment(vm.Since),
		DeclaredBy: orEmpty(vm.DeclaredBy), Declared: vm.Declared,
		Directory: newDirectoryEntry(vm.Directory),
		Units:     convert(vm.Units, newUnitEntry),
		Shares:    orEmpty(vm.Shares),
		Volumes: convert(vm.Volumes, func(v model.Volume) volumeEntry {
			return volumeEntry{v.Path, v.Size, v.Allocated, moment(v.Modified)}
		}),
		Guest:       newGuestEntry(vm.Running()),
		OutsidePIDs: convert(vm.Outside, func(p model.Process) int { return p.PID }),
	}
}

func newDirectoryEntry(d *model.Directory) *directoryEntry {
	if d == nil {
		return nil
	}
	entry := &directoryEntry{
		Name: d.Name, UID: d.UID, GID: d.GID, Mode: d.Mode,
		Current: target(d.Current), Booted: target(d.Booted), Old: target(d.Old), Toplevel: target(d.Toplevel),
		Bytes: d.Bytes, Error: orNull(d.Fault),
	}
	if d.Flake != nil {
		shown := model.MaskedFlake(d.Flake.Ref)
		entry.Flake = &shown
	}
	return entry
}

func target(link *model.Symlink) *model.Raw {
	if link == nil {
		return nil
	}
	return &link.Target
}

func newUnitEntry(u model.VMUnit) unitEntry {
	entry := unitEntry{Name: u.Unit.Name, Role: u.Role, Active: u.Unit.Active, Sub: u.Unit.Sub}
	if u.Unit.Job != nil {
		entry.Job = &u.Unit.Job.Type
	}
	if p := u.Unit.Properties; p != nil {
		entry.Result, entry.Restarts = orNull(p.Result), &p.Restarts
		entry.MainPID, entry.ActiveAt, entry.ControlIn = orNull(p.MainPID), moment(p.ActiveEnter), orNull(p.ControlGroup)
	}
	return entry
}

// moment is a time in UTC; null where there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
