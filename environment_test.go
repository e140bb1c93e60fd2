package main

import (
	"maps"
	"os"
	"slices"
	"testing"

	"microtui/tui"
)

func TestHostileEnvironmentIsDropped(t *testing.T) {
	before := os.Environ()
	t.Cleanup(func() {
		os.Clearenv()
		for _, entry := range before {
			for i := range entry {
				if entry[i] == '=' && i > 0 {
					os.Setenv(entry[:i], entry[i+1:])
					break
				}
			}
		}
	})
	hostile := []string{
		"TEA_TRACE=/etc/x", "TEA_DEBUG=1", "PATH=/tmp/evil", "LD_PRELOAD=/tmp/evil.so", "PAGER=evil", "LESSOPEN=|evil",
		"GIT_SSH_COMMAND=evil", "NIX_CONFIG=evil", "GODEBUG=x", "SYSTEMD_PAGER=evil", "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/tmp/evil",
		"XDG_RUNTIME_DIR=/tmp", "XDG_CONFIG_DIRS=/tmp", "HOME=/home/eve", "=odd", "odd", "TERM=linux", "LANG=de_DE.UTF-8", "NO_COLOR=1",
	}
	left := keepEnvironment(hostile)
	want := []string{"HOME=/home/eve", "LANG=de_DE.UTF-8", "NO_COLOR=1", "PATH=" + fixedVariables["PATH"], "TERM=linux"}
	if slices.Sort(left); !slices.Equal(left, want) {
		t.Errorf("left: %q, want %q", left, want)
	}
	if now := os.Environ(); len(now) != len(want) {
		t.Errorf("the process still has %q", now)
	}
	for _, name := range tui.ForeignEnvironment {
		if slices.Contains(slices.Collect(maps.Keys(keptVariables)), name) {
			t.Errorf("%s is kept, and makes the screen's library write files", name)
		}
	}
}
