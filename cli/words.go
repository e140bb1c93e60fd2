package cli

import (
	"microtui/model"
)

// standings says in a line why there is nothing to list.
var standings = map[model.Standing]string{
	model.StandingEmpty:    "no VM: microvm.nix's host module is here, but nothing is declared and %s holds none",
	model.StandingNoModule: "no microvm.nix host: there is no microvm@ template and nothing in %s",
	model.StandingGuest:    "no host: this machine is itself a microvm.nix guest, and nothing is in %s",
	model.StandingUnknown:  "no VM found, but systemd could not be asked; nothing is in %s",
}
