package demo

import (
	"math/rand/v2"
	"slices"
	"strings"

	"microtui/model"
)

// Accounts and places of the simulated host.
const (
	uidRoot    uint32 = 0
	uidMicrovm uint32 = 990 // as nixos allocates system users, downwards from 999
	uidAdmin   uint32 = 1000
	uidOther   uint32 = 1004 // the microvm user of the host that a copy came from
	gidKVM     uint32 = 302
	gidUsers   uint32 = 100

	stateDir = "/var/lib/microvms"
)

// Version says how old the host's inputs are: what it leaves behind differs.
type Version struct {
	// StopsRemoved: switch-to-configuration stops instances whose drop-in is
	// gone (nixpkgs pull request 512360, 2026-04).
	StopsRemoved bool
	// LeaksTaps: microvm.nix of 2024-12-03 to 2026-02-21 removed `booted`
	// before tap-down was looked up there, so each stop leaks the TAP.
	LeaksTaps bool
}

// StateDirPlace says what the state directory is on.
type StateDirPlace int

// The places.
const (
	OnRoot      StateDirPlace = iota // the root file system
	OnMountUnit                      // its own, with a mount unit
	OnMount                          // its own, mounted by hand: no unit
)

// Settings are what a new host is like.
type Settings struct {
	Seed    uint64
	Version Version
	Place   StateDirPlace
}

// Host is a simulated microvm.nix host. Its methods are not safe for
// concurrent use; see [Live].
type Host struct {
	clock
	rng      *rand.Rand
	settings Settings
	name     model.Raw
	bootID   string
	account  bool // the user microvm exists
	// switching names who holds the lock of a switch that has not ended.
	switching model.Raw

	config  config
	systems systems
	sources []*guest // what can be built, by name
	builds  []*build

	files     files
	roots     []model.GCRoot // by name
	autoRoots []model.Raw    // VMs whose `current` has an indirect root
	instances []*instance    // by name
	links     []*link        // by index
	netdevs   []model.Netdev
	processes []*process // by PID
	keep      []model.KeepEntry
	builtFrom []model.BuiltFrom
	switched  []switched           // by VM
	diaries   map[model.Raw]*diary // by VM
	trash     []*trashed
	snapshots []*snapshot
	secrets   []secretGeneration // by number
	missing   []model.Raw        // sources of shares that are not there

	nextIndex int
	nextPID   int
	nextInode uint64
	nextJob   uint32
}

// NewHost is a NixOS host with microvm.nix's host module and nothing else,
// just booted into generation 1.
func NewHost(s Settings) *Host {
	h := &Host{
		clock:     newClock(),
		rng:       rand.New(rand.NewPCG(s.Seed, 0x6d6963726f767569)),
		settings:  s,
		name:      "nixhost",
		nextIndex: 1,
		nextPID:   700,
		nextInode: 131072,
		nextJob:   100,
	}
	h.bootID = h.uuid()
	h.files.mounted = true
	h.files.filesystem = "ext4"
	h.config.module = true
	h.network()
	h.Switch()
	h.systems.booted = h.systems.live
	return h
}

// hex is n random hexadecimal digits.
func (h *Host) hex(n int) string {
	const digits = "0123456789abcdef"
	return h.draw(n, digits)
}

// storeHash is the 32 characters at the head of a store path.
func (h *Host) storeHash() string {
	const nix32 = "0123456789abcdfghijklmnpqrsvwxyz"
	return h.draw(32, nix32)
}

func (h *Host) draw(n int, digits string) string {
	b := make([]byte, n)
	var bits uint64
	for i := range b {
		if i%12 == 0 {
			bits = h.rng.Uint64()
		}
		b[i] = digits[bits%uint64(len(digits))]
		bits /= uint64(len(digits))
	}
	return string(b)
}

func (h *Host) uuid() string {
	s := h.hex(32)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// insert puts an item into a slice that is sorted by key.
func insert[T any](items []T, item T, key func(T) model.Raw) []T {
	i, _ := slices.BinarySearchFunc(items, key(item), func(t T, k model.Raw) int {
		return strings.Compare(string(key(t)), string(k))
	})
	return slices.Insert(items, i, item)
}

// find looks an item up in a slice that is sorted by key.
func find[T any](items []T, name model.Raw, key func(T) model.Raw) (T, bool) {
	i, found := slices.BinarySearchFunc(items, name, func(t T, k model.Raw) int {
		return strings.Compare(string(key(t)), string(k))
	})
	if !found {
		var none T
		return none, false
	}
	return items[i], true
}
