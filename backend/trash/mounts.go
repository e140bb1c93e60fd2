package trash

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"microtui/backend/filesystem"
)

// mountsBarring says which mounts speak against moving or deleting a tree: one
// at it or below it, or a part of it that is mounted elsewhere too, where it
// would be missed. Empty: none.
func mountsBarring(mounts []filesystem.Mount, tree filesystem.Spot) string {
	byID := make(map[uint64]filesystem.Mount, len(mounts))
	for _, m := range mounts {
		byID[m.ID] = m
	}
	for _, m := range mounts {
		on, ok := byID[m.Parent].Spot(m.Point)
		if !ok && tree.Tail {
			on, ok = filesystem.Spot{Path: m.Point}, true // on what is not listed
		}
		if ok && tree.Holds(on) {
			return fmt.Sprintf("something is mounted at %s: unmount it first", m.Point)
		}
		if tree.Holds(m.Whole()) && !strings.HasSuffix(m.Root, "//deleted") {
			return fmt.Sprintf("part of it is also mounted at %s: unmount that first", m.Point)
		}
	}
	return ""
}

// checkMounts refuses a tree that mounts speak against, as this process sees
// them and as PID 1 does: a service may have mounts of its own.
func checkMounts(dir int) error {
	st, err := statFD(dir)
	if err != nil {
		return err
	}
	path := filesystem.RealPath(dir)
	if path == "" {
		return errors.New("find mounts: the path is too long")
	}
	var tree filesystem.Spot
	for _, process := range []string{"self", "1"} {
		text, err := os.ReadFile("/proc/" + process + "/mountinfo")
		if err != nil {
			return fmt.Errorf("find mounts in %s: %w", path, err)
		}
		mounts, err := filesystem.ParseMounts(string(text))
		if err != nil {
			return fmt.Errorf("find mounts in %s: %w", path, err)
		}
		if process == "self" {
			if tree, err = filesystem.SpotOn(mounts, st.Mount, path); err != nil {
				return fmt.Errorf("find mounts in %s: %w", path, err)
			}
		}
		if why := mountsBarring(mounts, tree); why != "" {
			return refusef("%s: %s", path, why)
		}
	}
	return nil
}
