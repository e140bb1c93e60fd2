package nix

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// places are where programs of root are on NixOS, with a nix that was
// installed for all users, and elsewhere.
var places = []string{
	"/run/wrappers/bin", "/run/current-system/sw/bin", "/nix/var/nix/profiles/default/bin",
	"/usr/sbin", "/usr/bin", "/sbin", "/bin",
}

// found is the program of this host, with what it remembers.
var found struct {
	sync.Mutex
	program *Program
}

// Find finds nix where a host has it, and after that in PATH. Only a program
// that nobody but root can change is taken. It gives the same one each time, as
// long as that is there.
func Find() (*Program, error) {
	path := find("nix", slices.Concat(places, filepath.SplitList(os.Getenv("PATH"))))
	found.Lock()
	defer found.Unlock()
	switch {
	case path != "" && found.program != nil && found.program.path == path:
		return found.program, nil
	case path != "":
		found.program = newProgram(path)
		return found.program, nil
	}
	return nil, errors.New("find nix: neither in /run/current-system/sw/bin nor in a root-owned directory in PATH; add nix to the system's packages")
}

func find(name string, dirs []string) string {
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		if filepath.IsAbs(dir) && isTrusted(dir) && isTrusted(path) && unix.Access(path, unix.X_OK) == nil {
			return path
		}
	}
	return ""
}

// isTrusted reports whether only root decides what is at a path.
func isTrusted(path string) bool {
	var status unix.Stat_t
	err := unix.Stat(path, &status)
	return err == nil && status.Uid == 0 && status.Mode&0o022 == 0
}

// searchPath is PATH for nix: it starts git and ssh by name. A host need not
// have git among its packages; the microvm command brings one along, and
// updates from a Git repository work with that.
func searchPath(nix string) string {
	dirs := append([]string{filepath.Dir(nix)}, places...)
	if find("git", dirs) == "" {
		dirs = append(dirs, broughtAlong(find("microvm", places))...)
	}
	return strings.Join(dirs, ":")
}

// broughtAlong are the folders of the store that the microvm command puts
// before PATH (pkgs/microvm-command.nix: git, jq, nix, openssh).
func broughtAlong(command string) []string {
	script, err := os.Open(command)
	if err != nil {
		return nil
	}
	defer script.Close()
	for lines := bufio.NewScanner(script); lines.Scan(); {
		list, found := strings.CutPrefix(strings.TrimSpace(lines.Text()), "PATH=")
		if !found {
			continue
		}
		var dirs []string
		for _, dir := range strings.Split(list, ":") {
			if strings.HasPrefix(dir, storeDir) && isTrusted(dir) {
				dirs = append(dirs, dir)
			}
		}
		return dirs
	}
	return nil
}
