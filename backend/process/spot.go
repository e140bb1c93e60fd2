package process

import (
	"os"

	"microtui/backend/filesystem"
)

// mountedPart finds where a part of a directory is mounted; empty: nowhere.
func mountedPart(mounts []filesystem.Mount, dir filesystem.Spot) string {
	for _, m := range mounts {
		if dir.Holds(m.Whole()) {
			return m.Point
		}
	}
	return ""
}

// spotOf finds the place of a directory, by the mount that it is on.
func spotOf(path string) (filesystem.Spot, error) {
	id, err := filesystem.MountOf(path)
	if err != nil {
		return filesystem.Spot{}, err
	}
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return filesystem.Spot{}, err
	}
	mounts, _ := filesystem.ParseMounts(string(text))
	return filesystem.SpotOn(mounts, id, path)
}
