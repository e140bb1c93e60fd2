package execute

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"microtui/backend/home"
	"microtui/backend/trash"
	"microtui/model"
)

// temporaryFolder holds a folder for each operation that builds: what a nix that
// is killed leaves of its builds would lie in /tmp else, where nobody can tell
// whose it is.
const temporaryFolder = home.Path + "/tmp"

func temporaryOf(id string) string { return filepath.Join(temporaryFolder, id) }

// makeTemporary makes the folder of an operation. Builders that are other users
// pass through it. Empty: it cannot be made, and nix does as usual.
func makeTemporary(id string) string {
	err := home.Make(home.Path)
	for _, path := range []string{temporaryFolder, temporaryOf(id)} {
		if err == nil {
			err = os.Mkdir(path, 0o711)
		}
		if err == nil || errors.Is(err, fs.ErrExist) {
			err = os.Chmod(path, 0o711) // whatever the umask
		}
	}
	if err != nil {
		slog.Warn("create build directory", "error", err)
		return ""
	}
	return temporaryOf(id)
}

// clearTemporary deletes the folder of an operation. What stays is swept when the
// next operation ends.
func clearTemporary(ctx context.Context, id string) {
	if err := trash.Clear(context.WithoutCancel(ctx), temporaryOf(id)); err != nil {
		slog.Warn("remove build directory", "error", err)
	}
	_ = os.Remove(temporaryFolder) // once it is empty
}

// sweepTemporary deletes the folders of operations that have ended.
func (x *Executor) sweepTemporary(ctx context.Context) {
	entries, _ := os.ReadDir(temporaryFolder)
	for _, entry := range entries {
		o, err := x.records.Read(entry.Name())
		if err == nil && !o.EndedAt.IsZero() || errors.Is(err, model.ErrUnknown) {
			clearTemporary(ctx, entry.Name())
		}
	}
}
