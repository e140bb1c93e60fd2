package cli

import (
	"microtui/model"
)

// hostKinds says in a line why there is nothing to list.
var hostKinds = map[model.HostKind]string{
	model.HostKindEmpty:    "no VMs: this is a microvm.nix host, but no VM is declared and %s holds none",
	model.HostKindNoModule: "not a microvm.nix host: there is no microvm@ template and nothing in %s",
	model.HostKindGuest:    "not a microvm.nix host: this is a microvm.nix guest, and nothing is in %s",
	model.HostKindUnknown:  "no VMs found, but systemd could not be asked; nothing is in %s",
}
