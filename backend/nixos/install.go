package nixos

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"microtui/backend/unitfile"
	"microtui/model"
)

// install is what an install-microvm-NAME.service does. Only its content
// tells a VM from one of microvm.nix's proposed templates.
type install struct {
	model.Declaration
	ofTemplate bool
	conditions []string // its ConditionPathExists= lines
}

// readInstall reads an install unit and its script. What cannot be understood
// stays empty: the unit declares its VM all the same.
func (r *Reader) readInstall(folder, name string) install {
	path := filepath.Join(folder, name)
	if link, err := os.Readlink(path); err == nil && filepath.IsAbs(link) {
		path = link
	}
	found, _ := r.installs.get(path, func() (install, error) {
		text, err := readFile(path, maxUnit, 0)
		if err != nil {
			return install{}, err
		}
		found, script := parseInstallUnit(string(text))
		if script == "" {
			return found, nil
		}
		// The script's last component is no link in a unit of NixOS.
		text, err = readFile(script, maxScript, syscall.O_NOFOLLOW)
		parseInstallScript(string(text), &found)
		return found, err
	})
	return found
}

// skippedIfPresent: flake VMs with updateFlake are installed only while their
// directory is missing (before 2025-10-10 all flake VMs).
func (i install) skippedIfPresent(vm model.Raw) bool {
	for _, condition := range i.conditions {
		if dir, negated := strings.CutPrefix(condition, "!"); negated && filepath.Base(dir) == string(vm) {
			return true
		}
	}
	return false
}

// parseInstallUnit finds a unit's conditions, and the script that it runs.
func parseInstallUnit(text string) (found install, script string) {
	for s := range unitfile.Assignments(text) {
		switch {
		case s.Section == "Unit" && s.Key == "ConditionPathExists":
			found.conditions = append(found.conditions, s.Value)
		case s.Section == "Service" && s.Key == "ExecStart":
			// Prefixes of systemd.service(5) stand before the path.
			command := unitfile.Words(strings.TrimLeft(s.Value, "@-:+!|"))
			if len(command) > 0 && filepath.IsAbs(command[0]) {
				script = command[0]
			}
		}
	}
	return found, script
}

// parseInstallScript finds in a script of microvm.nix what it installs:
//
//	cd STATEDIR/NAME
//	ln -sTf RUNNER current
//	ln -sTf TOPLEVEL toplevel
//	echo 'FLAKE' > flake
func parseInstallScript(text string, found *install) {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		words := strings.Fields(line)
		switch {
		case len(words) == 2 && words[0] == "cd":
			found.ofTemplate = found.ofTemplate || strings.Contains(words[1]+"/", "/.templates/")
		case len(words) == 4 && words[0] == "ln" && filepath.IsAbs(words[2]):
			switch words[3] {
			case "current":
				found.Runner = model.Raw(words[2])
			case "toplevel":
				found.Toplevel = model.Raw(words[2])
			}
		case strings.HasPrefix(line, "echo '"):
			if ref, ok := strings.CutSuffix(strings.TrimPrefix(line, "echo '"), "' > flake"); ok {
				found.Flake = model.Raw(ref)
			}
		}
	}
}
