package systemd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"microtui/backend/filesystem"
	"microtui/backend/unitfile"
	"microtui/model"
)

// unitPath is where systemd looks for unit files, the first place winning:
// systemd.unit(5), "System Unit Search Path", and the two that NixOS adds.
var unitPath = []string{
	"/etc/systemd/system.control",
	"/run/systemd/system.control",
	"/run/systemd/transient",
	"/run/systemd/generator.early",
	"/etc/systemd/system",
	"/etc/systemd-mutable/system",
	"/nix/var/nix/profiles/default/lib/systemd/system",
	"/etc/systemd/system.attached",
	"/run/systemd/system",
	"/run/systemd/system.attached",
	"/run/systemd/generator",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
	"/run/systemd/generator.late",
}

// maxUnitFile is more than any unit file needs.
const maxUnitFile = 1 << 20

// ReadTemplate reads the live microvm@.service from its unit file, and from
// those beside it how old the host's microvm.nix is. Not over the bus: systemd
// tells nothing of a template of which no instance is loaded, and asking for
// one loads an instance. It is nil, without an error, where there is no such
// file or it is masked.
func ReadTemplate() (*model.Template, error) { return readTemplate(unitPath) }

func readTemplate(folders []string) (*model.Template, error) {
	fragment, text, err := readUnitFile(folders, model.UnitName(model.RoleVM, ""))
	if err != nil || len(text) == 0 {
		return nil, err
	}
	settings := parseUnitFile(text)
	t := &model.Template{
		Fragment:  model.Raw(fragment),
		Plain:     isPlain(fragment),
		StateDir:  stateDir(settings),
		Registers: bytes.Contains(text, []byte("microvm-register")),
	}
	_, setBooted, err := readUnitFile(folders, model.UnitName(model.RoleSetBooted, ""))
	if err != nil {
		return t, err
	}
	t.SetBooted = len(setBooted) > 0
	_, tap, err := readUnitFile(folders, model.UnitName(model.RoleTap, ""))
	if err != nil {
		return t, err
	}
	for _, command := range parseUnitFile(tap)["ExecStart"] {
		t.RunnerScripts = t.RunnerScripts || strings.HasSuffix(command, "/current/bin/tap-up")
	}
	return t, nil
}

// readUnitFile gives the file that systemd would read for a unit. A masked
// one (a link to /dev/null, or an empty file) gives no text.
func readUnitFile(folders []string, unit model.Raw) (path string, text []byte, err error) {
	for _, folder := range folders {
		path := filepath.Join(folder, string(unit))
		text, err := readRegular(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", nil, fmt.Errorf("read unit file %s: %w", unit, err)
		}
		return path, text, nil
	}
	return "", nil, nil
}

// readRegular reads a file without waiting for anything: no text for what is
// no regular file.
func readRegular(path string) ([]byte, error) {
	text, err := filesystem.ReadRegular(path, maxUnitFile, 0)
	if errors.Is(err, filesystem.ErrNotRegular) {
		return nil, nil
	}
	return text, err
}

// isPlain reports whether a unit file is one of the machine: on NixOS the
// folder, or at least the file, is a link into the store.
func isPlain(fragment string) bool {
	real, err := filepath.EvalSymlinks(fragment)
	return err == nil && !strings.HasPrefix(real, "/nix/store/")
}

// parseUnitFile gives the settings of a unit file, of all sections together,
// in their order. An empty value resets a list, as in systemd.
func parseUnitFile(text []byte) map[string][]string {
	settings := make(map[string][]string)
	for a := range unitfile.Assignments(string(text)) {
		if a.Value == "" {
			delete(settings, a.Key)
			continue
		}
		settings[a.Key] = append(settings[a.Key], a.Value)
	}
	return settings
}

// stateDir is what stands before the instance in the working directory, else
// in the condition.
func stateDir(settings map[string][]string) model.Raw {
	for _, key := range []string{"WorkingDirectory", "ConditionPathExists"} {
		for _, value := range settings[key] {
			folder, _, found := strings.Cut(strings.TrimLeft(value, "-|!"), "/%i")
			if found && strings.HasPrefix(folder, "/") {
				return model.Raw(strings.ReplaceAll(folder, "%%", "%"))
			}
		}
	}
	return ""
}
