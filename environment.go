package main

import (
	"os"
	"strings"
)

// keptVariables are all that is left of the environment, with the reason.
// Everything else is dropped before anything reads it: the program mostly runs
// as root, through sudo, in a shell that is somebody else's. TEA_TRACE and
// TEA_DEBUG make the library beneath the screen write files, DBUS_* names
// another bus, and PAGER, LESS*, LD_*, GODEBUG, GIT_* and NIX_* reach into
// child processes.
var keptVariables = map[string]string{
	"XDG_CONFIG_HOME": "where the user's configuration is; another user's does not count",
	"HOME":            "see XDG_CONFIG_HOME; as root it does not count, and nix takes only the user's own",
	"TERM":            "what the terminal can do",
	"COLORTERM":       "whether it has all colours",
	"COLORFGBG":       "whether it is dark",
	"NO_COLOR":        "no-color.org",
	"LANG":            "whether the terminal shows UTF-8, as LC_ALL and LC_CTYPE",
	"LC_ALL":          "see LANG",
	"LC_CTYPE":        "see LANG",
	"TZ":              "how times are shown",
	"SUDO_USER":       "who is behind sudo, as that says",
	"SUDO_UID":        "see SUDO_USER",
	"SSH_CONNECTION":  "from where, as sshd says",
	"SSH_TTY":         "see SSH_CONNECTION",
	"SSH_AUTH_SOCK":   "keys for git over ssh, when nix builds",
	"http_proxy":      "the way out, for nix; as the following",
	"https_proxy":     "see http_proxy",
	"all_proxy":       "see http_proxy",
	"no_proxy":        "see http_proxy",
	"HTTP_PROXY":      "see http_proxy",
	"HTTPS_PROXY":     "see http_proxy",
	"ALL_PROXY":       "see http_proxy",
	"NO_PROXY":        "see http_proxy",
}

// fixedVariables are set whatever they were. Child processes are looked up
// where NixOS, and where others, keep the programs of root.
var fixedVariables = map[string]string{
	"PATH": "/run/wrappers/bin:/run/current-system/sw/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}

// keepEnvironment drops from the process's environment what is not kept and
// gives what is left.
func keepEnvironment(environment []string) []string {
	os.Clearenv()
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		if _, kept := keptVariables[name]; kept {
			_ = os.Setenv(name, value)
		}
	}
	for name, value := range fixedVariables {
		_ = os.Setenv(name, value)
	}
	return os.Environ()
}
