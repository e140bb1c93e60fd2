package nix

import (
	"maps"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// variables are what nix gets of the caller's environment, each with what its
// value has to be. Whatever else `microvm -u` would hand down (NIX_*, GIT_*,
// XDG_*, LD_*, TMPDIR and the like) names programs to run or settings to obey:
// those are root's own to make, in /etc/nix and in root's home.
var variables = map[string]func(value string) bool{
	"HOME":          isHome,      // settings and access tokens of nix, .netrc, .ssh, .gitconfig
	"SSH_AUTH_SOCK": isSocket,    // the keys of whoever asks, for git over ssh
	"SUDO_UID":      isNumber,    // git reads repositories of the user behind sudo
	"http_proxy":    isPrintable, // the way out
	"https_proxy":   isPrintable,
	"all_proxy":     isPrintable,
	"no_proxy":      isPrintable,
	"HTTP_PROXY":    isPrintable,
	"HTTPS_PROXY":   isPrintable,
	"ALL_PROXY":     isPrintable,
	"NO_PROXY":      isPrintable,
}

// Variables are the names of what [BuildRequest] takes of an environment: a
// program that cleans its own keeps these for nix.
func Variables() []string { return slices.Sorted(maps.Keys(variables)) }

// environment is that of a nix for a caller's. Nothing in it asks anybody
// anything: there is no terminal.
func environment(nix string, caller []string) []string {
	home := ownHome()
	all := []string{
		"PATH=" + searchPath(nix), "LC_ALL=C.UTF-8", "NO_COLOR=1",
		"GIT_TERMINAL_PROMPT=0", "SSH_ASKPASS_REQUIRE=never",
	}
	for _, entry := range caller {
		name, value, _ := strings.Cut(entry, "=")
		is, known := variables[name]
		switch {
		case !known || !is(value):
		case name == "HOME":
			home = value
		default:
			all = append(all, entry)
		}
	}
	return append(all, "HOME="+home)
}

// isHome reports whether a folder is this user's own: under sudo HOME can be
// that of another user, whose settings nix would then take.
func isHome(path string) bool {
	var status unix.Stat_t
	return filepath.IsAbs(path) && isPrintable(path) && unix.Stat(path, &status) == nil &&
		status.Mode&unix.S_IFMT == unix.S_IFDIR && int(status.Uid) == unix.Geteuid() && status.Mode&0o022 == 0
}

func ownHome() string {
	self, err := user.LookupId(strconv.Itoa(unix.Geteuid()))
	if err != nil {
		return "/var/empty"
	}
	return self.HomeDir
}

func isSocket(path string) bool {
	var status unix.Stat_t
	return filepath.IsAbs(path) && isPrintable(path) && unix.Stat(path, &status) == nil &&
		status.Mode&unix.S_IFMT == unix.S_IFSOCK
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 32)
	return err == nil
}

func isPrintable(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}
