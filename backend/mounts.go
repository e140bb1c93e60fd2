package backend

import (
	"slices"
	"strings"

	"microtui/model"
)

// mountsOf are the mount units at, above and below the state directory. The
// root file system says nothing.
func mountsOf(directory model.StateDir, mounts []model.Mount) []model.Mount {
	var out []model.Mount
	for _, mount := range mounts {
		where := string(mount.Where)
		if where == "/" {
			continue
		}
		if related(where, string(directory.Path)) || related(where, string(directory.Real)) {
			out = append(out, mount)
		}
	}
	return out
}

// related reports whether one path is the other or lies below it.
func related(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	return a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

// mountsElsewhere are the mount units away from the state directory that are
// not active, and that a volume or a share of a VM lies on.
func mountsElsewhere(o *model.Observation, mounts []model.Mount) []model.Mount {
	var out []model.Mount
	var paths []model.Raw // gathered once there is a mount to compare them with
	for _, mount := range mounts {
		if mount.Active || mount.Where == "/" || slices.Contains(o.StateDir.Mounts, mount) {
			continue
		}
		if paths == nil {
			named := model.PathsOf(o)
			paths = append(slices.Concat(named.Sources, named.Volumes), "")
		}
		if slices.ContainsFunc(paths, func(path model.Raw) bool { return isAt(path, mount.Where) }) {
			out = append(out, mount)
		}
	}
	return out
}

// isAt reports whether a path is a folder, or lies below it.
func isAt(path, folder model.Raw) bool {
	return path == folder || strings.HasPrefix(string(path), string(folder)+"/")
}
