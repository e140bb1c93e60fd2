package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"microtui/backend/demo"
	"microtui/model"
	"microtui/model/doctor"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/dialog"
	"microtui/tui/draw"
	"microtui/tui/screentest"
)

// The doctor's pages, and those of VMs that something is wrong with.
var examiningPages = []struct {
	name string
	open func(*stage)
}{
	{"doctor", func(s *stage) { s.press("3") }},
	{"doctor-of-vm", func(s *stage) { s.press("j", "enter", "H") }},
	{"doctor-filter", func(s *stage) { s.press("3", "!", "/"); s.typeText("secrets") }},
	{"finding", func(s *stage) { s.press("3", "enter") }},
	{"explanation", func(s *stage) { s.press("3", "e") }},
	{"sick-overview", func(s *stage) { s.press("j", "enter") }},
	{"sick-units", func(s *stage) { s.press("j", "enter", "tab") }},
	{"sick-path", func(s *stage) { s.press("j", "enter", "tab", "tab") }},
	{"sick-shares", func(s *stage) { s.press("j", "j", "enter", "tab", "tab", "tab") }},
	{"sick-volumes", func(s *stage) { s.press("j", "enter", "tab", "tab", "tab", "tab") }},
	{"sick-evidence", func(s *stage) { s.press("j", "enter", "[", "[", "[") }},
	{"sick-generations", func(s *stage) { s.press("j", "enter", "[", "[") }},
	{"copy", func(s *stage) { s.press("j", "enter", "c") }},
}

func TestExaminingPages(t *testing.T) {
	for _, size := range sizes {
		for _, page := range examiningPages {
			name := fmt.Sprintf("%s-%dx%d", page.name, size.width, size.height)
			t.Run(name, func(t *testing.T) {
				s := newStage(t, size.width, size.height, Options{})
				s.observe(sick())
				page.open(s)
				golden(t, name, s.screen())
			})
		}
	}
}

func TestDoctorIsQuietWhereNothingIsWrong(t *testing.T) {
	s := newStage(t, 120, 24, Options{})
	s.observe(doctor.Interpret(observe(0, 3)))
	s.hides("warning")
	s.press("3")
	s.shows("No problems: every rule was checked")
	s.press("esc", "enter", "H")
	s.shows("No problems found with vm-000.")
	s.observe(sick())
	s.press("1")
	s.shows("2 errors · 2 warnings")
}

// A source that failed is one row for each way in which rules miss it, and its
// page names them.
func TestWhatCouldNotBeCheckedIsToldByCause(t *testing.T) {
	s := newStage(t, 120, 60, Options{})
	o := observe(0, 3)
	o.Faults = append(o.Faults, model.Fault{Source: model.SourceSystemd, Error: "no bus"})
	s.observe(doctor.Interpret(o))
	var rules int
	for _, f := range s.Shot.Inventory.Findings {
		if f.Summary == "not fully checked: systemd could not be read: no bus" {
			rules++
		}
	}
	s.press("3")
	if rows := strings.Count(s.screen(), "systemd could not be read: no bus"); rows != 2 || rules < 5 {
		t.Errorf("%d rows, %d rules that are not checked in full:\n%s", rows, rules, s.screen())
	}
	s.shows(fmt.Sprintf("%d rules", rules))
	for f := s.selectedFinding(); f == nil || f.Summary != "not fully checked: systemd could not be read: no bus"; f = s.selectedFinding() {
		s.press("j")
	}
	s.press("enter")
	s.shows("rules ")
	s.shows("crash-loop, ")
}

func TestWhatCouldNotBeCheckedComesLast(t *testing.T) {
	s := newStage(t, 100, 60, Options{})
	o := ward()
	o.Host.Privileged = false
	s.observe(doctor.Interpret(o))
	s.press("3")
	s.order("error ", "notice    mail", "not checked")
	s.press("!")
	s.hides("not checked")
	s.shows("no notices")
}

func TestFilterOfDoctorIsItsOwn(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(sick())
	s.press("/")
	s.typeText("api")
	s.press("enter", "3")
	s.shows("stale-share")
	s.press("/")
	s.typeText("twin")
	s.shows("used by db and twin") // it concerns twin
	s.hides("stale-share")
	s.press("enter", "esc")
	s.shows("stale-share")
	s.press("esc")
	s.shows("/api (1)")
}

func TestFindingStaysUnderTheCursor(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	i := sick()
	s.observe(i)
	s.press("3", "j")
	marked := func(name string) {
		t.Helper()
		if line := screentest.Line(s.screen(), "▸"); !strings.Contains(line, name) {
			t.Errorf("the cursor is not on %s:\n%s", name, s.screen())
		}
	}
	marked("web")
	less := i
	less.Findings = slices.Delete(slices.Clone(i.Findings), 0, 1) // mail's
	s.observe(less)
	marked("web")
	s.press("enter")
	s.shows("web · error · stale-share")
	none := i
	none.Findings = nil
	s.observe(none)
	s.shows("web · no longer found")
	s.shows("virtiofsd (process") // and can still be read
}

func TestEnterEscAndWhatItIsAbout(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(sick())
	s.press("3", "enter", "tab")
	s.shows("▸explanation")
	s.press("v")
	s.shows("mail · running")
	s.press("H")
	s.shows("doctor · of mail · 1 error · 1 notice")
	s.press("enter", "e")
	s.shows("Why it happens")
	s.press("esc", "esc")
	s.shows("mail · running")
	s.press("esc")
	s.shows("▸explanation")
	s.press("esc")
	s.shows("doctor · 2 errors")
	s.press("G", "v")
	s.shows("web · running")
	s.press("1", "3", "g", "j", "j", "j", "v")
	s.shows("vm-gone")
	s.shows("owner")
}

// From wherever one got by the doctor's keys, Esc leads out, and no more often
// than one went in.
func TestEscAlwaysLeadsOut(t *testing.T) {
	i := sick()
	rapid.Check(t, func(r *rapid.T) {
		s := newStage(t, 80, 24, Options{})
		s.observe(i)
		keys := rapid.SliceOfN(rapid.SampledFrom([]string{"3", "H", "enter", "v", "e", "esc", "j", "G", "tab", "!", "1", "M", "d"}), 1, 30).Draw(r, "keys")
		s.press(keys...)
		for range len(keys) + 1 {
			s.press("esc")
		}
		if s.page != pageTable || s.dialog.IsOpen() {
			r.Fatalf("%v, and Esc leads nowhere:\n%s", keys, s.screen())
		}
	})
}

func TestFixAsksAndFixes(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.press("3", "/")
		p.typeText("reboot-needed stale")
		p.press("enter", "M")
		p.shows("Restart stale?")
		p.press("enter") // never the deed
		if n := len(p.operations()); n > 0 {
			t.Fatal("Enter began it")
		}
		p.press("M", "y")
		p.until("Nothing matches the filter.")
		if o := p.operations()[0]; o.Plan.Action != model.ActionRestart || o.State != model.OperationDone {
			t.Errorf("the operation is %s, %s", o.Plan.Action, o.State)
		}
	})
}

func TestFixOffersAllWithTheFinding(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.press("3", "/")
		p.typeText("failed-unit")
		p.press("enter", "enter")
		all := len(doctor.FixAll(p.Shot.Inventory.Findings, "failed-unit-without-vm").Refs)
		if all < 3 {
			t.Fatalf("%d units are left, too few to tell all from one", all)
		}
		p.shows(fmt.Sprintf("offers all %d with this", all))
		p.press("M")
		p.shows(fmt.Sprintf("all %d with this finding: no", all))
		if n := len(p.dialog.Dialog.(*dialog.Plan).Chosen().Items); n != 1 {
			t.Errorf("it is about %d things, want the one", n)
		}
		p.press("tab")
		p.shows(fmt.Sprintf("all %d with this finding: yes", all))
		p.press("y")
		p.until("no longer found")
		if n := len(p.operations()[0].Plan.Items); n != all {
			t.Errorf("%d things were fixed, want %d", n, all)
		}
	})
}

func TestFixByAStart(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		f := model.Finding{Rule: "autostart-down", Subject: model.Ref{Kind: model.KindVM, Name: "build"}, Severity: model.SeverityWarning,
			Fix: &model.Fix{Action: model.ActionStart, Refs: []model.Ref{{Kind: model.KindVM, Name: "build"}}}}
		i := p.Shot.Inventory
		i.Findings = []model.Finding{f}
		p.observe(i)
		p.press("3", "M")
		p.shows("Start build?")
	})
}

func TestFixSaysWhyItCannot(t *testing.T) {
	s := newStage(t, 120, 24, Options{Recorded: true})
	s.observe(sick())
	s.press("3", "M")
	s.shows("Fix: this is a recorded observation")
	s.press("j", "j", "M") // two VMs with one interface
	s.shows("Fix: microtui cannot fix this; Enter shows what to do")
	s.press("enter", "M")
	s.shows("What to do\n")
	s.shows("Fix: microtui cannot fix this; see \"What to do\"")
}

func TestClosuresAreComparedInTheBackground(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("stale")
		p.press("enter", "tab")
		cmd := p.send(keyMsg{keyPress("d"), now})
		p.shows("▸generations")
		p.shows("Comparing closures ...")
		p.play(cmd)
		p.settle()
		p.shows("linux: 6.12.41 → 6.12.58")
		if cmd := p.send(keyMsg{keyPress("d"), now}); cmd != nil {
			t.Error("what is known is compared again")
		}
	})
}

// Every explanation can be read at every width: nothing is cut, and what is to
// be typed stays as it is where there is room.
func TestExplanationsAtEveryWidth(t *testing.T) {
	aloneDrawn(t)
	for _, rule := range doctor.Rules() {
		about := detail.Subject{Finding: &model.Finding{Rule: rule.ID}}
		for cells := 20; cells <= 120; cells++ {
			d := draw.Document{Cells: cells, Sheet: styles.New(styles.Mono).Plain, Glyphs: styles.Unicode()}
			detail.WriteExplanation(&d, about)
			text := plain(d.Lines)
			for _, line := range d.Lines {
				if n := ansi.StringWidth(line); n > cells {
					t.Fatalf("%s: %d cells in %d: %q", rule.ID, n, cells, line)
				}
			}
			if got, want := letters(text), letters(rule.Title+" ("+rule.ID+")"+rule.Explanation); got != want {
				t.Fatalf("%s, %d cells: its text is not whole:\n%s", rule.ID, cells, text)
			}
			for line := range strings.Lines(rule.Explanation) {
				if line = strings.TrimRight(line, "\n"); cells >= 80 && len(line) < cells && !strings.Contains(text, line+"\n") {
					t.Fatalf("%s, %d cells: %q is not as it was written:\n%s", rule.ID, cells, line, text)
				}
			}
		}
	}
}

// letters are a text without its blanks.
func letters(text string) string { return strings.Join(strings.Fields(text), "") }

func TestJourneyDoctor(t *testing.T) {
	s := screentest.Start(t, 100, 30, theProgram("demo"))
	s.WaitFor(" error")
	s.Type("H")
	s.WaitFor("SEVERITY")
	s.Type("/grafana\r")
	s.WaitFor("▸! warning   grafana")
	s.Type("\r")
	s.WaitFor("What to do")
	s.Type("e")
	s.WaitFor("How to check")
	s.Type("v")
	s.WaitFor("grafana · running")
	s.Type("d")
	s.WaitFor("linux: 6.12.41")
	s.Type("q")
	s.WaitFor("▸explanation")
	s.Type("q")
	s.WaitFor("/grafana (1)")
	s.Type("qqq")
	leaves(t, s, exitDone)
}

func TestUncleanStopOfKvmtoolIsExplained(t *testing.T) {
	onDemo(t, 120, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.live.Do(func(h *demo.Host) { h.Stop("vault") })
		p.live.Refresh()
		p.until("shown as failed")
		if line := screentest.Line(p.screen(), "vault"); !strings.Contains(line, "stopped") {
			t.Errorf("its row is %q", line)
		}
	})
}
