package tui

import (
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/wording"
)

// tab is a part of the detail page.
type tab struct {
	title model.SafeText
	write func(*draw.Document, subject)
}

// logTab is the tab that shows the log. It is the last.
const logTab model.SafeText = "log"

// subject is what the detail page is about: one of these.
type subject struct {
	vm        *model.VM
	leftover  *model.Leftover
	operation *model.Operation
	entry     *model.TrashEntry // of the trash
	finding   *model.Finding

	output   *output             // of the operation
	mend     mending             // of the finding
	ways     *scene.Connectivity // of the VM
	course   *scene.UsageHistory // of the VM; nil: none is known
	closures *scene.Closures
	shot     scene.Snapshot
	now      time.Time
}

func (s subject) known() bool {
	return s.vm != nil || s.leftover != nil || s.operation != nil || s.entry != nil || s.finding != nil
}

var (
	vmTabs = []tab{
		{"overview", writeOverview},
		{"units", writeUnits},
		{"interfaces", writeInterfaces},
		{"shares", writeShares},
		{"volumes", writeVolumes},
		{"evidence", writeEvidence},
		{generationsTab, writeGenerations},
		{logTab, func(*draw.Document, subject) {}}, // the log pane stands there
	}
	leftoverTabs = []tab{{"overview", writeLeftover}, {"evidence", writeEvidence}}
)

// detail is the page about one thing. It keeps what it last knew, so that a
// thing that goes away can still be read about.
type detail struct {
	ref    model.Ref
	about  subject
	gone   bool // it is no longer on the host
	tab    int
	scroll draw.Scroll
	under  page    // where back leads
	from   *detail // the page that this one was opened from; nil: from under
}

func (d *detail) open(ref model.Ref, about subject, under page) {
	if ref != d.ref {
		d.tab, d.scroll.Top = 0, 0
	}
	d.ref, d.about, d.under, d.from = ref, subject{}, under, nil
	d.refresh(about)
}

// refresh takes new data about the thing.
func (d *detail) refresh(now subject) {
	d.gone = !now.known()
	if !d.gone {
		d.about = now
	}
	d.tab = min(d.tab, len(d.tabs())-1)
}

func (d *detail) tabs() []tab {
	switch {
	case d.about.vm != nil:
		return vmTabs
	case d.about.operation != nil:
		return operationTabs
	case d.about.entry != nil:
		return entryTabs
	case d.about.finding != nil:
		return findingTabs
	}
	return leftoverTabs
}

// turn opens another tab, around the ends.
func (a *App) turn(by int) {
	n := len(a.detail.tabs())
	a.detail.tab = (a.detail.tab + by + n) % n
	a.detail.scroll.Top = 0
}

// lines writes the open tab.
func (d *detail) lines(to draw.Document) []string {
	if !d.about.known() {
		to.Paragraph(styles.Dim, "It is no longer on this host.", 1)
		return to.Lines
	}
	d.tabs()[d.tab].write(&to, d.about)
	return to.Lines
}

// tabLine is the line of tabs. Where not all fit, those around the open one
// are shown.
func (d *detail) tabLine(l *draw.Line, g styles.Glyphs) string {
	tabs, from := d.tabs(), d.firstTab(l.Limit)
	for i, t := range tabs[from:] {
		l.Space(1)
		if from+i == d.tab {
			l.Glyph(styles.Accent, g.Cursor)
			l.Put(styles.Accent, t.title)
		} else {
			l.Space(1)
			l.Put(styles.Dim, t.title)
		}
	}
	return l.String()
}

// firstTab is the first tab that is shown in so many cells.
func (d *detail) firstTab(cells int) int {
	tabs, from := d.tabs(), 0
	for from < d.tab && tabsWidth(tabs[from:d.tab+1]) > cells {
		from++
	}
	return from
}

func tabsWidth(tabs []tab) (cells int) {
	for _, t := range tabs {
		cells += 2 + draw.Width(t.title)
	}
	return cells
}

// verdict, evidence and notes of the subject.

func (s subject) verdict() model.Verdict {
	if s.vm != nil {
		return s.vm.Verdict
	}
	return s.leftover.Verdict
}

func (s subject) evidence() []model.Raw {
	if s.vm != nil {
		return s.vm.Evidence
	}
	return s.leftover.Evidence
}

func writeEvidence(d *draw.Document, about subject) {
	verdict := about.verdict()
	d.Item(tone.Verdict(verdict), tone.VerdictSign(verdict, d.Glyphs), wording.VerdictMeaning(verdict))
	d.Blank()
	for _, fact := range about.evidence() {
		d.Item(styles.Text, d.Glyphs.Bullet, model.Safe(fact))
	}
	if len(about.evidence()) == 0 {
		d.Paragraph(styles.Dim, "No evidence was gathered.", 1)
	}
	if about.vm != nil {
		d.Heading("Findings")
		writeFindings(d, about)
	}
}
