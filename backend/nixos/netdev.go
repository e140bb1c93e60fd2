package nixos

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"microtui/backend/unitfile"
	"microtui/model"
)

// addNetdevs lists the interfaces that networkd is told to make. A file counts
// wherever it lies, overridden or not: each is a reason not to take the
// interface for a leftover.
func (r *Reader) addNetdevs(reading *Reading) {
	for _, folder := range r.paths.Networks {
		real, err := filepath.EvalSymlinks(folder)
		if err == nil {
			var found []model.Netdev
			found, err = r.netdevs.get(real, func() ([]model.Netdev, error) { return readNetdevs(folder, real) })
			reading.Netdevs = append(reading.Netdevs, found...)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			reading.Faults = append(reading.Faults, fault(model.SourceNetdevs, err))
		}
	}
}

// readNetdevs returns what it could read along with the last error.
func readNetdevs(shown, folder string) (found []model.Netdev, err error) {
	entries, err := os.ReadDir(folder)
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".netdev") {
			continue
		}
		path := filepath.Join(shown, entry.Name())
		if masked, _ := os.Readlink(path); masked == os.DevNull {
			continue
		}
		text, failed := readFile(path, maxUnit, 0)
		if failed != nil {
			err = failed
		}
		if name := parseNetdev(string(text)); name != "" {
			found = append(found, model.Netdev{Name: model.Raw(name), By: model.Raw(path)})
		}
	}
	return found, err
}

func parseNetdev(text string) (name string) {
	for s := range unitfile.Assignments(text) {
		if s.Section == "NetDev" && s.Key == "Name" {
			name = s.Value
		}
	}
	return name
}
