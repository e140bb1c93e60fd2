package nixos

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"microtui/backend/unitfile"
	"microtui/model"
)

// units is what a folder of unit files says about VMs.
type units struct {
	hostModule bool // has microvm@.service
	declared   []model.Declaration
	autostart  []model.Raw
	netdevs    []model.Netdev // NAME-netdev.service of scripted networking
}

func (u units) fill(system *model.System) {
	system.HostModule, system.Declared, system.Autostart = u.hostModule, u.declared, u.autostart
}

const (
	template = "microvm@.service"
	target   = "microvms.target"
)

// unitsIn reads a folder of unit files, which may be a link into the store.
func (r *Reader) unitsIn(folder string) (units, error) {
	real, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return units{}, err
	}
	return r.units.get(real, func() (units, error) { return r.readUnits(real) })
}

func (r *Reader) readUnits(folder string) (units, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return units{}, err
	}
	var found units
	for _, entry := range entries {
		name := entry.Name()
		if name == template {
			found.hostModule = true
			continue
		}
		if device, ok := strings.CutSuffix(name, "-netdev.service"); ok && device != "" {
			found.netdevs = append(found.netdevs, model.Netdev{Name: model.Raw(device), By: model.Raw(name)})
		}
		role, vm, ok := model.ParseUnitName(model.Raw(name))
		if !ok || role != model.RoleInstall {
			continue
		}
		if install := r.readInstall(folder, name); !install.ofTemplate {
			install.Name = vm
			install.Once = install.skippedIfPresent(vm)
			found.declared = append(found.declared, install.Declaration)
		}
	}
	found.autostart = readAutostart(folder)
	return found, nil
}

// readAutostart lists the VMs that microvms.target starts: microvm.autostart
// is its Wants= line, other ways to want a VM are links.
func readAutostart(folder string) []model.Raw {
	files := []string{filepath.Join(folder, target)}
	dropIns := filepath.Join(folder, target+".d")
	for _, name := range namesIn(dropIns) {
		if strings.HasSuffix(name, ".conf") {
			files = append(files, filepath.Join(dropIns, name))
		}
	}
	var wanted []string
	for _, file := range files {
		text, err := readFile(file, maxUnit, 0)
		if err != nil {
			continue
		}
		for s := range unitfile.Assignments(string(text)) {
			if s.Section == "Unit" && (s.Key == "Wants" || s.Key == "Requires" || s.Key == "Upholds") {
				wanted = append(wanted, strings.Fields(s.Value)...)
			}
		}
	}
	for _, suffix := range []string{".wants", ".requires", ".upholds"} {
		wanted = append(wanted, namesIn(filepath.Join(folder, target+suffix))...)
	}
	return instances(wanted)
}

func instances(unitNames []string) []model.Raw {
	var names []model.Raw
	for _, unit := range unitNames {
		role, vm, ok := model.ParseUnitName(model.Raw(strings.Trim(unit, `"'`)))
		if ok && role == model.RoleVM {
			names = append(names, vm)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func namesIn(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}
