package systemd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

const (
	serviceSuffix = ".service"
	dropInSuffix  = ".d"
	// everyService is the folder of drop-ins for all services.
	everyService = "service" + dropInSuffix
	store        = "/nix/store/"
)

// stamp is what tells that a path was changed: it, or what it leads to.
type stamp struct {
	dev, ino uint64
	ctime    unix.Timespec
}

// stampOf is the zero stamp of what is not there.
func stampOf(path string) stamp {
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return stamp{}
	}
	return stamp{dev: st.Dev, ino: st.Ino, ctime: st.Ctim}
}

// searchFolder is one of the folders of unit files: the names in it that concern
// microvm.nix's units.
type searchFolder struct {
	path   string
	real   string              // without links, where it is in the store; else empty
	fixed  bool                // in the store: nothing in it ever changes
	files  map[string]bool     // unit files
	dropIn map[string][]string // folders of drop-ins, with what is in each
}

func readSearchFolder(path string) (searchFolder, error) {
	folder := searchFolder{path: path, files: make(map[string]bool), dropIn: make(map[string][]string)}
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return folder, nil
	}
	if err != nil {
		return folder, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil && strings.HasPrefix(real, store) {
		folder.fixed, folder.real = true, real
	}
	for _, entry := range entries {
		name := entry.Name()
		unit, isDropIn := strings.CutSuffix(name, dropInSuffix)
		switch {
		case !concernsUs(unit) && name != everyService:
		case isDropIn:
			folder.dropIn[name] = dropInsIn(filepath.Join(path, name))
		default:
			folder.files[name] = true
		}
	}
	return folder, nil
}

// concernsUs reports whether a name is that of one of microvm.nix's templates,
// of an instance of it, or of a folder of drop-ins for all whose names begin
// alike (microvm-.service.d).
func concernsUs(unit string) bool {
	return strings.HasPrefix(unit, "microvm") && strings.HasSuffix(unit, serviceSuffix)
}

// dropInsIn lists the drop-ins in a folder; one that cannot be read has none.
func dropInsIn(path string) []string {
	entries, _ := os.ReadDir(path)
	var names []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".conf") {
			names = append(names, entry.Name())
		}
	}
	return names
}

// dropInFolders are the folders of drop-ins of a unit, the first one winning,
// without the one of all services (systemd.unit(5), and unit_file_find_dirs()
// in systemd): that of its own name, of its template's, and of each part of
// its name that ends in a dash. Shortened, a template is none any more:
// microvm-.service.d counts for all, microvm-@.service.d for instances.
func dropInFolders(unit string) []string {
	all := []string{unit + dropInSuffix}
	prefix, instance, isInstance := strings.Cut(strings.TrimSuffix(unit, serviceSuffix), "@")
	if isInstance && instance != "" {
		all = append(all, dropInFolders(prefix+"@"+serviceSuffix)...)
	}
	at := strings.LastIndexByte(strings.TrimRight(prefix, "-"), '-')
	if at < 0 {
		return all
	}
	shorter := prefix[:at+1]
	if instance != "" {
		shorter += "@" + instance
	}
	return append(all, dropInFolders(shorter+serviceSuffix)...)
}

// hasOwn reports whether some folder holds anything for a unit that does not
// count for all of its template's, which shared are the folders of drop-ins of.
func hasOwn(folders []searchFolder, unit string, shared []string) bool {
	own := slices.DeleteFunc(dropInFolders(unit), func(in string) bool { return slices.Contains(shared, in) })
	for _, folder := range folders {
		if folder.files[unit] {
			return true
		}
		for _, in := range own {
			if len(folder.dropIn[in]) > 0 {
				return true
			}
		}
	}
	return false
}

// dropInsOf are the paths of a unit's drop-ins, in the order in which systemd
// reads them: by their names, whatever folder they are in. Of two with one name
// the one in the first folder counts.
func dropInsOf(folders []searchFolder, unit string) []string {
	found := make(map[string]string)
	for _, searched := range [][]string{dropInFolders(unit), {everyService}} {
		for _, folder := range folders {
			for _, in := range searched {
				for _, name := range folder.dropIn[in] {
					if found[name] == "" {
						found[name] = filepath.Join(folder.path, in, name)
					}
				}
			}
		}
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	for at, name := range names {
		names[at] = found[name]
	}
	return names
}

// fragmentOf is the path of a unit's file, and whether it is one of its own
// name: that wins over its template's, wherever the two are. Empty: none.
func fragmentOf(folders []searchFolder, unit string) (path string, own bool) {
	prefix, _, _ := strings.Cut(unit, "@")
	template := prefix + "@" + serviceSuffix
	for _, name := range []string{unit, template} {
		for _, folder := range folders {
			if !folder.files[name] {
				continue
			}
			path := filepath.Join(folder.path, name)
			if name == template {
				return path, false
			}
			if target, err := filepath.EvalSymlinks(path); err == nil && filepath.Base(target) == template {
				break // another name of the template
			}
			return path, true
		}
	}
	return "", false
}

// instancesIn are the VMs of which a folder holds something of their own.
func instancesIn(folders []searchFolder) []model.Raw {
	seen := make(map[model.Raw]bool)
	note := func(unit string) {
		_, instance, found := strings.Cut(strings.TrimSuffix(unit, serviceSuffix), "@")
		if found && instance != "" {
			seen[model.Raw(instance)] = true
		}
	}
	for _, folder := range folders {
		for name := range folder.files {
			note(name)
		}
		for name := range folder.dropIn {
			note(strings.TrimSuffix(name, dropInSuffix))
		}
	}
	names := make([]model.Raw, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
