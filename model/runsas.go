package model

import (
	"slices"
	"strings"
)

// Identity is who a unit's processes are, as far as it decides what they may
// write.
type Identity struct {
	Name   Raw // of the user, as a reader knows it
	UID    uint32
	Groups []uint32
	// Overrides: file modes do not hold it up (root, CAP_DAC_OVERRIDE).
	Overrides bool
}

const capOverride = "CAP_DAC_OVERRIDE"

// RunsAs is who a VM's unit runs as, with its drop-ins; false: that is not
// known.
func (i *Inventory) RunsAs(vm Raw, role Role) (Identity, bool) {
	s := i.Settings(vm, role)
	if s == nil {
		return i.accountOf(microvmAccount)
	}
	if s.DynamicUser {
		return Identity{}, false
	}
	bounded := s.CapabilityBoundingSet != nil && !slices.Contains(s.CapabilityBoundingSet, capOverride)
	who, known := Identity{Name: "root", Overrides: !bounded}, true
	if s.User != "" && s.User != "root" && s.User != "0" {
		who, known = i.accountOf(s.User)
		who.Overrides = slices.Contains(s.AmbientCapabilities, capOverride) && !bounded
	}
	for _, name := range append([]Raw{s.Group}, s.SupplementaryGroups...) {
		if name == "" {
			continue
		}
		gid, there := i.groupOf(name)
		known = known && there
		who.Groups = append(who.Groups, gid)
	}
	return who, known
}

const (
	microvmAccount Raw = "microvm"
	microvmGroup   Raw = "kvm"
)

func (i *Inventory) accountOf(name Raw) (Identity, bool) {
	if name == microvmAccount {
		if i.Host.MicrovmUID == nil || len(i.Host.MicrovmGroups) == 0 {
			return Identity{}, false
		}
		return Identity{Name: name, UID: *i.Host.MicrovmUID, Groups: slices.Clone(i.Host.MicrovmGroups)}, true
	}
	for _, account := range i.Host.Accounts {
		if account.Name == name {
			return Identity{Name: name, UID: account.UID, Groups: slices.Clone(account.Groups)}, true
		}
	}
	return Identity{}, false
}

func (i *Inventory) groupOf(name Raw) (uint32, bool) {
	for _, group := range i.Host.Groups {
		if group.Name == name {
			return group.GID, true
		}
	}
	// The template's own, of which a record may have only user microvm.
	if name == microvmGroup && len(i.Host.MicrovmGroups) > 0 {
		return i.Host.MicrovmGroups[0], true
	}
	return 0, false
}

// May reports whether somebody may do what is wanted (read 4, write 2, enter
// 1) to a file, by its mode.
func (w Identity) May(a *Access, want uint32) bool {
	shift := 0
	switch {
	case w.Overrides:
		return true
	case a.UID == w.UID:
		shift = 6
	case slices.Contains(w.Groups, a.GID):
		shift = 3
	}
	return a.Mode>>shift&want == want
}

// SeesOtherwise reports whether a unit sees something else at a path than the
// host does: by a bind mount, a file system of its own, another root. What the
// host has there says nothing of the unit then.
func (s *UnitSettings) SeesOtherwise(path Raw) bool {
	if s == nil {
		return false
	}
	if s.RootDirectory != "" && s.RootDirectory != "/" {
		return true
	}
	for _, bind := range s.BindPaths {
		if isBelow(path, trimSlash(bind.Destination)) {
			return true
		}
	}
	return slices.ContainsFunc(s.TemporaryFileSystem, func(place Raw) bool {
		where, _, _ := strings.Cut(string(place), ":")
		return isBelow(path, trimSlash(Raw(where)))
	})
}

func trimSlash(path Raw) Raw { return Raw(strings.TrimRight(string(path), "/")) }

// protected are the folders that ProtectSystem= and ProtectHome= make
// read-only, or hide.
var protected = map[string][]Raw{
	"system yes": {"/usr", "/boot", "/efi"}, "system full": {"/usr", "/boot", "/efi", "/etc"}, "system strict": {""},
	"home yes": {"/home", "/root", "/run/user"}, "home read-only": {"/home", "/root", "/run/user"}, "home tmpfs": {"/home", "/root", "/run/user"},
}

// Protects says which setting of a unit keeps it from writing at a path;
// empty: none does. The longest path that a setting names decides.
func (s *UnitSettings) Protects(path Raw) Raw {
	if s == nil {
		return ""
	}
	var why Raw
	longest := -1
	decide := func(places []Raw, says Raw) {
		for _, place := range places {
			place = trimSlash(Raw(strings.TrimLeft(string(place), "-+")))
			if isBelow(path, place) && len(place) >= longest {
				longest, why = len(place), says
			}
		}
	}
	decide(protected["system "+s.ProtectSystem], Raw("ProtectSystem="+s.ProtectSystem))
	decide(protected["home "+s.ProtectHome], Raw("ProtectHome="+s.ProtectHome))
	decide(s.ReadOnlyPaths, "ReadOnlyPaths=")
	decide(s.InaccessiblePaths, "InaccessiblePaths=")
	if s.ProtectSystem == "strict" {
		decide([]Raw{"/dev", "/proc", "/sys"}, "")
	}
	decide(s.ReadWritePaths, "")
	return why
}
