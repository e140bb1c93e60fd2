package tui

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/list"
	"microtui/wording"
)

// headLine is the first line: whose screen this is, the host's figures, and how
// fresh they are.
func (a *App) headLine() string {
	l := a.newLine()
	right := a.freshness()
	room := a.width - draw.RunsWidth(right) - 2
	l.Space(1)
	subject, figures := a.subject()
	l.Put(styles.Strong, draw.Cut(draw.Showable(l.Sheet, subject), max(0, room-1)))
	for _, f := range draw.Fitting(l.Sheet, figures, room-l.Width-1) {
		l.Space(1)
		l.Put(styles.Rule, text.Safe(a.glyphs.Separator))
		l.Space(1)
		l.Put(f.Role, f.Text)
	}
	l.Space(a.width - draw.RunsWidth(right) - 1 - l.Width)
	for _, r := range right {
		l.Put(r.Role, r.Text)
	}
	return l.String()
}

// subject is what the page is about, and its figures.
func (a *App) subject() (text.SafeText, []draw.Figure) {
	if a.page == pageDetail {
		title, figures := a.detail.Title()
		if p, ok := a.Work.Pending(text.Safe(a.glyphs.Ellipsis))[a.detail.Ref]; ok && !a.detail.Gone {
			figures[0] = draw.Figure{Run: draw.Run{Role: styles.Busy, Text: p.State + " " + p.Notes}, Rank: 0}
		}
		return title, figures
	}
	host := text.Safe(a.Shot.Inventory.Host.Name)
	if host == "" {
		host = "microtui"
	}
	switch a.page {
	case pageDoctor:
		return host, append(a.doctor.Figures(a.Shot.Inventory.Findings), a.limits()...)
	case pageOperations:
		return host, append(a.ops.Figures(&a.Scene), a.limits()...)
	case pageTrash:
		return host, append(a.trash.Figures(&a.Scene), a.limits()...)
	}
	var figures []draw.Figure
	if a.page == pageTable {
		figures = a.vms.MarkFigures(&a.Scene)
	}
	figures = slices.Concat(figures, a.vms.Figures(), list.RunningFigures(&a.Scene))
	if len(a.Shot.Inventory.VMs)+len(a.Shot.Inventory.Leftovers) == 0 {
		return host, figures
	}
	c := model.Count(a.Shot.Inventory)
	if a.page == pageTable && a.vms.LeftoversOnly { // what is listed, and no more
		return host, slices.Concat(figures, leftoverCounts(c), a.limits())
	}
	figures = slices.Concat(figures, vmCounts(c), leftoverCounts(c))
	figures = append(figures, list.FindingFigures(a.Shot.Inventory.Findings, false)...)
	return host, append(figures, a.limits()...)
}

// limits say why less is known or possible than elsewhere: without root,
// read-only, on a disk that is nearly full. They come before
// every count but those of what is down and of orphans: where not all could be
// looked at, a count says less than it seems to.
func (a *App) limits() []draw.Figure {
	var figures []draw.Figure
	if !a.Shot.Inventory.Host.Privileged {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Dim, Text: "not root"}, Rank: 2})
	}
	if a.options.ReadOnly {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Dim, Text: "read-only"}, Rank: 2})
	}
	if free, short := a.Shot.Inventory.ShortOfSpace(); short {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Bad, Text: text.Safef("%s free", model.FormatBytes(free))}, Rank: 2})
	}
	return figures
}

// count is how many there are of something, for the head line.
type count struct {
	n         int
	one, many string
	role      styles.Role
	rank      int
	always    bool
}

func vmCounts(c model.Counts) []draw.Figure {
	return counts(
		count{c.VMs, "VM", "VMs", styles.Text, 4, true},
		count{c.Running, "running", "running", styles.Good, 5, true},
		count{c.Paused, "paused", "paused", styles.Warn, 4, false},
		count{c.CrashLoop, "crash loop", "crash loops", styles.Bad, 0, false},
		count{c.Failed, "failed", "failed", styles.Bad, 0, false},
	)
}

func leftoverCounts(c model.Counts) []draw.Figure {
	return counts(
		count{c.Orphans, "orphan", "orphans", styles.Orphan, 1, false},
		count{c.Suspects, "suspect", "suspects", styles.Suspect, 6, false},
		count{c.Unclear, "unclear", "unclear", styles.Unclear, 7, false},
	)
}

func counts(all ...count) []draw.Figure {
	var figures []draw.Figure
	for _, f := range all {
		if f.n == 0 && !f.always {
			continue
		}
		name := f.many
		if f.n == 1 {
			name = f.one
		}
		figures = append(figures, draw.Figure{Run: draw.Run{Role: f.role, Text: text.Safef("%d %s", f.n, name)}, Rank: f.rank})
	}
	return figures
}

// freshness says how old the data is. It changes only when the data does, or
// while it is too old.
func (a *App) freshness() []draw.Run {
	live, stale := text.Safe(a.glyphs.Live), text.Safe(a.glyphs.Stale)
	long := a.width >= 50
	switch {
	case !a.Known:
		return []draw.Run{{Role: styles.Dim, Text: "reading"}}
	case a.options.Recorded:
		return []draw.Run{{Role: styles.Dim, Text: "recorded " + text.Safe(model.Raw(a.Shot.Inventory.At.Local().Format("2 Jan 15:04")))}}
	case a.Age > 0 && long:
		return []draw.Run{{Role: styles.Stale, Text: "stale " + wording.Age(a.Age) + " " + stale}}
	case a.Age > 0:
		return []draw.Run{{Role: styles.Stale, Text: wording.Age(a.Age) + " " + stale}}
	case !long:
		return []draw.Run{{Role: styles.Live, Text: live}}
	case a.options.Demo:
		return []draw.Run{{Role: styles.Accent, Text: "demo "}, {Role: styles.Live, Text: live}, {Role: styles.Dim, Text: " " + intervalText(a.options.Interval)}}
	}
	return []draw.Run{{Role: styles.Dim, Text: "live "}, {Role: styles.Live, Text: live}, {Role: styles.Dim, Text: " " + intervalText(a.options.Interval)}}
}

func intervalText(d time.Duration) text.SafeText {
	return text.Safef("%g s", d.Seconds())
}
