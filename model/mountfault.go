package model

import (
	"microtui/model/order"
	"strings"
)

// MountFault is a mount that is not there though a VM's files lie on it: what
// is found at its place is something else, or nothing.
type MountFault struct {
	Mount
	// Path is what lies on it: the VM's directory, a volume or the source of a
	// share. Of a mount inside the VM's directory it is the mount's own place.
	Path Raw
}

// MountFaults are those of a VM, by unit. A mount that is made as soon as
// somebody looks is none, unless it failed.
func (i *Inventory) MountFaults(vm *VM) []MountFault {
	return i.Facts().mountFaults(vm)
}

func (f *Facts) mountFaults(vm *VM) []MountFault {
	var found []MountFault
	var paths []Raw // gathered once there is a mount to compare them with
	for _, list := range [][]Mount{f.StateDir.Mounts, f.Mounts} {
		for _, mount := range list {
			if mount.Active || mount.Automount && !mount.Failed {
				continue
			}
			if paths == nil {
				paths = f.pathsOf(vm)
			}
			if path, lies := liesOn(paths, mount.Where); lies {
				found = append(found, MountFault{mount, path})
			}
		}
	}
	order.By(found, func(a, b *MountFault) int { return strings.Compare(string(a.Unit), string(b.Unit)) })
	return found
}

// pathsOf are the paths of a VM's directory, by each name of the state
// directory, and then of its volumes and shares.
func (f *Facts) pathsOf(vm *VM) []Raw {
	name := vm.Name
	if vm.Directory != nil {
		name = vm.Directory.Name
	}
	var paths, folders []Raw
	for _, base := range f.bases {
		folders = append(folders, Raw(base)+name)
	}
	paths = append(paths, folders...)
	add := func(path Raw) {
		if strings.HasPrefix(string(path), "/") {
			paths = append(paths, path)
			return
		}
		for _, folder := range folders {
			paths = append(paths, folder+"/"+path)
		}
	}
	for _, volume := range vm.Volumes {
		add(volume.Path)
	}
	for _, share := range vm.Shares {
		add(share.Source)
	}
	return paths
}

// liesOn is the first path that lies on a mount; a mount inside the first one,
// which is the VM's directory, counts with its own place.
func liesOn(paths []Raw, where Raw) (path Raw, lies bool) {
	for _, path := range paths {
		if isBelow(path, where) {
			return path, true
		}
	}
	if len(paths) > 0 && isBelow(where, paths[0]) {
		return where, true
	}
	return "", false
}

// isBelow reports whether a path is a folder, or lies below it.
func isBelow(path, folder Raw) bool {
	return path == folder || strings.HasPrefix(string(path), string(folder)+"/")
}

// State says how a mount that is not there is, in a few words.
func (m Mount) State() Raw {
	switch {
	case m.Masked:
		return "masked"
	case m.Failed && m.Error != "" && m.What != "":
		return rawf("failed (%s): %s", m.Error, m.What)
	case m.Failed && m.Error != "":
		return rawf("failed (%s)", m.Error)
	case m.Failed:
		return "failed"
	}
	return "inactive"
}
