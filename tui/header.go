package tui

import (
	"fmt"
	"slices"
	"time"

	"microtui/model"
	"microtui/styles"
)

// figure is a count in the head line. Where not all fit, those with the
// highest rank go first.
type figure struct {
	run
	rank int
}

// header is the first line: whose screen this is, the host's figures, and how
// fresh they are.
func (a *App) header() string {
	l := a.newLine()
	right := a.freshness()
	room := a.width - runsWidth(right) - 2
	l.space(1)
	subject, figures := a.subject()
	l.put(styles.Strong, cut(showable(l.sheet, subject), max(0, room-1)))
	for _, f := range fitting(l.sheet, figures, room-l.width-1) {
		l.space(1)
		l.put(styles.Rule, model.Safe(model.Raw(a.glyphs.Separator)))
		l.space(1)
		l.put(f.role, f.text)
	}
	l.space(a.width - runsWidth(right) - 1 - l.width)
	for _, r := range right {
		l.put(r.role, r.text)
	}
	return l.String()
}

// subject is what the page is about, and its figures.
func (a *App) subject() (model.SafeText, []figure) {
	if a.page == pageDetail {
		title, figures := a.detail.title()
		if p, ok := a.pending()[a.detail.ref]; ok && !a.detail.gone {
			figures[0] = figure{run{styles.Busy, p.state + " " + p.notes}, 0}
		}
		return title, figures
	}
	host := model.Safe(a.shot.inventory.Host.Name)
	if host == "" {
		host = "microtui"
	}
	switch a.page {
	case pageDoctor:
		return host, append(a.doctor.figures(a.shot.inventory.Findings), a.limits()...)
	case pageOperations:
		return host, slices.Concat(a.listFigures("operations"), a.ops.counts(), a.limits())
	case pageTrash:
		return host, slices.Concat(a.listFigures("trash"), trashFigures(a.shot.inventory.Trash, a.shot.inventory.At), a.limits())
	}
	figures := append(a.viewFigures(), a.ops.figures()...)
	if len(a.shot.inventory.VMs)+len(a.shot.inventory.Leftovers) == 0 {
		return host, figures
	}
	figures = append(figures, counts(model.Count(a.shot.inventory))...)
	figures = append(figures, findingFigures(a.shot.inventory.Findings, false)...)
	return host, append(figures, a.limits()...)
}

// listFigures name a page, and what its list is narrowed to.
func (a *App) listFigures(name model.SafeText) []figure {
	figures := []figure{{run{styles.Accent, name}, 0}}
	if f := a.shownFilter(); f.text != "" {
		figures = append(figures, filterFigure(f, a.listed()))
	}
	return figures
}

// limits say why less is known or possible than elsewhere. They come before
// every count but that of orphans: where not all could be looked at, a count
// says less than it seems to.
func (a *App) limits() []figure {
	var figures []figure
	if !a.shot.inventory.Host.Privileged {
		figures = append(figures, figure{run{styles.Dim, "not root"}, 2})
	}
	if a.options.ReadOnly {
		figures = append(figures, figure{run{styles.Dim, "read-only"}, 2})
	}
	return figures
}

// title is the head of the detail page.
func (d *detail) title() (model.SafeText, []figure) {
	figures := []figure{}
	switch vm := d.about.vm; {
	case d.gone && d.about.finding != nil:
		figures = append(figures, figure{run{styles.Good, "no longer found"}, 0})
		return subjectText(d.about.finding.Subject), figures
	case d.gone:
		figures = append(figures, figure{run{styles.Warn, "no longer on this host"}, 0})
	case vm != nil:
		figures = append(figures,
			figure{run{stateRoles[vm.State], word(vm.State, stateWords)}, 0},
			figure{run{originRole(vm.Origin), word(vm.Origin, nil)}, 1},
			figure{run{freshnessRoles[vm.Freshness], word(vm.Freshness, freshnessWords)}, 2})
	case d.about.operation != nil:
		o := d.about.operation
		return capital(shortTitle(o)), append(figures, figure{run{operationRoles[o.State], word(o.State, nil)}, 0})
	case d.about.entry != nil:
		return model.Safe(d.about.entry.Name), append(figures, figure{run{styles.Dim, "in the trash"}, 0})
	case d.about.finding != nil:
		f := d.about.finding
		return subjectText(f.Subject), append(figures, figure{run{severityRoles[f.Severity], word(f.Severity, severityWords)}, 0}, figure{run{styles.Dim, model.Safe(model.Raw(f.Rule))}, 1})
	default:
		figures = append(figures, figure{run{styles.Dim, word(d.ref.Kind, kindWords)}, 0})
	}
	return model.Safe(d.ref.Name), figures
}

// viewFigures say what narrows the table.
func (a *App) viewFigures() []figure {
	var figures []figure
	if vms, marked := a.targets(); marked {
		text := model.Safef("%d marked", len(vms))
		if n := a.hidden(vms); n > 0 {
			text += model.Safef(" (%d hidden)", n)
		}
		figures = append(figures, figure{run{styles.Accent, text}, 0})
	}
	if a.tableFilter.text != "" {
		figures = append(figures, filterFigure(&a.tableFilter, &a.table))
	}
	if a.view.ProblemsOnly {
		figures = append(figures, figure{run{styles.Accent, "problems only"}, 0})
	}
	if a.leftoversOnly {
		figures = append(figures, figure{run{styles.Accent, "leftovers"}, 0})
	} else if a.view.Group != model.GroupNone {
		figures = append(figures, figure{run{styles.Dim, "by " + word(a.view.Group, nil)}, 8})
	}
	return figures
}

func counts(c model.Counts) []figure {
	all := []struct {
		n         int
		one, many string
		role      styles.Role
		rank      int
		always    bool
	}{
		{c.VMs, "VM", "VMs", styles.Text, 3, true},
		{c.Running, "running", "running", styles.Good, 5, true},
		{c.CrashLoop, "crash loop", "crash loops", styles.Bad, 4, false},
		{c.Failed, "failed", "failed", styles.Bad, 4, false},
		{c.Orphans, "orphan", "orphans", styles.Orphan, 1, false},
		{c.Suspects, "suspect", "suspects", styles.Suspect, 6, false},
		{c.Unclear, "unclear", "unclear", styles.Unclear, 7, false},
	}
	var figures []figure
	for _, f := range all {
		if f.n == 0 && !f.always {
			continue
		}
		name := f.many
		if f.n == 1 {
			name = f.one
		}
		figures = append(figures, figure{run{f.role, model.Safef("%d %s", f.n, name)}, f.rank})
	}
	return figures
}

// fitting leaves out the least important figures until the rest fits, as it is
// shown.
func fitting(sheet *styles.Sheet, figures []figure, cells int) []figure {
	for {
		total, worst := 0, -1
		for i, f := range figures {
			total += 3 + width(showable(sheet, f.text))
			if worst < 0 || f.rank >= figures[worst].rank {
				worst = i
			}
		}
		if total <= cells || worst < 0 {
			return figures
		}
		figures = append(append([]figure{}, figures[:worst]...), figures[worst+1:]...)
	}
}

func runsWidth(runs []run) (cells int) {
	for _, r := range runs {
		cells += width(r.text)
	}
	return cells
}

// freshness says how old the data is. It changes only when the data does, or
// while it is too old.
func (a *App) freshness() []run {
	live, stale := model.Safe(model.Raw(a.glyphs.Live)), model.Safe(model.Raw(a.glyphs.Stale))
	long := a.width >= 50
	switch {
	case !a.known:
		return []run{{styles.Dim, "reading"}}
	case a.options.Recorded:
		return []run{{styles.Dim, "recorded " + model.Safe(model.Raw(a.shot.inventory.At.Local().Format("2 Jan 15:04")))}}
	case a.age > 0 && long:
		return []run{{styles.Stale, "stale " + ageText(a.age) + " " + stale}}
	case a.age > 0:
		return []run{{styles.Stale, ageText(a.age) + " " + stale}}
	case !long:
		return []run{{styles.Live, live}}
	}
	return []run{{styles.Dim, "live "}, {styles.Live, live}, {styles.Dim, " " + intervalText(a.options.Interval)}}
}

func intervalText(d time.Duration) model.SafeText {
	return model.Safef("%g s", d.Seconds())
}

// ageText writes an age that moves: seconds while they matter.
func ageText(d time.Duration) model.SafeText {
	switch {
	case d < 2*time.Minute:
		return model.Safef("%d s", d/time.Second)
	case d < 2*time.Hour:
		return model.Safef("%d min", d/time.Minute)
	}
	return model.Safef("%d h", d/time.Hour)
}

// alerts are the lines about what is wrong: a source that fails, and an
// operation that nobody works on.
func (a *App) alerts() []string {
	var lines []string
	if len(a.shot.faults) > 0 {
		lines = append(lines, a.faultAlert())
	}
	if stuck := a.ops.in(model.OperationInterrupted); len(stuck) > 0 {
		lines = append(lines, a.stuckAlert(stuck))
	}
	return lines
}

// stuckAlert is the line about operations that were interrupted.
func (a *App) stuckAlert(stuck []*model.Operation) string {
	text := "operation " + model.Safe(model.Raw(stuck[0].ID)) + " was interrupted"
	if n := len(stuck); n > 1 {
		text = model.Safef("%d operations were interrupted", n)
	}
	tail := a.commands.mention(": ", "operations", " to settle it")
	l := a.newLine()
	l.space(1)
	l.glyph(styles.Warn, a.glyphs.Attention)
	l.space(1)
	if room := a.width - l.width - width(tail); width(text) > room {
		l.put(styles.Warn, "interrupted"+a.commands.mention(": ", "operations", ""))
		return l.String()
	}
	l.put(styles.Warn, text+tail)
	return l.String()
}

// faultAlert is the line about sources that fail: the one that matters most, and
// how many others there are.
func (a *App) faultAlert() string {
	f := a.shot.faults[0]
	for _, other := range a.shot.faults {
		if other.source == model.SourceSystemd {
			f = other
		}
	}
	var more model.SafeText
	if n := len(a.shot.faults) - 1; n > 0 {
		more = model.Safef(" +%d more", n)
	}
	tail := model.Safe(model.Raw(fmt.Sprintf(", since %s", f.since.Local().Format("15:04:05")))) + more
	l := a.newLine()
	l.space(1)
	l.glyph(styles.Fault, a.glyphs.Attention)
	l.space(1)
	text := showable(l.sheet, model.Safe(model.Raw(f.source))+": "+f.text)
	if room := a.width - l.width - width(tail); room >= 12 && width(text) > room {
		l.put(styles.Fault, cut(text, room-1))
		l.glyph(styles.Fault, a.glyphs.Ellipsis)
	} else {
		l.put(styles.Fault, text)
	}
	l.put(styles.Dim, tail)
	return l.String()
}
