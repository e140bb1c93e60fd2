// Package nixos reads what the NixOS systems on this host declare: which VMs
// their install units install, which ones they start, which interfaces they
// describe, and whether this machine is itself a guest of microvm.nix.
//
// It knows how NixOS lays out profiles, generations and specialisations, and
// what microvm.nix's modules leave in a system. It must not know what a
// declaration means for a VM, nor look into state directories; it changes
// nothing and needs no privileges.
package nixos

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"microtui/model"
)

// Paths says where a host keeps its systems. An empty field is the place that
// NixOS uses.
type Paths struct {
	Units    string // the live units: /etc/systemd/system
	Current  string // the live system: /run/current-system
	Profiles string // /nix/var/nix/profiles
	Store    string // /nix/store: what lies there never changes
	// UnitFolders are those of the host's units beside NixOS's, which are made
	// at run time: where Units is the place that NixOS uses, /run/systemd/system
	// and /run/systemd/transient.
	UnitFolders []string
	Networks    []string // networkd's folders, those of systemd.netdev(5)
	CommandLine string   // the kernel's: /proc/cmdline
	Fstab       string   // /etc/fstab
}

func (p Paths) orReal() Paths {
	if p.Units == "" && p.UnitFolders == nil {
		p.UnitFolders = []string{"/run/systemd/system", "/run/systemd/transient"}
	}
	p.Units = cmp.Or(p.Units, "/etc/systemd/system")
	p.Current = cmp.Or(p.Current, "/run/current-system")
	p.Profiles = cmp.Or(p.Profiles, "/nix/var/nix/profiles")
	p.Store = cmp.Or(p.Store, "/nix/store")
	p.CommandLine = cmp.Or(p.CommandLine, "/proc/cmdline")
	p.Fstab = cmp.Or(p.Fstab, "/etc/fstab")
	if p.Networks == nil {
		p.Networks = []string{"/etc/systemd/network", "/run/systemd/network", "/usr/lib/systemd/network"}
	}
	return p
}

// Reading is what was found at one time.
type Reading struct {
	// Systems are in the order live, newest, specialisations, other profiles,
	// generations by number. A host that is not NixOS has none.
	Systems []model.System
	Netdevs []model.Netdev
	Guest   []model.Raw // traces of this machine being a microvm.nix guest
	// BootedAsGuest: one of them is the kernel's command line.
	BootedAsGuest bool
	Faults        []model.Fault
}

// Reader reads a host again and again. What it read below the store it keeps,
// since that never changes; everything else is read anew. It is not safe for
// concurrent use.
type Reader struct {
	paths     Paths
	toplevels storeCache[toplevel]
	units     storeCache[units]
	installs  storeCache[install]
	netdevs   storeCache[[]model.Netdev]
	hostUnits storeCache[[]model.Netdev]
	unitLinks fileCache[[]model.Netdev]
}

// New returns a reader of the host that paths describe.
func New(paths Paths) *Reader {
	paths = paths.orReal()
	return &Reader{
		paths:     paths,
		toplevels: storeCache[toplevel]{store: paths.Store},
		units:     storeCache[units]{store: paths.Store},
		installs:  storeCache[install]{store: paths.Store},
		netdevs:   storeCache[[]model.Netdev]{store: paths.Store},
		hostUnits: storeCache[[]model.Netdev]{store: paths.Store},
	}
}

// Read reads the host's systems. A system whose units cannot be read is listed
// with its fault; a folder that cannot be listed is a fault of its own.
func (r *Reader) Read() Reading {
	var reading Reading
	live, isLive := r.live(&reading)
	newest, isNewest := r.newest()
	if isLive {
		reading.Systems = append(reading.Systems, live)
	}
	if isNewest {
		reading.Systems = append(reading.Systems, newest)
	}
	r.addSpecialisations(&reading)
	r.addProfiles(&reading)
	r.addGenerations(&reading)
	r.addNetdevs(&reading)
	r.addHostUnits(&reading)
	reading.Guest, reading.BootedAsGuest = r.guestTraces()

	r.toplevels.sweep()
	r.units.sweep()
	r.installs.sweep()
	r.netdevs.sweep()
	r.hostUnits.sweep()
	r.unitLinks.sweep()
	return reading
}

// live reads the running system: its units are those in /etc, which a switch
// replaces before anything else. A host without NixOS has a live system only
// where somebody put microvm.nix's units there by hand.
func (r *Reader) live(reading *Reading) (model.System, bool) {
	system := model.System{Kind: model.SystemLive}
	path, err := followLinks(r.paths.Current)
	onNixOS := err == nil
	if onNixOS {
		system.Path = model.Raw(path)
		system.CanSwitch = canSwitch(path)
		system.Guest = guestModuleTraces(path)
	}
	units, err := r.unitsIn(r.paths.Units)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !onNixOS:
		return system, false
	case err != nil:
		system.Fault = faultText(err)
		return system, true
	}
	units.fill(&system)
	reading.Netdevs = append(reading.Netdevs, units.netdevs...)
	return system, onNixOS || units.hostModule || len(units.declared) > 0
}

// toplevel is what a system says, apart from its name and place.
type toplevel struct {
	units
	canSwitch bool
	guest     []model.Raw
}

// read fills in what the system at system.Path says, or why it is unknown.
func (r *Reader) read(system *model.System) {
	path := string(system.Path)
	if _, err := os.Stat(path); err != nil {
		system.Fault = faultText(err)
		return
	}
	found, err := r.toplevels.get(path, func() (toplevel, error) {
		units, err := r.unitsIn(filepath.Join(path, "etc/systemd/system"))
		return toplevel{units, canSwitch(path), guestModuleTraces(path)}, err
	})
	system.CanSwitch, system.Guest = found.canSwitch, found.guest
	if err != nil {
		system.Fault = faultText(err)
		return
	}
	found.fill(system)
}

// canSwitch: a guest's system has no such program, since microvm.nix of
// 2023-11-04; nor has one with system.switch.enable off.
func canSwitch(path string) bool {
	_, err := os.Stat(filepath.Join(path, "bin/switch-to-configuration"))
	return err == nil
}

// faultText is an error as one line.
func faultText(err error) model.Raw {
	return model.Raw(strings.ReplaceAll(err.Error(), "\n", " "))
}

func fault(source model.Source, err error) model.Fault {
	return model.Fault{Source: source, Error: faultText(err)}
}

// maxLinks is how many links in a row are followed, as in the kernel.
const maxLinks = 40

// followLinks follows a symbolic link, and the one that it points to, down to
// what is no link or is not there. Links on the way to it are left alone, so
// that a store path stays one.
func followLinks(path string) (string, error) {
	for range maxLinks {
		target, err := os.Readlink(path)
		if isNoLink(err) {
			return path, nil
		}
		if err != nil {
			return path, err
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return path, fmt.Errorf("follow %s: too many links", path)
}
