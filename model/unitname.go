package model

import "strings"

// Role says which of a VM's units a unit is. microvm.nix gives each VM one
// instance of each of six templates and, when it is declared in the host's
// configuration, an install unit.
type Role string

// The roles, in the order in which a VM's start runs through them.
const (
	RoleInstall   Role = "install"
	RoleSetBooted Role = "set-booted"
	RoleTap       Role = "tap-interfaces"
	RoleMacvtap   Role = "macvtap-interfaces"
	RolePCI       Role = "pci-devices"
	RoleVirtiofsd Role = "virtiofsd"
	RoleVM        Role = "vm"
)

// Roles lists the template roles, the hypervisor's own last: the order of a
// start. The install unit is not among them: it is no instance of a template.
var Roles = []Role{RoleSetBooted, RoleTap, RoleMacvtap, RolePCI, RoleVirtiofsd, RoleVM}

// allRoles adds the install unit, which comes before all others.
var allRoles = append([]Role{RoleInstall}, Roles...)

// rolePrefix holds what stands before the VM's name in a unit's name.
// (RoleSetBooted exists since microvm.nix of 2026-02-21.)
var rolePrefix = map[Role]string{
	RoleInstall:   "install-microvm-",
	RoleSetBooted: "microvm-set-booted@",
	RoleTap:       "microvm-tap-interfaces@",
	RoleMacvtap:   "microvm-macvtap-interfaces@",
	RolePCI:       "microvm-pci-devices@",
	RoleVirtiofsd: "microvm-virtiofsd@",
	RoleVM:        "microvm@",
}

// UnitName is the systemd unit of a VM in a role. microvm.nix does not escape
// instance names: the directory's name stands in the unit's name as it is.
func UnitName(role Role, vm Raw) Raw {
	return Raw(rolePrefix[role]) + vm + ".service"
}

// ParseUnitName takes a unit's name apart. A template itself (an empty
// instance) and every unit that microvm.nix does not make give false.
//
// install-microvm-template-T is ambiguous: microvm.nix's proposed templates
// are installed by such a unit, and a VM may be called template-T. The name
// cannot tell; the unit's content does (see [Declaration]).
func ParseUnitName(unit Raw) (role Role, vm Raw, ok bool) {
	s, found := strings.CutSuffix(string(unit), ".service")
	if !found {
		return "", "", false
	}
	if name, found := strings.CutPrefix(s, rolePrefix[RoleInstall]); found {
		return RoleInstall, Raw(name), name != ""
	}
	template, name, _ := strings.Cut(s, "@")
	role, found = roleOfTemplate[template]
	return role, Raw(name), found && name != ""
}

// roleOfTemplate holds the templates' names, up to the @.
var roleOfTemplate = func() map[string]Role {
	roles := make(map[string]Role, len(Roles))
	for _, role := range Roles {
		roles[strings.TrimSuffix(rolePrefix[role], "@")] = role
	}
	return roles
}()

// ParseName checks that a name may be given to something microtui changes:
// what can be an instance of a template, a directory and an argument without
// being mistaken for anything else. Names found on disk or on the bus need
// not pass: they are shown, and left alone.
func ParseName(name Raw) bool {
	if name == "" || len(name) > 63 || name == "." || name == ".." {
		return false
	}
	for i, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_':
		case i > 0 && (c == '.' || c == '-'):
		default:
			return false
		}
	}
	return true
}
