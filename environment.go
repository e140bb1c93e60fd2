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
	"XDG_CONFIG_HOME":   "where the configuration is; ignored if it belongs to another user",
	"HOME":              "see XDG_CONFIG_HOME; ignored as root, and Nix accepts only the user's own",
	"TERM":              "the terminal's capabilities",
	"COLORTERM":         "whether it has true colour",
	"COLORFGBG":         "whether its background is dark",
	"NO_COLOR":          "no-color.org",
	"LANG":              "whether the terminal shows UTF-8, as LC_ALL and LC_CTYPE",
	"LC_ALL":            "see LANG",
	"LC_CTYPE":          "see LANG",
	"TZ":                "the time zone of displayed times",
	"SOURCE_DATE_EPOCH": "the date of the manual page, so that two builds of it are the same",
	"SUDO_USER":         "who ran sudo, according to sudo",
	"SUDO_UID":          "see SUDO_USER",
	"SSH_CONNECTION":    "where the user connects from, according to sshd",
	"SSH_TTY":           "see SSH_CONNECTION",
	"SSH_AUTH_SOCK":     "keys for git over ssh when Nix builds",
	"http_proxy":        "proxy settings for Nix, like the following",
	"https_proxy":       "see http_proxy",
	"all_proxy":         "see http_proxy",
	"no_proxy":          "see http_proxy",
	"HTTP_PROXY":        "see http_proxy",
	"HTTPS_PROXY":       "see http_proxy",
	"ALL_PROXY":         "see http_proxy",
	"NO_PROXY":          "see http_proxy",
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
