package model

import "time"

// SystemKind says why a NixOS system on this host is looked at.
type SystemKind string

// The kinds of systems. All but generations count as declaring; a generation
// only proves what once was declared. The booted system does not count.
const (
	SystemLive           SystemKind = "live"           // /etc/systemd/system and /run/current-system
	SystemNewest         SystemKind = "newest"         // /nix/var/nix/profiles/system
	SystemSpecialisation SystemKind = "specialisation" // of the live or the newest system
	SystemProfile        SystemKind = "profile"        // any other under /nix/var/nix/profiles/system-profiles
	SystemGeneration     SystemKind = "generation"     // /nix/var/nix/profiles/system-N-link
)

// System is a NixOS system that is present on the host, as far as it says
// something about VMs.
type System struct {
	Kind SystemKind `json:"kind"`
	Name Raw        `json:"name,omitempty"` // of a specialisation or a profile
	Path Raw        `json:"path"`           // its toplevel in the store
	// Generation is the number of the profile's link: of a generation, and of
	// the newest system (0 where that is unknown).
	Generation int       `json:"generation,omitempty"`
	Since      time.Time `json:"since,omitzero"` // when the generation's link was made
	// Fault is set where its units could not be read: what it declares is
	// unknown then. A generation whose store path was collected is listed so.
	Fault      Raw           `json:"fault,omitempty"`
	HostModule bool          `json:"host_module"`     // has microvm@.service
	CanSwitch  bool          `json:"can_switch"`      // has bin/switch-to-configuration
	Guest      []Raw         `json:"guest,omitempty"` // traces of microvm.nix's guest module
	Declared   []Declaration `json:"declared,omitempty"`
	Autostart  []Raw         `json:"autostart,omitempty"` // microvm@ instances wanted by microvms.target
}

// Counts reports whether being declared here means being declared now.
func (s System) Counts() bool { return s.Kind != SystemGeneration }

// Declaration is an install-microvm-NAME.service, read from its unit file and
// the script that it runs. A unit that installs one of microvm.nix's proposed
// templates (it works below STATEDIR/.templates) is none.
type Declaration struct {
	Name   Raw `json:"name"`
	Runner Raw `json:"runner,omitempty"` // the store path that `current` is to point to; empty: not understood
	// Toplevel is the guest's system for a fully declarative VM; Flake the
	// reference, or the source in the store, for a VM declared by a flake.
	Toplevel Raw `json:"toplevel,omitempty"`
	Flake    Raw `json:"flake,omitempty"`
	// Once is set where the unit runs only while the directory is missing:
	// installed once, then updated by `microvm -u` (updateFlake).
	Once bool `json:"once,omitempty"`
}
