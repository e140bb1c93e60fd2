package view

import "strings"

// mounts is a mount table (proc_pid_mountinfo(5)), in its order: what was
// mounted later lies over what was before.
type mounts []mount

type mount struct {
	point string
	place
}

// place is a part of a file system: the same in every mount namespace.
type place struct{ device, root string }

// parseMounts reads mountinfo. A line that is not as it should be is left out.
func parseMounts(text string) mounts {
	all := mounts{}
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 4 {
			all = append(all, mount{unescape(f[4]), place{f[2], unescape(f[3])}})
		}
	}
	return all
}

// at is what lies at a path.
func (m mounts) at(path string) place {
	var found place
	depth := -1
	for _, mount := range m {
		point := strings.TrimSuffix(mount.point, "/")
		rest, below := strings.CutPrefix(path, point)
		if below && (rest == "" || rest[0] == '/') && len(point) >= depth {
			depth = len(point)
			found = place{mount.device, strings.TrimSuffix(mount.root, "/") + rest}
		}
	}
	return found
}

var escapes = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func unescape(path string) string { return escapes.Replace(path) }
