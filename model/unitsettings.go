package model

import (
	"slices"
	"strings"
	"time"
)

// UnitSettings is how a unit is configured by its file and its drop-ins, as
// systemd makes it of them when it loads the unit. They are read from the disk,
// so they are known of units that systemd does not have in memory too, and are
// as of the next start: of a unit that runs they may be newer than what it was
// started with (NeedReload, or it was not restarted since).
type UnitSettings struct {
	Name Raw `json:"name"`
	// Fragment is the file of the unit; empty: it has none, so it does not exist
	// but for its drop-ins.
	Fragment Raw   `json:"fragment,omitempty"`
	DropIns  []Raw `json:"drop_ins,omitempty"` // in the order in which they count
	// Masked: the fragment is a link to /dev/null, or an empty file.
	Masked bool `json:"masked,omitempty"`
	// Own: the fragment is a file of this instance, not of its template, which
	// it hides.
	Own bool `json:"own,omitempty"`
	// Runs: it has an ExecStart=.
	Runs bool `json:"runs,omitempty"`

	Type                  string   `json:"type,omitempty"`
	User                  Raw      `json:"user,omitempty"`  // name or number; empty: root
	Group                 Raw      `json:"group,omitempty"` // name or number; empty: the user's own
	SupplementaryGroups   []Raw    `json:"supplementary_groups,omitempty"`
	DynamicUser           bool     `json:"dynamic_user,omitempty"`
	AmbientCapabilities   []string `json:"ambient_capabilities,omitempty"` // "CAP_NET_ADMIN"
	CapabilityBoundingSet []string `json:"capability_bounding_set,omitzero"`

	NetworkNamespacePath Raw   `json:"network_namespace_path,omitempty"`
	PrivateNetwork       bool  `json:"private_network,omitempty"`
	JoinsNamespaceOf     []Raw `json:"joins_namespace_of,omitempty"`

	RootDirectory       Raw         `json:"root_directory,omitempty"` // or RootImage=
	BindPaths           []BindMount `json:"bind_paths,omitempty"`     // in the order in which they are given
	TemporaryFileSystem []Raw       `json:"temporary_file_system,omitempty"`
	ReadWritePaths      []Raw       `json:"read_write_paths,omitempty"`
	ReadOnlyPaths       []Raw       `json:"read_only_paths,omitempty"`
	InaccessiblePaths   []Raw       `json:"inaccessible_paths,omitempty"`
	ProtectSystem       string      `json:"protect_system,omitempty"` // "yes", "full", "strict"
	ProtectHome         string      `json:"protect_home,omitempty"`   // "yes", "read-only", "tmpfs"
	RequiresMountsFor   []Raw       `json:"requires_mounts_for,omitempty"`
	WorkingDirectory    Raw         `json:"working_directory,omitempty"`

	KillMode     string        `json:"kill_mode,omitempty"`   // empty: "control-group"
	KillSignal   string        `json:"kill_signal,omitempty"` // empty: "SIGTERM"
	NoSIGKILL    bool          `json:"no_sigkill,omitempty"`  // SendSIGKILL=no
	Restart      string        `json:"restart,omitempty"`     // empty: "no"
	RestartDelay time.Duration `json:"restart_delay,omitempty"`
}

// BindMount is one BindPaths= or BindReadOnlyPaths=: what is at Source appears
// at Destination in the unit.
type BindMount struct {
	Source      Raw  `json:"source"`
	Destination Raw  `json:"destination"`
	ReadOnly    bool `json:"read_only,omitempty"`
	Optional    bool `json:"optional,omitempty"` // where Source is missing, it is left out
}

// UserAccount is a user that a unit runs as, as the user database has it.
type UserAccount struct {
	Name   Raw      `json:"name"`
	UID    uint32   `json:"uid"`
	Groups []uint32 `json:"groups"` // its own first
}

// GroupAccount is a group that a unit names.
type GroupAccount struct {
	Name Raw    `json:"name"`
	GID  uint32 `json:"gid"`
}

// Settings are those of a VM's unit, whether systemd has it in memory or not;
// nil: they are not known.
func (i *Inventory) Settings(vm Raw, role Role) *UnitSettings {
	return i.Facts().settings(vm, role)
}

// settings are those of the unit's own entry, else its template's.
func (f *Facts) settings(vm Raw, role Role) *UnitSettings {
	if own := f.unitSettings[UnitName(role, vm)]; own != nil {
		return own
	}
	template := f.unitSettings[UnitName(role, "")]
	if template == nil || role == RoleInstall {
		return nil
	}
	made := template.Instance(UnitName(role, vm))
	return &made
}

// Instance is a template's settings as they are for the unit of a name: with
// the specifiers replaced that are about the name (systemd.unit(5)). The
// backend leaves those in a template's settings, and no others. What holds no
// specifier is shared with the template.
func (s *UnitSettings) Instance(name Raw) UnitSettings {
	made := *s
	made.Name = name
	put := specifiersOf(name)
	for _, text := range []*Raw{&made.User, &made.Group, &made.NetworkNamespacePath, &made.RootDirectory, &made.WorkingDirectory} {
		*text = put(*text)
	}
	for _, list := range []*[]Raw{
		&made.SupplementaryGroups, &made.JoinsNamespaceOf, &made.TemporaryFileSystem, &made.ReadWritePaths,
		&made.ReadOnlyPaths, &made.InaccessiblePaths, &made.RequiresMountsFor,
	} {
		if slices.ContainsFunc(*list, hasSpecifier) {
			*list = slices.Clone(*list)
		}
		for at, text := range *list {
			if hasSpecifier(text) {
				(*list)[at] = put(text)
			}
		}
	}
	if slices.ContainsFunc(made.BindPaths, func(b BindMount) bool { return hasSpecifier(b.Source) || hasSpecifier(b.Destination) }) {
		made.BindPaths = slices.Clone(made.BindPaths)
		for at := range made.BindPaths {
			bind := &made.BindPaths[at]
			bind.Source, bind.Destination = put(bind.Source), put(bind.Destination)
		}
	}
	return made
}

func hasSpecifier(text Raw) bool { return strings.Contains(string(text), "%") }

// specifiersOf replaces the specifiers that are about a unit's name.
func specifiersOf(name Raw) func(Raw) Raw {
	plain := strings.TrimSuffix(string(name), ".service")
	prefix, instance, _ := strings.Cut(plain, "@")
	return func(text Raw) Raw {
		if !hasSpecifier(text) {
			return text
		}
		var made strings.Builder
		made.Grow(len(text) + len(instance))
		rest := string(text)
		for {
			before, after, found := strings.Cut(rest, "%")
			made.WriteString(before)
			if !found {
				return Raw(made.String())
			}
			word, known := "", after != ""
			if known {
				switch after[0] {
				case '%':
					word = "%"
				case 'n':
					word = string(name)
				case 'N':
					word = plain
				case 'p':
					word = prefix
				case 'i':
					word = instance
				case 'I':
					word = strings.ReplaceAll(instance, "-", "/")
				default:
					known = false
				}
			}
			if rest = after; !known {
				made.WriteByte('%')
				continue
			}
			made.WriteString(word)
			rest = after[1:]
		}
	}
}
