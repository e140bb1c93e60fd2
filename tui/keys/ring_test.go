package keys

import "testing"

func TestKeyTexts(t *testing.T) {
	for key, want := range map[string]string{
		"s": "s", "S": "S", "+": "+", "ctrl+l": "Ctrl-l", "ctrl++": "Ctrl-+", "alt+enter": "Alt-Enter", "shift+tab": "S-Tab", "pgdown": "PgDn", "f1": "F1", "é": "é", "space": "Space",
	} {
		if got := keyTexts([]string{key}, 1); got != want {
			t.Errorf("%s is written %q", key, got)
		}
	}
}
