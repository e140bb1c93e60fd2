package cli

import (
	"microtui/model"
)

// hostKinds says in a line why there is nothing to list.
var hostKinds = map[model.HostKind]string{
	model.HostKindEmpty:    "no VM: microvm.nix's host module is here, but nothing is declared and %s holds none",
	model.HostKindNoModule: "no microvm.nix host: there is no microvm@ template and nothing in %s",
	model.HostKindGuest:    "no host: this machine is itself a microvm.nix guest, and nothing is in %s",
	model.HostKindUnknown:  "no VM found, but systemd could not be asked; nothing is in %s",
}
