package backend

import (
	"context"

	"microtui/backend/nixos"
	"microtui/model"
)

// ReadSystem reads a NixOS system that this host does not run.
func (h *Host) ReadSystem(_ context.Context, path string) (model.System, error) {
	return nixos.New(nixos.Paths{}).System(path)
}
