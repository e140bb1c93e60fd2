package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/tui/scene"
)

// What a proposal looks at, in the background, before it is asked about.

// lookedMsg brings what was found.
type lookedMsg struct {
	from    *proposal
	look    int
	plan    model.Plan
	err     error
	differs []scene.Difference
}

// lookAt looks at the disk, and at the closures, in the background.
func (p *proposal) lookAt(a *App, look int) tea.Cmd {
	plan, known := p.made, p.differs
	var wanted []scene.Comparison
	if p.compare != nil {
		wanted = p.compare(a.shot.Inventory)
	}
	return guarded(func() tea.Msg {
		looked, err := a.operator.Survey(a.ctx, plan)
		return lookedMsg{p, look, looked, err, a.differences(wanted, known)}
	})
}

// differences compares closures, but for those that are known.
func (a *App) differences(wanted []scene.Comparison, known []scene.Difference) []scene.Difference {
	all := make([]scene.Difference, len(wanted))
	for at, c := range wanted {
		if i := slices.IndexFunc(known, func(d scene.Difference) bool { return d.Comparison == c && d.Err == nil }); i >= 0 {
			all[at] = known[i]
			continue
		}
		diff, err := a.operator.Compare(a.ctx, c.Before, c.After)
		all[at] = scene.Difference{Comparison: c, Diff: diff, Err: err}
	}
	return all
}

// looked takes what the newest look at the disk found.
func (a *App) looked(msg lookedMsg, now time.Time) {
	p := msg.from
	if a.dialog.content != p || p.look != msg.look || p.phase != looking {
		return
	}
	p.phase, p.differs, p.against = asks, msg.differs, nil
	if msg.err != nil {
		p.phase, p.fault = cannotAsk, "the disk could not be looked at: "+model.Safe(model.Raw(msg.err.Error()))
	}
	for _, item := range p.made.Items {
		if at := slices.IndexFunc(msg.plan.Refused, func(b model.Blocked) bool { return b.Ref == item.Ref }); at >= 0 {
			p.against = append(p.against, msg.plan.Refused[at])
		}
	}
	a.dialog.quiet = later(a.dialog.quiet, now.Add(settling))
	a.fit()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
