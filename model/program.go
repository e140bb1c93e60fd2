package model

import "strings"

// ProgramName names the program of a process as people know it: see [ProgramName].
func (p *Process) ProgramName() Raw { return ProgramName(p.Comm, p.Argv0) }

// ProgramName is the name of a program, from /proc/PID/comm, which is the first
// 15 bytes of its file's name, and its argument 0. In NixOS a wrapped program
// is .qemu-system-x86_64-wrapped, and a script may have no other name than its
// path in the store, of which 15 bytes are half a hash.
func ProgramName(comm, argv0 Raw) Raw {
	const cut = 15
	name := string(comm)
	given := withoutHash(string(argv0[strings.LastIndexByte(string(argv0), '/')+1:]))
	inner, wrapped := strings.CutPrefix(name, ".")
	if wrapped && strings.HasPrefix(given, inner) {
		return Raw(given)
	}
	if wrapped && len(name) == cut {
		return Raw(unwrapped(inner))
	}
	if isHashPart(name) && len(name) == cut && given != "" {
		return Raw(given)
	}
	return Raw(withoutHash(name))
}

// unwrapped takes -wrapped off a name, or as much of it as the kernel kept.
func unwrapped(name string) string {
	for suffix := "-wrapped"; suffix != ""; suffix = suffix[:len(suffix)-1] {
		if stem, found := strings.CutSuffix(name, suffix); found {
			return stem
		}
	}
	return name
}

// storeHash is the length of the hash in a path of the store.
const storeHash = 32

// withoutHash takes the hash off the name of something in the store.
func withoutHash(name string) string {
	if len(name) > storeHash+1 && name[storeHash] == '-' && isHashPart(name[:storeHash]) {
		return name[storeHash+1:]
	}
	return name
}

// isHashPart: nix writes hashes in digits and letters, without e, o, t and u.
func isHashPart(text string) bool {
	return text != "" && strings.Trim(text, "0123456789abcdfghijklmnpqrsvwxyz") == "" && strings.ContainsAny(text, "0123456789")
}
