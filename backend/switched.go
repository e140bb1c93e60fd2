package backend

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/nix"
	"microtui/model"
)

const (
	// switchedFile lists the links `current` that updates and rollbacks made.
	switchedFile   = "/var/lib/microtui/switched.json"
	switchedSchema = 1
	// switchedMode lets everybody read it: verdicts rest on it.
	switchedMode = 0o644
)

type switchedList struct {
	Schema   int              `json:"schema"`
	Switched []model.Switched `json:"switched"`
}

// readSwitched reads which links are ours. What cannot be read is no fault for
// those who may not: it only ever proves something.
func readSwitched(path string) ([]model.Switched, error) {
	text, err := readOwn(path)
	if errors.Is(err, fs.ErrPermission) || err == nil && text == nil {
		return nil, nil
	}
	var list switchedList
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err == nil && list.Schema != switchedSchema {
		err = fmt.Errorf("schema %d, known is %d", list.Schema, switchedSchema)
	}
	if err != nil {
		return nil, fmt.Errorf("read what VMs were switched to: %s: %w", path, err)
	}
	return list.Switched, nil
}

// rememberSwitch records the link that a switch made. Without a record the VM,
// once it is declared no longer, is a suspect and no orphan.
func rememberSwitch(s nix.SwitchRequest) {
	err := recordSwitch(switchedFile, s)
	if err != nil {
		slog.Warn("remember switch", "vm", string(s.VM), "error", err)
	}
}

func recordSwitch(path string, s nix.SwitchRequest) error {
	link, err := linkOf(s)
	if err != nil {
		return err
	}
	folder, err := lockOwn()
	if err != nil {
		return err
	}
	defer folder.Close()
	list, err := readSwitched(path)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(b model.Switched) bool { return b.VM == link.VM && b.StateDir == link.StateDir })
	text, err := json.MarshalIndent(switchedList{switchedSchema, append(list, link)}, "", "\t")
	if err == nil {
		err = writeOwn(path, switchedMode, bytes.NewReader(append(text, '\n')))
	}
	if err != nil {
		return err
	}
	return folder.Sync()
}

// linkOf is the link `current` that a switch has made.
func linkOf(s nix.SwitchRequest) (model.Switched, error) {
	link := model.Switched{StateDir: model.Raw(s.StateDir), VM: s.VM, Runner: s.To}
	directory, err := openDirectory(filepath.Join(s.StateDir, string(s.VM)))
	if err != nil {
		return link, err
	}
	defer unix.Close(directory)
	if id, err := idOf(directory); err != nil || id != s.Directory {
		return link, errors.Join(fmt.Errorf("%w: another directory took its place", model.ErrStale), err)
	}
	var before, status unix.Stat_t
	if err := unix.Fstatat(directory, "current", &before, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return link, err
	}
	target, err := readLinkAt(directory, "current")
	if err != nil {
		return link, err
	}
	if err := unix.Fstatat(directory, "current", &status, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return link, err
	}
	if target != s.To || before.Ino != status.Ino || status.Uid != 0 {
		return link, fmt.Errorf("%w: somebody has set `current` since", model.ErrStale)
	}
	link.Made, link.Rooted = time.Unix(status.Mtim.Unix()).UTC(), spokenFor(filepath.Join(s.StateDir, string(s.VM)))
	return link, nil
}

// microvmRoots holds the gcroot links of microvm -c and of deployments.
const microvmRoots = "/nix/var/nix/gcroots/microvm"

// spokenFor reports whether gcroot links lead into a VM's directory, as those of
// microvm -c and of a deployment do; where they cannot be looked at, they may.
func spokenFor(directory string) bool {
	links, err := os.ReadDir(microvmRoots)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	return slices.ContainsFunc(links, func(link fs.DirEntry) bool {
		target, err := os.Readlink(filepath.Join(microvmRoots, link.Name()))
		return err == nil && strings.HasPrefix(target, directory+"/")
	})
}
