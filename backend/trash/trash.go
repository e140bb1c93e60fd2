// Package trash keeps directories of VMs that were purged: it moves them out of
// the state directory into a folder of root's, brings them back, and deletes
// them for good. And it keeps snapshots beside them: copies of volumes.
//
// Whoever is in group kvm can rename and replace what lies in the state
// directory, at any moment. So nothing here rests on a name: a directory is
// moved first, to where only root can touch it, and then looked at. It is the
// one that was meant, by device and inode, or it goes back. Everything is done
// by open directories; no link is followed and no mount crossed.
//
// It must not know what a VM is, whether one runs, who decided on its purge, or
// which operation is under way. It takes no locks: who calls it holds that of
// the VM.
package trash

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// The names that make up the trash.
//
//	RECORD/trash/ID/entry.json   the record of an entry
//	RECORD/trash/ID/state        the directory
//	RECORD/trash/ID/deleting     what is left of it once its deletion was begun
//
// Where a directory cannot be renamed to there, because that crosses a file
// system or a bind mount of one, it goes beside the others:
//
//	STATEDIR/.microtui-trash/ID/state
//	STATEDIR/.microtui-trash/ID/entry.json
//
// The record stands there as well as in the program's folder: that may be made
// anew at each boot, and the disk may come to another host. Where both are
// there, the one beside the directory wins; where it was written for a state
// directory of another path, its paths are those of the one it is found in.
//
// The globs of microvm.nix do not see a name that begins with a dot.
const (
	folderName   = "trash"
	besideName   = ".microtui-trash"
	stateName    = "state"
	deletingName = "deleting"
	recordName   = "entry.json"
)

// Paths says where things are. Both are absolute, and without symbolic links:
// one in them is refused.
type Paths struct {
	// Record is the program's folder, normally /var/lib/microtui: root's, mode
	// 0711 or closed to all others. It is made where it is not there.
	Record string
	// StateDir is the folder that holds the VMs' directories.
	StateDir string
}

// Trash is a trash. It holds nothing open, and may be used by several
// goroutines for different entries.
type Trash struct{ paths Paths }

// Open gives the trash at some paths. It touches nothing: folders are made and
// checked when they are used.
func Open(paths Paths) (Trash, error) {
	for _, path := range []string{paths.Record, paths.StateDir} {
		if !isClean(path) || path == "/" {
			return Trash{}, fmt.Errorf("open trash: %q is not an absolute path", path)
		}
	}
	return Trash{paths}, nil
}

func isClean(path string) bool {
	return filepath.IsAbs(path) && filepath.Clean(path) == path && !strings.ContainsRune(path, 0)
}

// isName reports whether something can be the name of a VM's directory.
func isName(name string) bool {
	return name != "" && name != "." && name != ".." && name != besideName && name != snapshotsName &&
		len(name) <= unix.NAME_MAX && !strings.ContainsAny(name, "/\x00")
}

// isID reports whether something can be the id of an entry: that of an
// operation, and the number of the item.
func isID(id string) bool {
	operation, item, ok := strings.Cut(id, ".")
	return ok && model.ValidOperationID(operation) &&
		item != "" && len(item) <= 9 && strings.Trim(item, "0123456789") == ""
}

// refusef says why something is not done.
func refusef(format string, args ...any) error {
	return fmt.Errorf("%w: %w", model.ErrRefused, fmt.Errorf(format, args...))
}

// stalef says what is not any more as it was when it was decided on.
func stalef(format string, args ...any) error {
	return fmt.Errorf("%w: %w", model.ErrStale, fmt.Errorf(format, args...))
}

// joined is several errors as one, on one line; those that are nil are left
// out.
func joined(errs ...error) error {
	var all error
	for _, err := range errs {
		switch {
		case err == nil:
		case all == nil:
			all = err
		default:
			all = fmt.Errorf("%w; %w", all, err)
		}
	}
	return all
}

// isAbsent: there is nothing of that name.
func isAbsent(err error) bool { return errors.Is(err, unix.ENOENT) }
