package tui

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"microtui/model"
	"microtui/styles"
)

// hostile is a host that chose its names to break screens, with findings.
func hostile() model.Inventory {
	i := village()
	for n, name := range []model.Raw{"-rf", "a b", "..", "é", "\x1b[31mred", "日本語の名前のとても長い仮想計算機", "a\u202eb", model.Raw(strings.Repeat("x", 300)), "🚀e\u0301\u0301\u0301\u0301\u0301\u0301"} {
		v := vm(name)
		v.Notes = []model.Raw{name, name}
		v.Evidence = []model.Raw{name, model.Raw(strings.Repeat("word ", 50))}
		i.VMs = append(i.VMs, v)
		i.Leftovers = append(i.Leftovers, model.Leftover{Ref: model.Ref{Kind: model.KindStateDir, Name: name}, Verdict: model.VerdictOrphan, Bytes: ptr(uint64(n))})
		i.Findings = append(i.Findings, model.Finding{Rule: "stale-share", Severity: []model.Severity{model.SeverityError, model.SeverityWarning, model.SeverityInfo}[n%3],
			Subject: v.Ref(), VMs: []model.Raw{name}, Summary: name + name, Evidence: v.Evidence, Advice: []model.Raw{name}, Unchecked: n%4 == 3})
	}
	i.Host.Name = "hôte"
	i.Faults = []model.Fault{{Source: model.SourceNetwork, Error: model.Raw("netlink: " + strings.Repeat("é\x07", 40))}}
	return i
}

// allPages are the pages, and how they are opened on a hostile host.
func allPages() (names []string, open map[string]func(*stage)) {
	open = map[string]func(*stage){}
	add := func(name string, f func(*stage)) {
		names = append(names, name)
		open[name] = f
	}
	for _, page := range pages {
		add(page.name, page.open)
	}
	for _, page := range examiningPages {
		add(page.name, page.open)
	}
	for name, keys := range map[string][]string{
		"last of the VMs": {"G"}, "page about a strange name": {"z", "z", "g", "enter"}, "operations": {"4"}, "trash": {"5"}, "palette": {":"}, "new VM": {"+"}, "menu": {"x"},
		"results": {"m"}, "log page": {"L"}, "log below": {"l"}, "copy a strange name": {"/", "é", "enter", "enter", "c"}, "filter": {"/", "é", "日"},
	} {
		add(name, func(s *stage) { s.press(keys...) })
	}
	slices.Sort(names)
	return names, open
}

// No line is wider than the terminal, and the screen has no more lines than
// it, at any size, on any page, with any name.
func TestNothingIsWiderThanTheTerminal(t *testing.T) {
	aloneDrawn(t)
	host := hostile()
	random := rand.New(rand.NewPCG(1, 2))
	for width := 1; width <= 130; width++ {
		for range 3 {
			height := 1 + random.IntN(45)
			s := newStage(t, width, height, Options{Terminal: TerminalCaps{Theme: styles.Dark}})
			s.check(width, height, "before data")
			s.observe(host)
			for _, page := range pages {
				page.open(s)
				s.check(width, height, page.name)
				s.press("G")
				s.check(width, height, page.name+" at its end")
				s.press("esc", "esc", "esc", "esc")
			}
		}
	}
}

// Every page at the sizes that are promised, beyond them, and through a storm
// of them: no line is wider than the terminal, and there are no more lines than
// it has.
func TestEveryPageAtEverySize(t *testing.T) {
	names, open := allPages()
	all := []struct{ width, height int }{{1, 1}, {1, 200}, {500, 1}, {2, 2}, {19, 5}, {20, 4}, {20, 5}, {21, 6}, {43, 12}, {49, 11}, {50, 12}, {80, 24}, {300, 80}, {500, 200}}
	for _, name := range names {
		for _, size := range all {
			s := newStage(t, size.width, size.height, Options{Terminal: TerminalCaps{Theme: styles.Dark}, Mouse: true})
			s.observe(hostile())
			open[name](s)
			s.check(size.width, size.height, name)
			s.press("G")
			s.check(size.width, size.height, name+" at its end")
		}
		s := newStage(t, 80, 24, Options{})
		s.observe(hostile())
		open[name](s)
		for range 3 {
			for _, size := range all {
				s.resizeTo(size.width, size.height)
				s.check(size.width, size.height, name+" resized")
			}
		}
	}
}

func (s *stage) check(width, height int, where string) {
	s.t.Helper()
	lines := s.paper.frame.Lines
	if len(lines) > height {
		s.t.Fatalf("%s at %dx%d has %d lines:\n%s", where, width, height, len(lines), s.screen())
	}
	for _, line := range lines {
		if w := ansi.StringWidthWc(line); w > width {
			s.t.Fatalf("%s at %dx%d: %d cells: %q", where, width, height, w, line)
		}
		if i := strings.IndexFunc(ansi.Strip(line), func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e }); i >= 0 {
			s.t.Fatalf("%s at %dx%d: a control character in %q", where, width, height, line)
		}
	}
}
