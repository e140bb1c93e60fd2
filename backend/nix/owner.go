package nix

import (
	"fmt"
	"slices"
	"strings"

	"microtui/model"
)

// Owner is what a path is kept for.
type Owner string

// OfVM is for what a VM's `current`, `old` and `booted` name.
func OfVM(vm model.Raw) Owner { return "vm." + Owner(vm) }

// OfTrash is for the runners of an entry in the trash.
func OfTrash(entry string) Owner { return "trash." + Owner(entry) }

// OfBuild is for what an operation built for a VM.
func OfBuild(operation string, vm model.Raw) Owner {
	return Owner("build." + operation + "." + string(vm))
}

// Parts takes an owner apart: its kind, "vm", "trash" or "build", and the VM,
// the entry, or the operation with the VM.
func (o Owner) Parts() (kind, of string) {
	kind, of, _ = strings.Cut(string(o), ".")
	return kind, of
}

// result is the end of the name of the link that nix itself makes, before it
// is known what it will build.
const result = ".result"

func (o Owner) check() error {
	kind, rest, found := strings.Cut(string(o), ".")
	isPart := func(c rune) bool { return c < 0x80 && strings.ContainsRune("._-", c) || isLetterOrDigit(c) }
	if !found || !slices.Contains([]string{"vm", "trash", "build"}, kind) || rest == "" || len(o) > 200 ||
		strings.ContainsFunc(rest, func(c rune) bool { return !isPart(c) }) {
		return fmt.Errorf("%w: %q cannot own a garbage collector root", model.ErrRefused, string(o))
	}
	return nil
}

func isLetterOrDigit(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// ownerOf takes a link's name apart; false: it is none of ours.
func ownerOf(name string) (Owner, bool) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 || name[at:] != result && len(name)-at-1 != 32 {
		return "", false
	}
	owner := Owner(name[:at])
	return owner, owner.check() == nil
}

// unfinished is the name that nix, which makes a link as ".N_NAME" and renames
// it, would have given at last.
func unfinished(name string) string {
	number, rest, found := strings.Cut(strings.TrimPrefix(name, "."), "_")
	if !found || name[0] != '.' || strings.Trim(number, "0123456789") != "" {
		return name
	}
	return rest
}
