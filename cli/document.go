package cli

import (
	"time"

	"microtui/model"
)

// schema is the version of everything that --json writes. Fields may be added
// under it; none changes its meaning.
const schema = 1

// document is the JSON of list and show. A null is what is unknown, or what a
// thing of that type does not have; text from outside is escaped as
// [model.Raw] does it.
type document struct {
	Schema     int             `json:"schema"`
	Host       *model.Raw      `json:"host"`
	ObservedAt time.Time       `json:"observed_at"`
	HostKind   model.HostKind  `json:"standing"`
	StateDir   *model.Raw      `json:"state_dir"`
	Privileged bool            `json:"privileged"`
	VMs        []vmEntry       `json:"vms"`
	Leftovers  []leftoverEntry `json:"leftovers"`
	Faults     []model.Fault   `json:"faults"`
}

type vmEntry struct {
	Name                model.Raw        `json:"name"`
	State               model.State      `json:"state"`
	Origin              model.Origin     `json:"origin"`
	Freshness           model.Freshness  `json:"freshness"`
	Hypervisor          *string          `json:"hypervisor"`
	Verdict             model.Verdict    `json:"verdict"`
	Evidence            []model.Raw      `json:"evidence"`
	Notes               []model.Raw      `json:"notes"`
	Autostart           bool             `json:"autostart"`
	RemovedInGeneration *int             `json:"removed_in_generation"`
	Interfaces          []interfaceEntry `json:"interfaces"`
	CPUUsec             *uint64          `json:"cpu_usec"`
	MemoryBytes         *uint64          `json:"memory_bytes"`
	DiskBytes           *uint64          `json:"disk_bytes"` // allocated: directory, and volumes elsewhere
	RxBytes             *uint64          `json:"rx_bytes"`   // received by the guest
	TxBytes             *uint64          `json:"tx_bytes"`
	CPUPercent          *float64         `json:"cpu_percent"` // of one core
	RxBytesPerSecond    *float64         `json:"rx_bytes_per_second"`
	TxBytesPerSecond    *float64         `json:"tx_bytes_per_second"`
	UptimeSeconds       *int64           `json:"uptime_seconds"` // null: it does not run
	Restarts            *uint32          `json:"restarts"`
	Findings            []string         `json:"findings"`

	*details // of show only
}

type interfaceEntry struct {
	Name model.Raw  `json:"name"`
	Type string     `json:"type"`
	MAC  *model.Raw `json:"mac"`
	Link *model.Raw `json:"link"` // what a macvtap sits on
	// Namespace is the network namespace that it is in; null: the host's.
	Namespace *model.Raw `json:"namespace"`
	Mode      *model.Raw `json:"mode"` // of a macvtap
	Present   *bool      `json:"present"`
	Master    *model.Raw `json:"master"` // the bridge it is a port of
}

type leftoverEntry struct {
	Kind     model.Kind    `json:"kind"`
	Name     model.Raw     `json:"name"`
	Verdict  model.Verdict `json:"verdict"`
	Evidence []model.Raw   `json:"evidence"`
	Notes    []model.Raw   `json:"notes"`
	Bytes    *uint64       `json:"bytes"` // on disk
}

// newDocument puts an answer into the shape of the contract.
func newDocument(a answer, detailed bool) document {
	i := a.inventory
	return document{
		Schema: schema, Host: orNull(i.Host.Name), ObservedAt: i.At.UTC(), HostKind: i.HostKind,
		StateDir: orNull(i.StateDir), Privileged: i.Host.Privileged,
		VMs: convert(a.vms, func(vm model.VM) vmEntry {
			entry := newVMEntry(vm, a.rates[vm.Name], i.At)
			if detailed {
				entry.details = newDetails(vm)
			}
			return entry
		}),
		Leftovers: convert(a.leftovers, newLeftoverEntry),
		Faults:    orEmpty(i.Faults),
	}
}

func newVMEntry(vm model.VM, rate model.Rate, at time.Time) vmEntry {
	return vmEntry{
		Name: vm.Name, State: vm.State, Origin: vm.Origin, Freshness: vm.Freshness,
		Hypervisor: orNull(vm.Hypervisor), Verdict: vm.Verdict,
		Evidence: orEmpty(vm.Evidence), Notes: orEmpty(vm.Notes),
		Autostart: vm.Autostart, RemovedInGeneration: vm.RemovedIn,
		Interfaces: convert(vm.Interfaces, newInterfaceEntry),
		CPUUsec:    vm.CPUUsec, MemoryBytes: vm.Memory, DiskBytes: vm.Disk, RxBytes: vm.RxBytes, TxBytes: vm.TxBytes,
		CPUPercent: rate.CPUPercent, RxBytesPerSecond: rate.RxPerSecond, TxBytesPerSecond: rate.TxPerSecond,
		UptimeSeconds: uptime(vm, at), Restarts: vm.Restarts, Findings: orEmpty(vm.Findings),
	}
}

func newInterfaceEntry(i model.Interface) interfaceEntry {
	return interfaceEntry{
		Name: i.Name, Type: i.Type, MAC: orNull(i.MAC), Link: orNull(i.Link), Namespace: orNull(i.Namespace), Mode: orNull(i.Mode),
		Present: i.Present, Master: orNull(i.Master),
	}
}

func newLeftoverEntry(l model.Leftover) leftoverEntry {
	return leftoverEntry{
		Kind: l.Ref.Kind, Name: l.Ref.Name, Verdict: l.Verdict,
		Evidence: orEmpty(l.Evidence), Notes: orEmpty(l.Notes), Bytes: l.Bytes,
	}
}

// uptime is how long a VM has run, in whole seconds.
func uptime(vm model.VM, at time.Time) *int64 {
	if vm.Since.IsZero() {
		return nil
	}
	seconds := max(0, int64(at.Sub(vm.Since)/time.Second))
	return &seconds
}

// orNull is null for the zero value, which stands for unknown.
func orNull[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

// orEmpty is never null: a list that was read and holds nothing is [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func convert[A, B any](list []A, one func(A) B) []B {
	converted := make([]B, len(list))
	for i := range list {
		converted[i] = one(list[i])
	}
	return converted
}
