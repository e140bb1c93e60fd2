package model_test

import (
	"strings"
	"testing"

	"microtui/model"
)

func TestFlakeFault(t *testing.T) {
	for _, ref := range []model.Raw{
		"git+file:///etc/nixos", "/etc/nixos", "path:/srv/flakes/a", "path:///srv/a b", "nixpkgs", "nixpkgs/nixos-25.11",
		"github:owner/repo/branch", "git+ssh://git@example.org/x.git?ref=main&dir=vm", "git+https://user:pw@example.org/x?ref=main",
		"/nix/store/9l43292ifzy3r0jpk1c96j8hv0mqp0dq-source", "https://example.org/x.tar.gz", "git+file:/srv/x", "file:///srv/x.tar.gz",
		"path:/größe", model.Raw("path:/" + strings.Repeat("x", 1018)),
	} {
		if why := model.FlakeFault(ref); why != "" {
			t.Errorf("%q: %s", ref, why)
		}
	}
	for ref, want := range map[model.Raw]string{
		"":                      "empty",
		"-f":                    "option",
		"--option":              "option",
		"path:/a#b":             "(#)",
		"path:/a^out":           "(^)",
		"path:/a\nb":            "control",
		"path:/a\n":             "control",
		"path:/a\tb":            "control",
		"path:/a\x00":           "control",
		"path:/a\x1b[31m":       "control",
		"path:/a\u202eb":        "control",
		"path:/a\xff":           "control",
		" path:/a":              "space",
		"path:/a ":              "space",
		".":                     "relative",
		"./x":                   "relative",
		"../x":                  "relative",
		"?dir=x":                "relative",
		"path:x":                "relative",
		"path:./x":              "relative",
		"git+file:x":            "relative",
		"file:x":                "relative",
		"git+file:.?dir=x":      "relative",
		"tarball+file:../x.tar": "relative",
		model.Raw("path:/" + strings.Repeat("x", 1019)): "longer",
	} {
		if why := model.FlakeFault(ref); !strings.Contains(string(why), want) {
			t.Errorf("%q: %q, want one with %q", ref, why, want)
		}
	}
}

func TestMaskedFlake(t *testing.T) {
	for _, test := range []struct{ ref, want model.Raw }{
		{"", ""},
		{"git+file:///etc/nixos", "git+file:///etc/nixos"},
		{"github:owner/repo?ref=x&dir=a@b", "github:owner/repo?ref=x&dir=a@b"},
		{"git+https://user:secret@host/x.git?ref=main", "git+https://***@host/x.git?ref=main"},
		{"git+https://token@host/x", "git+https://***@host/x"},
		{"https://a:b@c@host", "https://***@host"},
		{"git+ssh://git@host/x", "git+ssh://git@host/x"},
		{"ssh://git:secret@host/x", "ssh://git:***@host/x"},
		{"git+https://host/x?access_token=secret&rev=1", "git+https://host/x?access_token=***&rev=1"},
		{"https://host/x.tar.gz?X-Amz-Signature=secret", "https://host/x.tar.gz?X-Amz-Signature=***"},
		{"path:/a?private_token=", "path:/a?private_token="},
		{"gitlab:o/r?token=secret", "gitlab:o/r?token=***"},
		{"/srv/a?x=secret", "/srv/a?x=***"},
		{"https://host/a@b", "https://host/a@b"},
	} {
		got := model.MaskedFlake(test.ref)
		if got != test.want {
			t.Errorf("%s is shown as %s, want %s", test.ref, got, test.want)
		}
		if again := model.MaskedFlake(got); again != got {
			t.Errorf("%s, masked twice, is %s", test.ref, again)
		}
	}
}

func TestMaskCredentials(t *testing.T) {
	for _, test := range []struct{ text, want model.Raw }{
		{"no URL here: 12:04", "no URL here: 12:04"},
		{"unable to download 'https://u:secret@h/x.tar.gz': HTTP error 404", "unable to download 'https://***@h/x.tar.gz': HTTP error 404"},
		{"fetching https://secret@h/x and git+ssh://git:secret@h/y.", "fetching https://***@h/x and git+ssh://git:***@h/y."},
		{`input "git+https://h/x?token=secret" (https://h)`, `input "git+https://h/x?token=***" (https://h)`},
		{"error: a@b: c", "error: a@b: c"},
	} {
		if got := model.MaskCredentials(test.text); got != test.want {
			t.Errorf("%s\nis  %s\nwant %s", test.text, got, test.want)
		}
	}
}

// What is hidden in one reference is hidden in every text around it.
func FuzzMaskedFlake(f *testing.F) {
	for _, secret := range []string{"s3cret", "a:b", "x@y", "p%40q"} {
		f.Add(secret)
	}
	f.Fuzz(func(t *testing.T, secret string) {
		if len(secret) < 8 || strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }) ||
			strings.ContainsAny(secret, "/?#&'\"`<>") {
			return // no secret, or one that a reference cannot hold as it is
		}
		for _, ref := range []string{"git+https://u:" + secret + "@h/x", "https://" + secret + "@h/x?rev=1", "path:/x?token=" + secret + "&dir=a"} {
			for _, got := range []model.Raw{model.MaskedFlake(model.Raw(ref)), model.MaskCredentials(model.Raw("error: '" + ref + "': no"))} {
				if strings.Contains(string(got), secret) {
					t.Errorf("%s is shown as %s", ref, got)
				}
			}
		}
	})
}
