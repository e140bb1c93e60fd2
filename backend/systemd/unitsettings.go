package systemd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/unitfile"
	"microtui/model"
)

// Files reads the unit files of microvm.nix again and again. It keeps what it
// made of them until one of them changes; those in the store never do. It is
// for one goroutine at a time.
type Files struct {
	folders []string
	stamps  map[string]stamp // of all that the settings were made from and that can change
	files   map[string][]unitfile.Assignment
	made    []model.UnitSettings
}

// NewFiles returns a reader of the folders that systemd reads.
func NewFiles() *Files { return &Files{folders: unitPath} }

// Settings gives those of microvm.nix's templates, and of the instances that
// differ from them, by name. They are as systemd would load them now, over the
// bus it would load each unit for the question.
func (f *Files) Settings() ([]model.UnitSettings, error) {
	if f.stamps != nil && f.unchanged() {
		return f.made, nil
	}
	f.stamps = make(map[string]stamp)
	kept := f.files
	f.files = make(map[string][]unitfile.Assignment, len(kept))
	made, err := f.make(kept)
	if err != nil {
		f.stamps = nil
		return nil, fmt.Errorf("read unit files: %w", err)
	}
	f.made = made
	return made, nil
}

func (f *Files) unchanged() bool {
	for path, before := range f.stamps {
		if stampOf(path) != before {
			return false
		}
	}
	return true
}

func (f *Files) make(kept map[string][]unitfile.Assignment) ([]model.UnitSettings, error) {
	folders := make([]searchFolder, 0, len(f.folders))
	for _, path := range f.folders {
		f.stamps[path] = stampOf(path)
		folder, err := readSearchFolder(path)
		if err != nil {
			return nil, err
		}
		if !folder.fixed {
			for name := range folder.dropIn {
				in := filepath.Join(path, name)
				f.stamps[in] = stampOf(in)
			}
		}
		folders = append(folders, folder)
	}
	read := unitReading{Files: f, kept: kept, all: folders, masked: make(map[string]bool), keys: make(map[string]string), specifiers: hostSpecifiers()}
	var made []model.UnitSettings
	instances := instancesIn(folders)
	for _, role := range model.Roles {
		template := read.unit(model.UnitName(role, ""))
		if template.Fragment != "" {
			made = append(made, template)
		}
		shared := dropInFolders(string(template.Name))
		for _, vm := range instances {
			name := model.UnitName(role, vm)
			if !hasOwn(folders, string(name), shared) {
				continue
			}
			if own := read.unit(name); differs(own, template.Instance(name)) {
				made = append(made, own.Instance(name))
			}
		}
	}
	return made, nil
}

// differs reports whether an instance is configured otherwise than its
// template: drop-ins that set nothing of what is read do not count.
func differs(own, template model.UnitSettings) bool {
	own = own.Instance(own.Name)
	own.DropIns, template.DropIns = nil, nil
	return !reflect.DeepEqual(own, template)
}

// unitReading is one reading of all unit files.
type unitReading struct {
	*Files
	kept       map[string][]unitfile.Assignment // from before
	all        []searchFolder
	masked     map[string]bool
	keys       map[string]string // of a file: its path in the store
	specifiers *strings.Replacer
}

func (r unitReading) unit(name model.Raw) model.UnitSettings {
	s := newSettings(name, r.specifiers)
	fragment, own := fragmentOf(r.all, string(name))
	s.Fragment, s.Own = model.Raw(fragment), own
	if fragment != "" {
		s.Masked = r.isMasked(fragment)
		s.read(r.file(fragment))
	}
	for _, path := range dropInsOf(r.all, string(name)) {
		s.DropIns = append(s.DropIns, model.Raw(path))
		s.read(r.file(path))
	}
	return s.finish()
}

// file is what stands in a file. One that cannot be read, or is gone, says
// nothing, as for systemd.
func (r unitReading) file(path string) []unitfile.Assignment {
	key, known := r.keys[path]
	if !known {
		key = r.inStore(path)
		r.keys[path] = key
	}
	if key == "" {
		key = path
		r.stamps[path] = stampOf(path)
	}
	if known, ok := r.files[key]; ok {
		return known
	}
	read, ok := r.kept[key]
	if !ok || key == path {
		text, _ := readRegular(path)
		read = slices.Collect(unitfile.Assignments(string(text)))
	}
	r.files[key] = read
	return read
}

// inStore is the path in the store that a path leads to; empty: it leads
// elsewhere. (A folder of the store holds links into the store, or files of its
// own: to follow each from the root costs a dozen calls.)
func (r unitReading) inStore(path string) string {
	for _, folder := range r.all {
		below, inside := strings.CutPrefix(path, folder.path+"/")
		if !inside || !folder.fixed {
			continue
		}
		real := filepath.Join(folder.real, below)
		target, err := os.Readlink(real)
		switch {
		case errors.Is(err, unix.EINVAL): // it is no link
			return real
		case err == nil && strings.HasPrefix(target, store) && filepath.Clean(target) == target:
			return target
		}
	}
	if real, err := filepath.EvalSymlinks(path); err == nil && strings.HasPrefix(real, store) {
		return real
	}
	return ""
}

func (r unitReading) isMasked(fragment string) bool {
	masked, known := r.masked[fragment]
	if !known {
		masked = isMasked(fragment)
		r.masked[fragment] = masked
	}
	return masked
}

// isMasked reports whether a unit file is a link to /dev/null, or empty, which
// systemd takes for the same.
func isMasked(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	return info.Mode().IsRegular() && info.Size() == 0 || isNull(path)
}

func isNull(path string) bool {
	var st unix.Stat_t
	return unix.Stat(path, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFCHR && st.Rdev == unix.Mkdev(1, 3)
}

// hostSpecifiers are those of systemd.unit(5) that are the same for every
// system unit. Those about the unit's name stay, for [model.UnitSettings].
func hostSpecifiers() *strings.Replacer {
	pairs := []string{"%%", "%%", "%u", "root", "%U", "0", "%g", "root", "%G", "0", "%h", "/root", "%s", "/bin/sh",
		"%t", "/run", "%S", "/var/lib", "%C", "/var/cache", "%L", "/var/log", "%E", "/etc", "%T", "/tmp", "%V", "/var/tmp"}
	if name, err := os.Hostname(); err == nil {
		short, _, _ := strings.Cut(name, ".")
		pairs = append(pairs, "%H", name, "%l", short)
	}
	for specifier, path := range map[string]string{"%m": "/etc/machine-id", "%b": "/proc/sys/kernel/random/boot_id", "%v": "/proc/sys/kernel/osrelease"} {
		if text, err := os.ReadFile(path); err == nil {
			value := strings.TrimSpace(string(text))
			if specifier == "%b" {
				value = strings.ReplaceAll(value, "-", "")
			}
			pairs = append(pairs, specifier, value)
		}
	}
	return strings.NewReplacer(pairs...)
}
