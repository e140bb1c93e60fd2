package backend

import (
	"strings"

	"microtui/backend/view"
	"microtui/model"
)

// isApart says of what was read where it is not the host's: this process may
// have namespaces of its own. What it does not see is not absent, and what it
// sees there instead is another's.
func isApart(o *model.Observation, faults *faults) {
	v := view.Read()
	if v.Network != nil {
		o.Links, o.Neighbours = nil, nil
		faults.from(v.Network, model.SourceNetwork)
	}
	faults.from(v.Users, model.SourceHost)
	if v.Devices != nil {
		faults.from(v.Devices, model.SourceDevices)
		if namesDevices(o) {
			faults.from(v.Devices, model.SourceStorage)
		}
	}
	stateDir := o.StateDir.Real
	if stateDir == "" {
		stateDir = o.StateDir.Path
	}
	const how = "PrivateMounts=, TemporaryFileSystem=, InaccessiblePaths=, a container"
	faults.from(v.Place(string(stateDir), how), model.SourceStateDir)
	faults.from(v.Place("/nix/store", how), model.SourceRunners, model.SourceSystems)
	faults.from(v.Place("/nix/var/nix", how), model.SourceGCRoots, model.SourceSystems)
	faults.from(view.Hidden(), model.SourceProcesses)
}

// namesDevices reports whether a volume is a device.
func namesDevices(o *model.Observation) bool {
	for at := range o.Runners {
		for _, volume := range o.Runners[at].Volumes {
			if strings.HasPrefix(string(volume), "/dev/") {
				return true
			}
		}
	}
	return false
}
