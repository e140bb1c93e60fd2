package detail

import (
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/wording"
)

// tab is a part of the detail page.
type tab struct {
	Title text.SafeText
	write func(*draw.Document, Subject)
}

// LogTab is the tab that shows the log. It is the last.
const LogTab text.SafeText = "log"

// Subject is what the detail page is about: one of these.
type Subject struct {
	VM        *model.VM
	Leftover  *model.Leftover
	Operation *model.Operation
	Entry     *model.TrashEntry // of the trash
	Finding   *model.Finding

	Output       *Output             // of the operation
	Fix          Fixing              // of the finding
	Connectivity *scene.Connectivity // of the VM
	Usage        *scene.UsageHistory // of the VM; nil: none is known
	Closures     *scene.Closures
	Shot         scene.Snapshot
	Now          time.Time
}

func (s Subject) known() bool {
	return s.VM != nil || s.Leftover != nil || s.Operation != nil || s.Entry != nil || s.Finding != nil
}

var (
	vmTabs = []tab{
		{"overview", writeOverview},
		{"units", writeUnits},
		{"interfaces", writeInterfaces},
		{"shares", writeShares},
		{"volumes", writeVolumes},
		{"evidence", writeEvidence},
		{GenerationsTab, writeGenerations},
		{LogTab, func(*draw.Document, Subject) {}}, // the log pane stands there
	}
	leftoverTabs = []tab{{"overview", writeLeftover}, {"evidence", writeEvidence}}
)

// Page is the page about one thing. It keeps what it last knew, so that a
// thing that goes away can still be read about.
type Page struct {
	Ref    model.Ref
	About  Subject
	Gone   bool // it is no longer on the host
	Tab    int
	Scroll draw.Scroll
	Under  int   // where back leads, as the app numbers its pages
	From   *Page // the page that this one was opened from; nil: from under
}

// Open opens the page about a thing; under is where back leads. The same thing
// again keeps its tab.
func (d *Page) Open(ref model.Ref, about Subject, under int) {
	if ref != d.Ref {
		d.Tab, d.Scroll.Top = 0, 0
	}
	d.Ref, d.About, d.Under, d.From = ref, Subject{}, under, nil
	d.Refresh(about)
}

// Refresh takes new data about the thing.
func (d *Page) Refresh(now Subject) {
	d.Gone = !now.known()
	if !d.Gone {
		d.About = now
	}
	d.Tab = min(d.Tab, len(d.Tabs())-1)
}

// Tabs are the tabs of what the page is about.
func (d *Page) Tabs() []tab {
	switch {
	case d.About.VM != nil:
		return vmTabs
	case d.About.Operation != nil:
		return operationTabs
	case d.About.Entry != nil:
		return entryTabs
	case d.About.Finding != nil:
		return findingTabs
	}
	return leftoverTabs
}

// Lines writes the open tab.
func (d *Page) Lines(to draw.Document) []string {
	if !d.About.known() {
		to.Paragraph(styles.Dim, "It is no longer on this host.", 1)
		return to.Lines
	}
	d.Tabs()[d.Tab].write(&to, d.About)
	return to.Lines
}

// TabLine is the line of tabs. Where not all fit, those around the open one
// are shown.
func (d *Page) TabLine(l *draw.Line, g styles.Glyphs) string {
	tabs, from := d.Tabs(), d.FirstTab(l.Limit)
	for i, t := range tabs[from:] {
		l.Space(1)
		if from+i == d.Tab {
			l.Glyph(styles.Accent, g.Cursor)
			l.Put(styles.Accent, t.Title)
		} else {
			l.Space(1)
			l.Put(styles.Dim, t.Title)
		}
	}
	return l.String()
}

// FirstTab is the first tab that is shown in so many cells.
func (d *Page) FirstTab(cells int) int {
	tabs, from := d.Tabs(), 0
	for from < d.Tab && TabsWidth(tabs[from:d.Tab+1]) > cells {
		from++
	}
	return from
}

// TabsWidth is the width of some tabs in the line of tabs, in cells.
func TabsWidth(tabs []tab) (cells int) {
	for _, t := range tabs {
		cells += 2 + draw.Width(t.Title)
	}
	return cells
}

// verdict, evidence and notes of the subject.

func (s Subject) verdict() model.Verdict {
	if s.VM != nil {
		return s.VM.Verdict
	}
	return s.Leftover.Verdict
}

func (s Subject) evidence() []model.Raw {
	if s.VM != nil {
		return s.VM.Evidence
	}
	return s.Leftover.Evidence
}

func writeEvidence(d *draw.Document, about Subject) {
	verdict := about.verdict()
	d.Item(tone.Verdict(verdict), tone.VerdictSign(verdict, d.Glyphs), wording.VerdictMeaning(verdict))
	d.Blank()
	for _, fact := range about.evidence() {
		d.Item(styles.Text, d.Glyphs.Bullet, text.Safe(fact))
	}
	if len(about.evidence()) == 0 {
		d.Paragraph(styles.Dim, "No evidence was gathered.", 1)
	}
	if about.VM != nil {
		d.Heading("Findings")
		writeFindings(d, about)
	}
}
