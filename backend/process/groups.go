package process

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// groupsOf finds the cgroups of microvm.nix's units by looking for them below
// the slices, where systemd puts services. It looks once, when it is first asked.
type groupsOf struct {
	root   string
	groups map[model.Raw]model.Raw // nil: not looked yet
}

// group is the cgroup of a unit, below the root; empty: it has none.
func (g *groupsOf) group(unit model.Raw) model.Raw {
	if g.groups == nil {
		g.groups = make(map[model.Raw]model.Raw)
		g.look("", make([]byte, 32<<10))
	}
	return g.groups[unit]
}

// look goes through a slice and those below it.
func (g *groupsOf) look(slice string, buf []byte) {
	folder, err := unix.Open(g.root+slice, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(folder)
	var slices []string
	for {
		n, err := unix.ReadDirent(folder, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			break
		}
		_, _, names := unix.ParseDirent(buf[:n], -1, nil)
		for _, name := range names {
			// systemd puts a _ before a name that the kernel may want for itself.
			unit := model.Raw(strings.TrimPrefix(name, "_"))
			if strings.HasSuffix(name, ".slice") {
				slices = append(slices, slice+"/"+name)
			} else if _, _, ours := model.ParseUnitName(unit); ours {
				g.groups[unit] = model.Raw(slice + "/" + name)
			}
		}
	}
	for _, below := range slices {
		g.look(below, buf)
	}
}
