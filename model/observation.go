package model

import "time"

// ObservationSchema is the version of the recorded form of an [Observation].
const ObservationSchema = 1

// Source is a part of the host that is read on its own and can fail on its
// own. A rule names the sources it rests on.
type Source string

// The sources.
const (
	SourceSystemd   Source = "systemd"    // units, over the system bus
	SourceSystems   Source = "systems"    // what the host's NixOS systems declare
	SourceStateDir  Source = "state_dir"  // VM directories
	SourceRunners   Source = "runners"    // what the directories' links point to
	SourceGCRoots   Source = "gcroots"    // /nix/var/nix/gcroots/microvm
	SourceNetwork   Source = "network"    // links
	SourceNetdevs   Source = "netdevs"    // what networkd and NAME-netdev.service describe
	SourceProcesses Source = "processes"  // /proc
	SourceHolders   Source = "holders"    // who holds a TAP: needs root
	SourceUsage     Source = "usage"      // cgroup figures
	SourceKeep      Source = "keep"       // our own keep list
	SourceHost      Source = "host"       // host name, accounts, switch lock
	SourceSnapshots Source = "snapshots"  // copies of VMs' volumes
	SourceTrash     Source = "trash"      // what was purged and is not deleted yet
	SourceBuiltFrom Source = "built_from" // our own record of what VMs were updated from, and to
	SourceStorage   Source = "storage"    // what lies behind the paths of shares and volumes
	SourceDevices   Source = "devices"    // /dev: who owns a macvtap
)

// Sources are all of them.
var Sources = []Source{
	SourceSystemd, SourceSystems, SourceStateDir, SourceRunners, SourceGCRoots, SourceNetwork, SourceNetdevs, SourceProcesses,
	SourceHolders, SourceUsage, SourceKeep, SourceHost, SourceTrash, SourceSnapshots, SourceBuiltFrom, SourceStorage, SourceDevices,
}

// Fault is a source that could not be read, or only in part. What it would
// have told is unknown, which is not the same as absent.
type Fault struct {
	Source Source `json:"source"`
	Error  Raw    `json:"error"`
}

// Observation is what was read from a host, uninterpreted.
type Observation struct {
	Schema    int         `json:"schema"`
	At        time.Time   `json:"observed_at"`
	Host      Host        `json:"host"`
	Faults    []Fault     `json:"faults"`
	Template  *Template   `json:"template"` // nil: systemd knows no microvm@.service
	Units     []Unit      `json:"units"`    // microvm.nix's units and templates' instances, by name
	Systems   []System    `json:"systems"`  // what could declare a VM: live first, generations last
	StateDir  StateDir    `json:"state_dir"`
	Runners   []Runner    `json:"runners"` // every runner that a link, or a declaration that counts, names
	GCRoots   []GCRoot    `json:"gcroots"`
	Links     []Link      `json:"links"`
	Netdevs   []Netdev    `json:"netdevs"`
	Processes []Process   `json:"processes"` // those that concern a VM
	Usage     []Usage     `json:"usage"`     // by unit
	Keep      []KeepEntry `json:"keep"`
	// Trash is left out of records that are older than it.
	Trash []TrashEntry `json:"trash,omitempty"`
	// Snapshots are left out of records that are older than they.
	Snapshots []Snapshot `json:"snapshots,omitempty"`
	// BuiltFrom are the flake references that VMs were last updated from; read
	// as root only, who alone can build.
	BuiltFrom []BuiltFrom `json:"built_from,omitempty"`
	// Switched are the links `current` that microtui made, by its own record.
	Switched []Switched `json:"switched,omitempty"`

	// ShareSources are what the sources of the VMs' shares name now, by path.
	ShareSources []ShareSource `json:"share_sources,omitempty"`
	// VolumeFiles are the VMs' disk images and devices, by path.
	VolumeFiles []VolumeFile `json:"volume_files,omitempty"`
	// Places are where the other paths lead that the files of VMs name, as far
	// as they lead through the state directory or could not be followed.
	Places []Place `json:"places,omitempty"`
	// Mounts are the mount units other than those of StateDir that are not
	// active, and that a volume or a share of a VM lies on by its path.
	Mounts []Mount `json:"mounts,omitempty"`
	// SecretStores are the generations that sops-nix and agenix keep.
	SecretStores []SecretStore `json:"secret_stores,omitempty"`
	// Neighbours are those whose address is that of a VM's interface.
	Neighbours []Neighbour `json:"neighbours,omitempty"`
	// Lives are what the journal says of the units of [WorthLives]; one of which
	// nothing could be read is left out.
	Lives []UnitLives `json:"lives,omitempty"`
	// OtherRoots are the links below gcroots and profiles that point into the
	// state directory, or keep a runner; where they do so by another link (a
	// result of nix build), the runner is their target. nil: they could not be
	// read, or not all of them followed.
	OtherRoots []GCRoot `json:"other_roots,omitzero"`
	// UnitSettings are those of microvm.nix's templates, and of the instances
	// that differ from them, by name.
	UnitSettings []UnitSettings `json:"unit_settings,omitempty"`

	// Number is the same in observations of a host that differ in their Pulse
	// alone; 0: it is not known to be that of any other.
	Number int `json:"-"`
	// Pulse are newer figures; nil: there are none.
	Pulse *Pulse `json:"-"`
}

// Host is what is known of the machine itself.
type Host struct {
	Name   Raw    `json:"name"`
	BootID string `json:"boot_id,omitempty"`
	// BootedAt is when the machine booted; zero: unknown.
	BootedAt   time.Time `json:"booted_at,omitzero"`
	Privileged bool      `json:"privileged"`  // read as root
	MicrovmUID *uint32   `json:"microvm_uid"` // nil: no user microvm
	// Switching is set while a NixOS system switches, and says who holds the
	// lock or which unit runs. Read from /proc/locks: taking the lock to find
	// out can abort a rebuild.
	Switching Raw `json:"switching,omitempty"`
	// Guest holds the traces of this machine being itself a microvm.nix guest.
	Guest []Raw `json:"guest,omitempty"`
	// BootedAsGuest is set where the kernel's command line is that of a
	// microvm.nix runner: this machine is a guest, and may have VMs of its own.
	BootedAsGuest bool `json:"booted_as_guest,omitempty"`
	// MicrovmGroups are the group ids of user microvm: kvm's, and those that
	// users.users.microvm.extraGroups adds.
	MicrovmGroups []uint32 `json:"microvm_groups,omitempty"`
	// Accounts and Groups are the users and groups that UnitSettings name and
	// that are there.
	Accounts []UserAccount  `json:"accounts,omitempty"`
	Groups   []GroupAccount `json:"groups,omitempty"`
	// Home is where our own records are; nil in records that are older than it.
	Home *HomePlace `json:"home,omitempty"`
	// Pid1 is systemd's version as it says it ("252.39-1~deb12u1").
	Pid1 Raw `json:"pid1,omitempty"`
}

// HomePlace is what the folder of our own records (operations, the keep list,
// the trash) is on.
type HomePlace struct {
	Path       Raw    `json:"path"`
	Filesystem Raw    `json:"filesystem"` // as mountinfo names it: "ext4", "overlay"; empty: unknown
	Device     uint64 `json:"device"`     // as in [FileID]
	// Volatile: it is in memory, or an overlay whose upper folder is.
	Volatile bool `json:"volatile,omitempty"`
	// Made is when the btrfs subvolume that it is in was made; zero: none, or
	// unknown.
	Made time.Time `json:"made,omitzero"`
}

// Template is the microvm@.service template as it is live.
type Template struct {
	Fragment Raw  `json:"fragment"`
	Plain    bool `json:"plain"`     // a file of the machine: neither it nor its folder leads into the store
	StateDir Raw  `json:"state_dir"` // from its WorkingDirectory, else its condition
	// SetBooted, RunnerScripts and Registers tell the host's microvm.nix
	// version: since 2026-02-21, 2024-12-03 and 2026-03-08.
	SetBooted     bool `json:"set_booted"`
	RunnerScripts bool `json:"runner_scripts"`
	Registers     bool `json:"registers"`
}

// GCRoot is a link in /nix/var/nix/gcroots/microvm.
type GCRoot struct {
	Name   Raw `json:"name"`
	Target Raw `json:"target"` // as the link says it, not resolved
}

// Usage is what the processes of a unit use. A pointer is nil where the figure
// is unknown.
type Usage struct {
	Unit    Raw     `json:"unit"`
	CPUUsec *uint64 `json:"cpu_usec"`
	// CPUUserUsec and CPUSystemUsec are its parts, in the processes and in the
	// kernel for them.
	CPUUserUsec   *uint64 `json:"cpu_user_usec,omitempty"`
	CPUSystemUsec *uint64 `json:"cpu_system_usec,omitempty"`
	Memory        *uint64 `json:"memory_bytes"`
	// FromProcesses is set where the cgroup has no such controller and the
	// memory is the sum over the unit's processes.
	FromProcesses bool `json:"from_processes,omitempty"`
	// OOMKills counts the processes that the kernel killed in the unit's cgroup
	// for want of memory (oom_kill in memory.events); nil: unknown.
	OOMKills *uint64 `json:"oom_kills,omitempty"`
	// DiskRead and DiskWritten are bytes (io.stat, over all devices); nil: there
	// is no IO accounting.
	DiskRead    *uint64 `json:"disk_read_bytes,omitempty"`
	DiskWritten *uint64 `json:"disk_written_bytes,omitempty"`
	// Frozen: its processes are frozen, as systemctl freeze does it, or with a
	// slice that it is in (frozen in cgroup.events).
	Frozen bool `json:"frozen,omitempty"`
}
