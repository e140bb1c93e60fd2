package storage

import (
	"slices"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// maxVMs is how many names are looked at.
const maxVMs = 16 << 10

// vmsElsewhere lists the VMs in a folder that is not the state directory: those
// that have a link `current`.
func vmsElsewhere(path string, stateDir model.FileID, mounts mounts) []model.Raw {
	walk := newWalk(mounts)
	folder := walk.follow(model.Raw(path))
	if folder.err != nil || !folder.Is(unix.S_IFDIR) || stateDir == (model.FileID{}) || folder.ID == stateDir {
		return nil
	}
	var found []model.Raw
	for _, name := range listFolder(folder.real, maxVMs) {
		if name[0] == '.' {
			continue
		}
		if at, err := walk.look(folder.real + "/" + name); err != nil || !at.Is(unix.S_IFDIR) {
			continue
		}
		if at, err := walk.look(folder.real + "/" + name + "/current"); err == nil && at.Is(unix.S_IFLNK) {
			found = append(found, model.Raw(name))
		}
	}
	slices.Sort(found)
	return found
}
