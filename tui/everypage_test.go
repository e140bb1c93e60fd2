package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"microtui/model"
	"microtui/styles"
)

// everyPage opens each page and dialog there is, and gives it to a test.
func everyPage(t *testing.T, width, height int, options Options, test func(t *testing.T, name string, s *stage)) {
	for _, page := range pages {
		s := newStage(t, width, height, options)
		s.observe(village())
		page.open(s)
		test(t, page.name, s)
	}
	for _, page := range examiningPages {
		s := newStage(t, width, height, options)
		s.observe(sick())
		page.open(s)
		test(t, page.name, s)
	}
	for _, page := range actingPages {
		th := newTheatre(t, width, height, options)
		th.observe(hostel())
		page.open(th)
		test(t, page.name, th.stage)
	}
	for _, page := range operatingPages {
		onDemo(t, width, height, options, func(t *testing.T, p *playhouse) {
			page.open(p)
			test(t, page.name, p.stage)
		})
	}
}

// While nothing changes on the host no page changes: a terminal gets nothing
// to write.
func TestNoPageMovesWhileNothingChanges(t *testing.T) {
	everyPage(t, 100, 24, Options{}, func(t *testing.T, name string, s *stage) {
		again := func() {
			at := s.Shot.Inventory.At
			s.receive(s.Shot.Advance(s.Shot.Inventory, at), s.clock)
			s.derive(s.clock)
			s.View()
		}
		again()
		before, shown := s.screen(), s.paper.shown
		for range 5 {
			again()
		}
		if s.paper.shown != shown {
			t.Errorf("%s: %d new frames for the same data:\n%s\nwas\n%s", name, s.paper.shown-shown, s.screen(), before)
		}
	})
}

// No line of any page is wider than the terminal, and no page has more lines.
func TestEveryPageFits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	times := 6
	if raced {
		times = 2
	}
	for range times {
		width, height := 20+random.IntN(130), 5+random.IntN(45)
		t.Run(fmt.Sprintf("%dx%d", width, height), func(t *testing.T) {
			everyPage(t, width, height, Options{Terminal: TerminalCaps{Theme: styles.Dark}}, func(t *testing.T, name string, s *stage) {
				s.check(width, height, name)
				for _, key := range []string{"G", "pgup", "j"} {
					s.press(key)
					s.check(width, height, name+" after "+key)
				}
				for range 3 { // while it is open
					w, h := 1+random.IntN(150), 1+random.IntN(50)
					s.resizeTo(w, h)
					s.check(w, h, name+" made another size")
				}
			})
		})
	}
}

// The cursor stays on its row while rows come and go, in every list.
func TestCursorStaysOnItsRowInEveryList(t *testing.T) {
	names := func(from, to int) (all []model.Raw) {
		for i := from; i < to; i++ {
			all = append(all, model.Raw(fmt.Sprintf("n-%02d", i)))
		}
		return all
	}
	for _, list := range []struct {
		name string
		key  string
		show func(s *stage, names []model.Raw)
	}{
		{"VMs", "1", func(s *stage, names []model.Raw) { s.observe(named(names...)) }},
		{"leftovers", "2", func(s *stage, names []model.Raw) {
			i := inventory()
			for _, name := range names {
				i.Leftovers = append(i.Leftovers, model.Leftover{Ref: model.Ref{Kind: model.KindTap, Name: name}, Verdict: model.VerdictOrphan})
			}
			s.observe(i)
		}},
		{"findings", "3", func(s *stage, names []model.Raw) {
			i := inventory()
			for _, name := range names {
				i.Findings = append(i.Findings, model.Finding{Rule: "crash-loop", Severity: model.SeverityError, Subject: model.Ref{Kind: model.KindVM, Name: name}})
			}
			s.observe(i)
		}},
		{"operations", "4", func(s *stage, names []model.Raw) {
			var all []model.Operation
			for _, name := range names {
				all = append(all, model.Operation{ID: string(name), State: model.OperationDone, StartedAt: now,
					Plan: model.Plan{Action: model.ActionPurge, Items: []model.Item{{Ref: model.Ref{Kind: model.KindVM, Name: name}}}}})
			}
			s.send(operationsMsg{list: all})
		}},
		{"trash", "5", func(s *stage, names []model.Raw) {
			i := inventory(vm("a"))
			for n, name := range names {
				i.Trash = append(i.Trash, model.TrashEntry{ID: string(name), Name: name, PurgedAt: now.Add(-time.Duration(n) * time.Hour)})
			}
			s.observe(i)
		}},
	} {
		t.Run(list.name, func(t *testing.T) {
			s := newStage(t, 100, 12, Options{})
			s.observe(named("a"))
			s.press(list.key)
			list.show(s, names(10, 30))
			for range 15 {
				s.press("j")
			}
			stays := func(what string) {
				t.Helper()
				if line := s.lineAtCursor(); !strings.Contains(line, "n-25") {
					t.Errorf("%s: the cursor is on %q:\n%s", what, line, s.screen())
				}
			}
			stays("as it was put")
			list.show(s, names(0, 40))
			stays("rows came above and below")
			list.show(s, names(20, 28))
			stays("rows went above and below")
			list.show(s, names(25, 26))
			stays("all others went")
			list.show(s, names(0, 60))
			stays("all others came back")
		})
	}
}
