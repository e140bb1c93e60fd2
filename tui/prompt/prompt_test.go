package prompt

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"microtui/styles"
	"microtui/tui/draw"
)

var pressed = map[string]tea.KeyPressMsg{
	"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
	"backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete}, "ctrl+w": {Code: 'w', Mod: tea.ModCtrl},
	"ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+left": {Code: tea.KeyLeft, Mod: tea.ModCtrl},
}

func TestEdit(t *testing.T) {
	for _, test := range []struct{ name, keys, want string }{
		{"types", "w e b", "web"},
		{"in the middle", "w b left e", "web"},
		{"at the beginning", "e b home w", "web"},
		{"back to the end", "w b home end !", "wb!"},
		{"deletes before", "w e x backspace b", "web"},
		{"deletes behind", "x w e b home delete", "web"},
		{"a word", "a space b c ctrl+w d", "a d"},
		{"before the cursor", "a b left ctrl+u", "b"},
	} {
		var p Prompt
		for name := range strings.FieldsSeq(test.keys) {
			press, named := pressed[name]
			switch {
			case name == "space":
				press = tea.KeyPressMsg{Code: ' ', Text: " "}
			case !named:
				press = tea.KeyPressMsg{Code: rune(name[0]), Text: name}
			}
			if !p.Edit(press) {
				t.Errorf("%s: %s does not edit", test.name, name)
			}
		}
		if p.Text() != test.want {
			t.Errorf("%s: %q is typed, want %q", test.name, p.Text(), test.want)
		}
	}
}

func TestOtherKeysAreTheScreens(t *testing.T) {
	p := New("web")
	for _, press := range []tea.KeyPressMsg{
		{Code: tea.KeyEnter}, {Code: tea.KeyEscape}, {Code: tea.KeyTab}, {Code: tea.KeyUp}, {Code: tea.KeyDown},
		{Code: 'v', Mod: tea.ModCtrl}, {Code: 'c', Mod: tea.ModCtrl}, {Code: 'l', Mod: tea.ModCtrl},
	} {
		if p.Edit(press) || p.Text() != "web" {
			t.Errorf("%s edits: %q", press, p.Text())
		}
	}
}

func TestInsertStaysInBounds(t *testing.T) {
	p := New("db")
	p.Insert(strings.Repeat("x", Longest))
	if p.Text() != "db" {
		t.Errorf("%d characters are typed", len(p.Text()))
	}
	p.Edit(pressed["home"])
	p.Insert("my")
	if p.Text() != "mydb" {
		t.Errorf("typed is %q", p.Text())
	}
}

func TestDrawShowsWhereOneTypes(t *testing.T) {
	for _, test := range []struct {
		text, want string
		left       int
	}{{"web", "web_", 0}, {"web", "w_eb", 2}, {"0123456789", "56789_", 0}, {"0123456789", "_01234", 10}} {
		p := New(test.text)
		for range test.left {
			p.Edit(pressed["left"])
		}
		l := draw.Line{Sheet: styles.New(styles.Mono).Plain, Limit: 40}
		p.Draw(&l, "_", 6)
		if got := strings.NewReplacer("\x1b[1m", "", "\x1b[m", "", "\x1b[0m", "").Replace(l.String()); got != test.want {
			t.Errorf("%q, %d to the left: %q, want %q", test.text, test.left, got, test.want)
		}
	}
}
