package execute

import (
	"context"
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

	"microtui/backend/filesystem"
	"microtui/backend/home"
	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/model"
)

// rememberFlake records that a VM was updated from the flake reference that a
// step rests on. What cannot be recorded is asked about again at the next
// update, and so is what was written in this moment.
func (x *Executor) rememberFlake(ctx context.Context, t operation.Task) {
	stateDir, err := filepath.EvalSymlinks(string(t.Plan.StateDir))
	seen, unseen := x.Inventory(ctx)
	err = errors.Join(err, unseen)
	if err == nil && slices.ContainsFunc(model.Differences(seen, t.Step), func(d model.Difference) bool { return d.Fact == model.FactFlake }) {
		return
	}
	if err == nil {
		entry := model.NewBuiltFrom(model.Raw(stateDir), t.VM(), seen.Flake(t.VM()), time.Now().UTC().Truncate(time.Second))
		err = home.RememberBuiltFrom(entry)
	}
	if err != nil {
		slog.Warn("remember flake reference", "vm", string(t.VM()), "error", err)
	}
}

// forgetFlake: what comes by that name later is another VM.
func forgetFlake(stateDir string, vm model.Raw) {
	if err := home.ForgetBuiltFrom(model.Raw(stateDir), vm); err != nil {
		slog.Warn("forget flake reference", "vm", string(vm), "error", err)
	}
}

// rememberSwitch records the link that a switch made. Without a record the VM,
// once it is declared no longer, is a suspect and no orphan.
func rememberSwitch(s nix.SwitchRequest) {
	link, err := linkOf(s)
	if err == nil {
		err = home.RememberSwitched(link)
	}
	if err != nil {
		slog.Warn("remember switch", "vm", string(s.VM), "error", err)
	}
}

// linkOf is the link `current` that a switch has made.
func linkOf(s nix.SwitchRequest) (model.Switched, error) {
	link := model.Switched{StateDir: model.Raw(s.StateDir), VM: s.VM, Runner: s.To}
	directory, err := openDirectory(filepath.Join(s.StateDir, string(s.VM)))
	if err != nil {
		return link, err
	}
	defer unix.Close(directory)
	if is, err := filesystem.StatFD(directory); err != nil || is.ID != s.Directory {
		return link, errors.Join(fmt.Errorf("%w: it was replaced by another directory", model.ErrStale), err)
	}
	before, err := filesystem.StatAt(directory, "current")
	if err != nil {
		return link, err
	}
	target, err := filesystem.ReadLinkAt(directory, "current")
	if err != nil {
		return link, err
	}
	now, err := filesystem.StatAt(directory, "current")
	if err != nil {
		return link, err
	}
	if model.Raw(target) != s.To || before.ID != now.ID || now.UID != 0 {
		return link, fmt.Errorf("%w: `current` was changed since", model.ErrStale)
	}
	link.Made, link.Rooted = now.Modified.UTC(), spokenFor(filepath.Join(s.StateDir, string(s.VM)))
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
