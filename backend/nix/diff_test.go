package nix

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

func TestParseChanges(t *testing.T) {
	const text = "acpi-call: 2020-04-07-5.8.16 → 2020-04-07-5.8.18\n" +
		"bluez-qt: \x1b[31;1m+12.6 KiB\x1b[0m\n" +
		"dolphin: 20.08.1 → 20.08.2, \x1b[31;1m+13.9 KiB\x1b[0m\n" +
		"kdeconnect: 20.08.2 → ∅, \x1b[32;1m-6597.8 KiB\x1b[0m\n" +
		"kdeconnect-kde: ∅ → 20.08.2, 1.5 MiB\n" +
		"microvm-qemu-web: ε → ∅\n" +
		"dep: 1-1.1, 2-1.2+git, ε → 3, 4-5, -2.0 GiB\n" +
		"hello: 1.2 added, 12.5 KiB\n" + // Determinate Nix
		"old: 1.2, ε removed, \x1b[32;1m-2.0 MiB\x1b[0m\n" +
		"small: 3 removed\n" +
		"warning: something else\n" +
		"no change at all\n" +
		"hello: 1.2 was 1.1, +1.0 KiB\n" +
		"bad: +x KiB\nbad: NaN KiB\nbad: 1 EiB\n: \n\n"
	want := []model.ClosureChange{
		{Package: "acpi-call", Before: []model.Raw{"2020-04-07-5.8.16"}, After: []model.Raw{"2020-04-07-5.8.18"}},
		{Package: "bluez-qt", Bytes: 12902},
		{Package: "dolphin", Before: []model.Raw{"20.08.1"}, After: []model.Raw{"20.08.2"}, Bytes: 14233},
		{Package: "kdeconnect", Before: []model.Raw{"20.08.2"}, Bytes: -6756147},
		{Package: "kdeconnect-kde", After: []model.Raw{"20.08.2"}, Bytes: 1 << 20 * 3 / 2},
		{Package: "microvm-qemu-web", Before: []model.Raw{""}},
		{Package: "dep", Before: []model.Raw{"1-1.1", "2-1.2+git", ""}, After: []model.Raw{"3", "4-5"}, Bytes: -2 << 30},
		{Package: "hello", After: []model.Raw{"1.2"}, Bytes: 12800},
		{Package: "old", Before: []model.Raw{"1.2", ""}, Bytes: -2 << 20},
		{Package: "small", Before: []model.Raw{"3"}},
		{Line: "warning: something else"},
		{Line: "no change at all"},
		{Line: "hello: 1.2 was 1.1, +1.0 KiB"},
		{Line: "bad: +x KiB"}, {Line: "bad: NaN KiB"}, {Line: "bad: 1 EiB"}, {Line: ":"},
	}
	if diff := cmp.Diff(want, parseChanges(text)); diff != "" {
		t.Errorf("(- want, + got):\n%s", diff)
	}
}

func FuzzParseChanges(f *testing.F) {
	f.Add("a: 1 → 2, +1.0 KiB\n")
	f.Add("a: ∅ → ε\nb: -8.1 KiB")
	f.Add(" → , KiB: ")
	f.Fuzz(func(t *testing.T, text string) {
		changes := parseChanges(text)
		for line := range strings.Lines(plain(text)) {
			if strings.TrimSpace(line) != "" && len(changes) == 0 {
				t.Errorf("%q is dropped", line)
			}
		}
		for _, change := range changes {
			if change.Line == "" && change.Before == nil && change.After == nil && change.Bytes == 0 && !cmp.Equal(change, model.ClosureChange{Package: change.Package}) {
				t.Errorf("%q: %+v", text, change)
			}
		}
		parseSizes(text)
	})
}

func TestParseSizes(t *testing.T) {
	const a, b = "/nix/store/hk31q9kyb21q8vmzshwnpaz3l90cm507-microvm-qemu-web", "/nix/store/yjmz67ifqkx3pm153pmwsc5zc9v92r6j-microvm-qemu-web"
	sizes := parseSizes(a + "\t       1488\n" + b + "\t         96\nwarning: x y\n" + "x 1.5\n")
	if len(sizes) != 2 || *sizes[a] != 1488 || *sizes[b] != 96 {
		t.Errorf("%v", sizes)
	}
}
