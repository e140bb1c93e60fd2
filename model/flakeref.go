package model

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"microtui/model/text"
)

// maxFlakeRef is the longest flake reference that is built from, in bytes.
const maxFlakeRef = 1 << 10

// localTypes are the types of flake references that name a path of this
// machine (nix flake, "Types").
var localTypes = []string{"path:", "file:", "git+file:", "hg+file:", "tarball+file:", "file+file:"}

// FlakeFault says why a flake reference that was read from a VM's directory,
// where others can write, is not given to nix, which runs as root; empty: it
// may be. It is one that `microvm -u` could build from: an address, without
// what is to be built of it.
func FlakeFault(ref Raw) Raw {
	switch s := string(ref); {
	case s == "":
		return "it is empty"
	case len(s) > maxFlakeRef:
		return rawf("it is longer than %d bytes", maxFlakeRef)
	case strings.HasPrefix(s, "-"):
		return "it begins with a dash, like an option"
	case !utf8.ValidString(s) || strings.ContainsFunc(s, text.IsDangerous):
		return "it contains control characters, or more than one line"
	case strings.TrimSpace(s) != s:
		return "it begins or ends with a space"
	case strings.Contains(s, "#"):
		return "it names an attribute (#), not just a flake"
	case strings.Contains(s, "^"):
		return "it names an output (^), not just a flake"
	case isRelative(s):
		return "it is a relative path"
	}
	return ""
}

// isRelative reports whether a reference means something else in each
// directory.
func isRelative(ref string) bool {
	if strings.HasPrefix(ref, ".") || strings.HasPrefix(ref, "?") {
		return true
	}
	return slices.ContainsFunc(localTypes, func(local string) bool {
		rest, ok := strings.CutPrefix(ref, local)
		return ok && !strings.HasPrefix(rest, "/")
	})
}

// AbsoluteFlake is a reference that somebody gave in a directory, as it means
// the same in every other one.
func AbsoluteFlake(ref, directory Raw) Raw {
	address, query, hasQuery := strings.Cut(string(ref), "?")
	kind := ""
	for _, local := range localTypes {
		if rest, ok := strings.CutPrefix(address, local); ok {
			kind, address = local, rest
		}
	}
	if address == "" || strings.HasPrefix(address, "/") || kind == "" && !strings.HasPrefix(address, ".") {
		return ref
	}
	absolute := kind + path.Join(string(directory), address)
	if hasQuery {
		absolute += "?" + query
	}
	return Raw(absolute)
}

// CopiesPath reports whether nix, to evaluate a reference, copies what is at a
// path of this machine into the store, where everybody can read it, whether
// there is a flake or not. (Of a Git or Mercurial repository it copies only
// what that tracks.)
func CopiesPath(ref Raw) bool {
	s := string(ref)
	if strings.HasPrefix(s, "git+") || strings.HasPrefix(s, "hg+") {
		return false
	}
	return strings.HasPrefix(s, "/") || slices.ContainsFunc(localTypes, func(local string) bool { return strings.HasPrefix(s, local) })
}

// isFrozen reports whether a flake reference is a path in the store, which
// never changes.
func isFrozen(ref Raw) bool {
	return strings.HasPrefix(strings.TrimPrefix(string(ref), "path:"), "/nix/store/")
}

// plainParameters are the parameters of flake references whose values are no
// secrets (nix flake, "Types").
var plainParameters = []string{
	"allRefs", "branch", "dir", "exportIgnore", "host", "lastModified", "lfs", "name", "narHash", "ref", "rev",
	"revCount", "shallow", "submodules", "tag", "treeHash", "verifyCommit",
}

// masked stands for what is not shown.
const masked = "***"

// MaskedFlake is a flake reference as it can be shown: who it is asked as, and
// the values of parameters that are not known to be harmless, are masked.
func MaskedFlake(ref Raw) Raw {
	address, query, hasQuery := strings.Cut(string(ref), "?")
	shown := maskUser(address)
	if hasQuery {
		shown += "?" + maskParameters(query)
	}
	return Raw(shown)
}

// maskUser masks who a URL is asked as. Of ssh only the password: its user's
// name is no secret, and mostly git.
func maskUser(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	authority, _, _ := strings.Cut(rest, "/")
	end := strings.LastIndex(authority, "@")
	if _, port, found := strings.Cut(authority, ":"); end < 0 && found && !isPort(port) && !strings.HasPrefix(authority, "[") {
		end = strings.LastIndex(rest, "@") // a password with a slash in it
	}
	if end < 0 {
		return address
	}
	user, _, hasPassword := strings.Cut(rest[:end], ":")
	switch {
	case !strings.HasSuffix(scheme, "ssh"):
		return scheme + "://" + masked + rest[end:]
	case hasPassword:
		return scheme + "://" + user + ":" + masked + rest[end:]
	}
	return address
}

func isPort(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

func maskParameters(query string) string {
	parameters := strings.Split(query, "&")
	for at, parameter := range parameters {
		name, value, _ := strings.Cut(parameter, "=")
		if value != "" && !slices.Contains(plainParameters, name) {
			parameters[at] = name + "=" + masked
		}
	}
	return strings.Join(parameters, "&")
}

// MaskCredentials masks the flake references and URLs in a text, such as what
// nix says.
func MaskCredentials(s Raw) Raw {
	var shown strings.Builder
	rest := string(s)
	for rest != "" {
		end := strings.IndexAny(rest, " \t\r\n\"'`<>")
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		if strings.ContainsAny(word, ":/") {
			word = string(MaskedFlake(Raw(word)))
		}
		shown.WriteString(word)
		rest = rest[end:]
		if rest != "" {
			shown.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	return Raw(shown.String())
}
