package nixos

import (
	"strings"
	"testing"
)

func FuzzInstallUnit(f *testing.F) {
	f.Add("[Unit]\nConditionPathExists=!/a/b\n[Service]\nExecStart=-/x \\\n y\n")
	f.Add("[Service]\nExecStart=@\"/nix/store/a b\" c\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, script := parseInstallUnit(text)
		if script != "" && script[0] != '/' {
			t.Errorf("script %q", script)
		}
		parseNetdev(text)
	})
}

func FuzzInstallScript(f *testing.F) {
	f.Add("cd /a\nln -sTf /r current\necho 'x' > flake\n")
	f.Fuzz(func(t *testing.T, text string) {
		var found install
		parseInstallScript(text, &found)
		for _, path := range []string{string(found.Runner), string(found.Toplevel)} {
			if path != "" && (path[0] != '/' || strings.ContainsAny(path, " \n")) {
				t.Errorf("path %q", path)
			}
		}
		if strings.Contains(string(found.Flake), "\n") {
			t.Errorf("flake %q", found.Flake)
		}
	})
}

func TestGenerationOf(t *testing.T) {
	for name, want := range map[string]int{
		"system-42-link": 42, "system-042-link": 0, "system--link": 0, "system-x-link": 0,
		"systems-1-link": 0, "system-1": 0, "system": 0, "system--1-link": 0, "system-0-link": 0,
	} {
		if n, ok := generationOf(name, "system"); ok != (want != 0) || ok && n != want {
			t.Errorf("%s: %d, %v", name, n, ok)
		}
	}
	for name, want := range map[string]bool{"a-1-link": true, "a-b-2-link": true, "a-link": false, "-1-link": false, "a": false} {
		if isGenerationLink(name) != want {
			t.Errorf("%s: not %v", name, want)
		}
	}
}
