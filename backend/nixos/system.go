package nixos

import (
	"fmt"

	"microtui/model"
)

// System reads a system that this host does not run: what a `result` of
// nixos-rebuild build leads to.
func (r *Reader) System(path string) (model.System, error) {
	real, err := followLinks(path)
	if err != nil {
		return model.System{}, fmt.Errorf("read system %s: %w", path, err)
	}
	system := model.System{Kind: model.SystemProfile, Path: model.Raw(real)}
	r.read(&system)
	return system, nil
}
