package unitfile

import (
	"slices"
	"testing"
)

func TestAssignments(t *testing.T) {
	const text = `; a comment
[Unit]
  Description = of = this
not an assignment
[Service]
ExecStart=/bin/a \
# within it
; and this
  --flag \

ExecStart=
Environment=A=1\
`
	want := []Assignment{
		{"Unit", "Description", "of = this"},
		{"Service", "ExecStart", "/bin/a    --flag"},
		{"Service", "ExecStart", ""},
	}
	if got := slices.Collect(Assignments(text)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := slices.Collect(Assignments("[A]\r\nb=c \\\r\nd\r\n")); !slices.Equal(got, []Assignment{{"A", "b", "c  d"}}) {
		t.Errorf("%q", got)
	}
}

func TestWords(t *testing.T) {
	for value, want := range map[string][]string{
		"":                                 nil,
		"a \t b":                           {"a", "b"},
		`"/nix/store/a b" c`:               {"/nix/store/a b", "c"},
		`'' x"y z"'w'`:                     {"", "xy zw"},
		`a\ b \"c`:                         {"a b", `"c`},
		`"never closed`:                    {"never closed"},
		"/nix/store/x-install-microvm-web": {"/nix/store/x-install-microvm-web"},
	} {
		if got := Words(value); !slices.Equal(got, want) {
			t.Errorf("%q: %q, not %q", value, got, want)
		}
	}
}

func FuzzAssignments(f *testing.F) {
	f.Add("[Unit]\nConditionPathExists=!/a/b\n[Service]\nExecStart=-/x \\\n y\n")
	f.Fuzz(func(t *testing.T, text string) {
		for a := range Assignments(text) {
			Words(a.Value)
		}
	})
}
