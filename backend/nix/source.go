package nix

import (
	"fmt"
	"strings"

	"microtui/model"
)

// source is where a VM's runner comes from.
type source struct{ vm, flake model.Raw }

// check refuses what does not go into a command line. The reference was read
// from a directory in which others write.
func (s source) check() error {
	if !model.ParseName(s.vm) {
		return fmt.Errorf("%w: %q is not a valid VM name", model.ErrRefused, string(s.vm))
	}
	if why := model.FlakeFault(s.flake); why != "" {
		return fmt.Errorf("%w: the flake reference of %s cannot be used: %s", model.ErrRefused, s.vm, why)
	}
	return nil
}

// runner is the installable that `microvm -u` builds. A name with dots is
// quoted, where `microvm -u` would look for something else.
func (s source) runner() string {
	name := string(s.vm)
	if strings.Contains(name, ".") {
		name = `"` + name + `"`
	}
	return string(s.flake) + "#nixosConfigurations." + name + ".config.microvm.declaredRunner"
}
