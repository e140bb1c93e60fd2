package nix

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"microtui/model"
)

// Owner is what a path is kept for.
type Owner string

// OfVM is for what `current`, `old` and `booted` of a VM of the usual state
// directory name; [Owner.In] gives that of another one.
func OfVM(vm model.Raw) Owner { return ofVM + "." + Owner(vm) }

const (
	ofVM = "vm"
	// usualStateDir is microvm.stateDir's default.
	usualStateDir = "/var/lib/microvms"
)

// In is the owner for a VM of the same name in a state directory, given by its
// real path: two can have a VM each of one name, and what is done about the
// one must not take the roots of the other.
func (o Owner) In(stateDir string) Owner {
	vm, found := strings.CutPrefix(string(o), ofVM+".")
	if !found || stateDir == usualStateDir {
		return o
	}
	sum := sha256.Sum256([]byte(stateDir))
	return Owner(fmt.Sprintf("%s-%x.%s", ofVM, sum[:stateDirSum], vm))
}

// stateDirSum is how many bytes of a checksum stand for a state directory.
const stateDirSum = 6

// OfTrash is for the runners of an entry in the trash.
func OfTrash(entry string) Owner { return "trash." + Owner(entry) }

// OfBuild is for what an operation built for a VM.
func OfBuild(operation string, vm model.Raw) Owner {
	return Owner("build." + operation + "." + string(vm))
}

// Parts takes an owner apart: its kind, "vm", "trash" or "build", and the VM,
// the entry, or the operation with the VM. Which state directory a VM is in
// only [Owner.In] tells.
func (o Owner) Parts() (kind, of string) {
	kind, of, _ = strings.Cut(string(o), ".")
	if before, in, _ := strings.Cut(kind, "-"); before == ofVM && isStateDirSum(in) {
		kind = before
	}
	return kind, of
}

func isStateDirSum(text string) bool {
	return len(text) == 2*stateDirSum && strings.Trim(text, "0123456789abcdef") == ""
}

// result is the end of the name of the link that nix itself makes, before it
// is known what it will build.
const result = ".result"

func (o Owner) check() error {
	_, _, found := strings.Cut(string(o), ".")
	kind, rest := o.Parts()
	isPart := func(c rune) bool { return c < 0x80 && strings.ContainsRune("._-", c) || isLetterOrDigit(c) }
	if !found || !slices.Contains([]string{"vm", "trash", "build"}, kind) || rest == "" || len(o) > 200 ||
		strings.ContainsFunc(rest, func(c rune) bool { return !isPart(c) }) {
		return fmt.Errorf("%w: %q cannot own a gcroot", model.ErrRefused, string(o))
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

// beingMade is a name under which nix makes a link before it renames it:
// "NAME.tmp-PID-RANDOM" (makeSymlink), or ".N_NAME" (replaceSymlink). Where nix
// is killed in between, that stays.
var beingMade = regexp.MustCompile(`^(?:(.*)\.tmp-[0-9]+-[0-9]+|\.[0-9]+_(.*))$`)

// unfinished is the name that nix would have given a link at last.
func unfinished(name string) string {
	if parts := beingMade.FindStringSubmatch(name); parts != nil {
		return parts[1] + parts[2]
	}
	return name
}
