package styles_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"microtui/styles"
)

func TestGlyphsAreOneCellWide(t *testing.T) {
	for name, set := range map[string]styles.Glyphs{"unicode": styles.Unicode(), "ascii": styles.ASCII()} {
		fields := reflect.ValueOf(set)
		glyphs := map[string]string{}
		for i := range fields.NumField() {
			field := fields.Type().Field(i).Name
			if fields.Field(i).Kind() == reflect.String {
				glyphs[field] = fields.Field(i).String()
				continue
			}
			for at := range fields.Field(i).Len() {
				glyphs[fmt.Sprint(field, at)] = fields.Field(i).Index(at).String()
			}
		}
		for field, glyph := range glyphs {
			if ansi.StringWidth(glyph) != 1 || ansi.StringWidthWc(glyph) != 1 {
				t.Errorf("%s: %s is %q, not one cell", name, field, glyph)
			}
			if name == "ascii" && (len(glyph) != 1 || glyph[0] > 0x7e) {
				t.Errorf("ascii: %s is %q", field, glyph)
			}
		}
	}
}

func TestOrphanIsRedAndNeverOnlyRed(t *testing.T) {
	red := map[styles.Theme]string{styles.Dark: "38;5;203", styles.Light: "38;5;160", styles.Basic: "31"}
	for theme, want := range red {
		s := styles.New(theme)
		if open := s.Plain.Ink(styles.Orphan).Open; !strings.Contains(open, want) {
			t.Errorf("%s: an orphan begins with %q, want %s", theme, open, want)
		}
	}
	for _, set := range []styles.Glyphs{styles.Unicode(), styles.ASCII()} {
		if set.Orphan == set.Suspect || set.Orphan == set.Unclear || set.Suspect == set.Unclear {
			t.Errorf("two verdicts share a glyph: %+v", set)
		}
	}
}

func TestMonoHasNoColour(t *testing.T) {
	s := styles.New(styles.Mono)
	for role := styles.Text; role <= styles.Fault; role++ {
		for _, sheet := range []*styles.Sheet{s.Plain, s.Selected} {
			open := sheet.Ink(role).Open
			for _, colour := range []string{"[3", ";3", "[4", ";4", "[9", ";9"} {
				if strings.Contains(open, colour) && !strings.Contains(open, "[4m") {
					t.Errorf("role %d begins with %q", role, open)
				}
			}
		}
	}
}

func TestSelectionIsVisibleInEveryTheme(t *testing.T) {
	for _, theme := range []styles.Theme{styles.Dark, styles.Light, styles.Basic, styles.Mono, "no such theme"} {
		s := styles.New(theme)
		for role := styles.Text; role <= styles.Fault; role++ {
			if s.Plain.Ink(role) == s.Selected.Ink(role) {
				t.Errorf("%s: role %d looks the same when selected", theme, role)
			}
		}
	}
}

func TestTintsAreNoAlarms(t *testing.T) {
	for _, theme := range []styles.Theme{styles.Dark, styles.Light, styles.Basic} {
		s := styles.New(theme)
		seen := map[styles.Ink]bool{}
		for n := range s.Tints() {
			ink := s.Tint(n)
			if seen[ink] || ink == s.Plain.Ink(styles.Warn) || ink == s.Plain.Ink(styles.Orphan) || ink == s.Plain.Ink(styles.Text) {
				t.Errorf("%s: tint %d is %q", theme, n, ink.Open)
			}
			seen[ink] = true
		}
		if len(seen) < 3 || s.Tint(s.Tints()) != s.Tint(0) {
			t.Errorf("%s has %d tints", theme, len(seen))
		}
	}
	if s := styles.New(styles.Mono); s.Tints() != 0 || s.Tint(5) != s.Plain.Ink(styles.Text) || s.HasColours() {
		t.Error("a theme without colours has tints")
	}
}
