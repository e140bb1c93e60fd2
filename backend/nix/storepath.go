package nix

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

const storeDir = "/nix/store/"

var storeName = regexp.MustCompile(`^[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+._?=-]{1,211}$`)

// isStorePath reports whether a text is the path of something in the store,
// itself: nothing below it, nothing beside it.
func isStorePath(path model.Raw) bool {
	name, found := strings.CutPrefix(string(path), storeDir)
	return found && storeName.MatchString(name)
}

// storeHash is the hash in a store path: two paths never share it.
func storeHash(path model.Raw) string { return string(path)[len(storeDir):][:32] }

// nameInStore is what a store path is called, without hash, and without .drv.
func nameInStore(path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if storeName.MatchString(name) {
		name = name[33:]
	}
	return strings.TrimSuffix(name, ".drv")
}

func isThere(path model.Raw) bool {
	_, err := os.Lstat(string(path))
	return err == nil
}

// checkRunner makes sure that a path can be a VM's runner: in the store, from
// where the host runs its scripts as root, and with the script that
// microvm@.service looks for.
func checkRunner(path model.Raw) error {
	if !isStorePath(path) {
		return fmt.Errorf("%s is not a path in the Nix store", path)
	}
	var status unix.Stat_t
	if err := unix.Lstat(string(path), &status); err != nil {
		return fmt.Errorf("stat %s: %w", path, err)
	}
	if status.Mode&unix.S_IFMT != unix.S_IFDIR || status.Uid != 0 || status.Mode&0o022 != 0 {
		return fmt.Errorf("%s is not a directory that only root can change", path)
	}
	if info, err := os.Stat(string(path) + "/bin/microvm-run"); err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return fmt.Errorf("%s has no bin/microvm-run: it is not a microvm.nix runner", path)
	}
	return nil
}
